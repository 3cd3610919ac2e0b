// The code systems and value sets of R4 in short, for model/src/terminology/shipped.ts to read:
//
// code-systems.json: by url, first a line about it, then one for each concept, indented by one blank for each level:
//   content \t version \t name
//   code \t display \t marks
// No second column: the display is the code. Marks are ! (only groups others), - (retired), ~ (deprecated), <CODE (stands
// under that one too).
//
// value-sets.json: by url, first a line about it, then its definition:
//   version \t name \t status
//   +system|version      include …          -system|version    exclude …
//   '#CODE \t CODE'      … these codes      ' CODE \t display' … a code with a display that is not its system's
//   ?property \t op \t value               … what passes this filter
//   ^canonical           … what is in this value set too
//
// Left out: definitions, designations, properties that no filter of R4 names, and what is there only as an example.
import type { Loose } from './definitions.ts'
import { lists } from './source.ts'
import type { ValueSets } from './value-sets.ts'

const lineLength = 100

export function generateTerminology({ sets, systems }: ValueSets): [string, string][] {
  const shipped = new Map([...systems].filter(([, one]) => isShipped(one) && one.concept !== undefined))
  const byUrl = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)
  return [
    ['code-systems.json', lists([...shipped].map(([url, one]) => [url, systemLines(one)] as const).toSorted(byUrl))],
    [
      'value-sets.json',
      lists(
        [...sets]
          .filter(([, one]) => isShipped(one))
          .map(([url, one]) => [url, setLines(one, shipped)] as const)
          .toSorted(byUrl),
      ),
    ],
  ]
}

/** The package has one pair from R5; examples define what nobody uses, some of them in ways that cannot be carried out. */
function isShipped(one: Loose): boolean {
  if (one.version === '5.0.0' || /^example|-example/.test(one.id)) return false
  if (one.resourceType === 'ValueSet') return !partsOf(one).some((part) => part.system?.startsWith('#') === true)
  return ['complete', 'fragment', 'example'].includes(one.content)
}

function partsOf({ compose }: Loose): Loose[] {
  return [...compose.include, ...(compose.exclude ?? [])]
}

function systemLines(one: Loose): string[] {
  const others = otherParents(one.concept)
  const lines: string[] = [[one.content, one.version ?? '', one.name].join('\t')]
  const walk = (concepts: readonly Loose[], depth: number): void => {
    for (const concept of concepts) {
      const marks = marksOf(concept) + (others.get(concept.code) ?? []).map((code) => `<${code}`).join('')
      lines.push(' '.repeat(depth) + conceptLine(concept, marks))
      walk(concept.concept ?? [], depth + 1)
    }
  }
  walk(one.concept, 0)
  return lines
}

/** v3 nests a concept once and names it as `child` of its other parents. */
function otherParents(concepts: readonly Loose[]): Map<string, string[]> {
  const parents = new Map<string, string[]>()
  const walk = (list: readonly Loose[]): void => {
    for (const { code, property = [], concept = [] } of list) {
      for (const { code: name, valueCode } of property)
        if (name === 'child') parents.set(valueCode, [...(parents.get(valueCode) ?? []), code])
      walk(concept)
    }
  }
  walk(concepts)
  return parents
}

function marksOf({ property = [] }: Loose): string {
  const has = (code: string, value: unknown): boolean =>
    property.some((one: Loose) => one.code === code && (one.valueBoolean ?? one.valueCode) === value)
  const abstract = has('notSelectable', true) || has('abstract', true)
  return (abstract ? '!' : '') + (has('status', 'retired') ? '-' : '') + (has('status', 'deprecated') ? '~' : '')
}

function conceptLine({ code, display = '' }: Loose, marks: string): string {
  const text = display.replaceAll(/\s+/g, ' ').trim()
  const columns = text === code && marks === '' ? [code] : [code, text, ...(marks === '' ? [] : [marks])]
  return columns.join('\t')
}

function setLines(one: Loose, shipped: ReadonlyMap<string, Loose>): string[] {
  const { include, exclude = [], inactive } = one.compose
  const head = [one.version ?? '', one.name, one.status, ...(inactive === false ? ['active'] : [])].join('\t')
  return [
    head,
    ...include.flatMap((part: Loose) => partLines('+', part, shipped)),
    ...exclude.flatMap((part: Loose) => partLines('-', part, shipped)),
  ]
}

function partLines(sign: string, part: Loose, shipped: ReadonlyMap<string, Loose>): string[] {
  const { system = '', version, concept = [], filter = [], valueSet = [] } = part
  return [
    sign + system + (version === undefined ? '' : `|${version}`),
    ...filter.map(({ property, op, value }: Loose) => `?${property}\t${op}\t${value}`),
    ...valueSet.map((canonical: string) => `^${canonical}`),
    ...codeLines(concept, displaysIn(shipped.get(system))),
  ]
}

/** Displays of a system that is shipped, by code. */
function displaysIn(system: Loose): ReadonlyMap<string, string> {
  const displays = new Map<string, string>()
  const walk = (concepts: readonly Loose[]): void => {
    for (const { code, display = '', concept = [] } of concepts) {
      displays.set(code, display)
      walk(concept)
    }
  }
  walk(system?.concept ?? [])
  return displays
}

/** Codes whose display is the system's stand alone, as many in a line as fit. */
function codeLines(concepts: readonly Loose[], displays: ReadonlyMap<string, string>): string[] {
  const lines: string[] = []
  for (const concept of concepts) {
    const { code, display } = concept
    const known = displays.get(code)
    const last = lines.at(-1)
    if (known === undefined || (display !== undefined && display.trim() !== known.trim()))
      lines.push(` ${conceptLine(concept, '')}`)
    else if (last?.startsWith('#') === true && last.length + code.length <= lineLength)
      lines[lines.length - 1] = `${last}\t${code}`
    else lines.push(`#${code}`)
  }
  return lines
}
