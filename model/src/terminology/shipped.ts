// The code systems and value sets that come with Chartkeep: those of R4 that are published in full. The generated lines are
// described in tools/generate/terminology.ts; each definition is read when it is first asked for.
import systemLines from './generated/code-systems.json' with { type: 'json' }
import setLines from './generated/value-sets.json' with { type: 'json' }
import { indexConcepts, type Placed } from './concepts.ts'
import type { CodeSystem, Content, Filter, Library, ListedCode, Part, Property, ValueSet } from './content.ts'

type Table = Readonly<Record<string, readonly string[]>>
const systemTable: Table = systemLines
const setTable: Table = setLines

/** Canonicals without versions. */
export const shippedCodeSystems: readonly string[] = Object.keys(systemTable)
export const shippedValueSets: readonly string[] = Object.keys(setTable)

export const shipped: Library = openShipped()

function openShipped(): Library {
  const systems = new Map<string, CodeSystem>()
  const sets = new Map<string, ValueSet>()
  return {
    codeSystem: (url, version) => inVersion(once(systems, systemTable, url, readCodeSystem), version),
    valueSet: (url, version) => inVersion(once(sets, setTable, url, readValueSet), version),
  }
}

function once<T>(
  known: Map<string, T>,
  table: Table,
  url: string,
  read: (url: string, lines: readonly string[]) => T,
): T | undefined {
  const found = known.get(url)
  if (found !== undefined) return found
  const lines = Object.hasOwn(table, url) ? table[url] : undefined
  if (lines === undefined) return undefined
  const made = read(url, lines)
  known.set(url, made)
  return made
}

function inVersion<T extends { readonly version: string | undefined }>(
  one: T | undefined,
  version: string | undefined,
): T | undefined {
  return version === undefined || one?.version === version ? one : undefined
}

const nothing: readonly never[] = []
const retired: readonly Property[] = [{ code: 'status', element: 'valueCode', value: 'retired' }]
const deprecated: readonly Property[] = [{ code: 'status', element: 'valueCode', value: 'deprecated' }]
const propertyCodes: ReadonlySet<string> = new Set(['status'])

function readCodeSystem(url: string, [head = '', ...lines]: readonly string[]): CodeSystem {
  const [content = '', version = '', name = ''] = head.split('\t')
  const path: string[] = []
  const placed = lines.map((line): Placed => {
    const depth = line.search(/\S/)
    const [code = '', display = code, marks = ''] = line.slice(depth).split('\t')
    path.length = depth
    const outer = path[depth - 1]
    path.push(code)
    const others = marks.split('<').slice(1)
    const parents = outer === undefined ? others : [outer, ...others]
    return {
      code,
      display: display === '' ? undefined : display,
      definition: undefined,
      abstract: marks.startsWith('!'),
      inactive: /^!?-/.test(marks),
      parents: parents.length === 0 ? nothing : parents,
      properties: /^!?-/.test(marks) ? retired : /^!?~/.test(marks) ? deprecated : nothing,
      designations: nothing,
    }
  })
  return {
    ...{ url, name, version: version === '' ? undefined : version, content: contentOf(content) },
    // Case matters in all of them, or they do not say.
    ...{ caseSensitive: true, subsumes: true, concepts: indexConcepts(placed), propertyCodes },
  }
}

function contentOf(text: string): Content {
  return text === 'complete' || text === 'fragment' ? text : 'example'
}

function readValueSet(url: string, [head = '', ...lines]: readonly string[]): ValueSet {
  const [version = '', name = '', status = '', mark] = head.split('\t')
  const include: Part[] = []
  const exclude: Part[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const to = line.startsWith('+') ? include : exclude
    const end = lines.findIndex((other, index) => index > at && /^[+-]/.test(other))
    const next = end < 0 ? lines.length : end
    to.push(readPart(line.slice(1), lines.slice(at + 1, next)))
    at = next
  }
  return {
    ...{ url, version: version === '' ? undefined : version, name, status },
    ...{ include, exclude, inactive: mark !== 'active', stored: undefined },
  }
}

function readPart(canonical: string, lines: readonly string[]): Part {
  const [system = '', version] = canonical.split('|')
  const codes: ListedCode[] = []
  const filters: Filter[] = []
  const valueSets: string[] = []
  for (const line of lines) {
    const text = line.slice(1)
    const columns = text.split('\t')
    const [first = '', second = '', third = ''] = columns
    if (line.startsWith('#'))
      for (const code of columns) codes.push({ code, display: undefined, designations: nothing })
    else if (line.startsWith('?')) filters.push({ property: first, op: second, value: third })
    else if (line.startsWith('^')) valueSets.push(text)
    else {
      const display = columns.length < 2 ? first : second
      codes.push({ code: first, display: display === '' ? undefined : display, designations: nothing })
    }
  }
  return {
    system: system === '' ? undefined : system,
    version,
    codes: codes.length === 0 ? undefined : codes,
    filters,
    valueSets,
  }
}
