import searchLines from './generated/search.json' with { type: 'json' }
import type { ResourceType } from './resource-type.ts'

export type SearchType =
  | 'token'
  | 'string'
  | 'reference'
  | 'date'
  | 'quantity'
  | 'number'
  | 'uri'
  | 'composite'
  | 'special'

export interface SearchParameter {
  readonly code: string
  readonly type: SearchType
  /** Types that a reference may lead to; undefined when any, or when this is no reference. */
  readonly targets: readonly ResourceType[] | undefined
  /** Of a composite: its parts in order. */
  readonly components: readonly SearchComponent[]
  readonly leaves: readonly SearchLeaf[]
}

export interface SearchComponent {
  readonly type: SearchType
  readonly leaves: readonly SearchLeaf[]
}

/** One path to searched elements. */
export interface SearchLeaf {
  readonly steps: readonly SearchStep[]
  /** Type of the element at the end; '' for the holder of a composite's parts. */
  readonly type: string
  /** Code system of a plain code, said by its required value set. */
  readonly system: string | undefined
  /** Only references to this type count. */
  readonly target: string | undefined
  /** A composite's part that starts at the resource, not at the holder. */
  readonly fromResource: boolean
}

export interface SearchStep {
  readonly name: string
  readonly index: number | undefined
  /** Only elements whose child `name` is this code. */
  readonly where: { readonly name: string; readonly value: string } | undefined
}

interface TypeParameters {
  readonly list: readonly SearchParameter[]
  readonly byCode: ReadonlyMap<string, SearchParameter>
}

const searchTable: Readonly<Record<string, readonly string[]>> = searchLines

const withoutNarrative: ReadonlySet<string> = new Set(['Binary', 'Bundle', 'Parameters'])

// Read when first asked for: a server meets a few dozen types, a browser fewer.
const byType = new Map<string, TypeParameters>()

/** Every search parameter of the type in R4 and US Core, with those of all resources (`_id` …) at the end. */
export function searchParameters(type: ResourceType): readonly SearchParameter[] {
  return parametersOf(type).list
}

export function searchParameter(type: ResourceType, code: string): SearchParameter | undefined {
  return parametersOf(type).byCode.get(code)
}

function parametersOf(type: ResourceType): TypeParameters {
  const known = byType.get(type)
  if (known !== undefined) return known
  const narrated = withoutNarrative.has(type) ? [] : (searchTable['DomainResource'] ?? [])
  const lines = [...(searchTable[type] ?? []), ...narrated, ...(searchTable['Resource'] ?? [])]
  const list = lines.map(readLine)
  const parameters = { list, byCode: new Map(list.map((one) => [one.code, one])) }
  byType.set(type, parameters)
  return parameters
}

// The lines are ours, written by the generator: what it writes is taken as right.
function readLine(line: string): SearchParameter {
  const [code = '', kind = '', paths = '', more = ''] = line.split(' ')
  // oxlint-disable-next-line no-unsafe-type-assertion -- the generator writes one of them
  const type = kind as SearchType
  if (type === 'composite') {
    const components = more.split('&').map(readComponent)
    return { code, type, targets: undefined, components, leaves: paths.split(',').map((one) => readLeaf(`${one}:`)) }
  }
  // oxlint-disable-next-line no-unsafe-type-assertion -- the generator writes types
  const targets = more === '' ? undefined : (more.split('|') as ResourceType[])
  return { code, type, targets, components: [], leaves: paths.split(',').map(readLeaf) }
}

function readComponent(text: string): SearchComponent {
  const open = text.indexOf('(')
  return {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the generator writes one of them
    type: text.slice(0, open) as SearchType,
    leaves: text
      .slice(open + 1, -1)
      .split(',')
      .map(readLeaf),
  }
}

function readLeaf(text: string): SearchLeaf {
  const fromResource = text.startsWith('%')
  const colon = text.indexOf(':')
  const path = text.slice(fromResource ? 1 : 0, colon)
  const [type = '', system] = text.slice(colon + 1).split('@')
  const target = /\{(\w+)\}$/.exec(path)?.[1]
  const plain = path.replace(/\{\w+\}$/, '').replace(/\?$/, '')
  const steps = plain === '.' ? [] : plain.split('.').map(readStep)
  return { steps, type, system, target, fromResource }
}

function readStep(text: string): SearchStep {
  const [, name = '', filter] = /^(\w+)(?:\[(.*)\])?$/.exec(text) ?? []
  if (filter === undefined) return { name, index: undefined, where: undefined }
  const equals = filter.indexOf('=')
  if (equals === -1) return { name, index: Number(filter), where: undefined }
  const value = decodeURIComponent(filter.slice(equals + 1))
  return { name, index: undefined, where: { name: filter.slice(0, equals), value } }
}
