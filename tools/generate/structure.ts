// generated/structure.json: what each type and each backbone element holds, a line per element for structure.ts to read:
//   name cardinality type[,type…]
// Cardinality is ? (0..1), 1 (1..1), * (0..*), + (1..*). A type is a name, `Reference(A|B)` with the types it may point
// to, `Quantity(SimpleQuantity)`, `code#set` or `CodeableConcept#set` with a required value set, or `@path`: the elements
// of that path. The first line names the base whose elements are held as well. generated/value-sets.json: the codes of
// those sets.
import type { Definitions, Element, TypeUse } from './definitions.ts'
import { lists } from './source.ts'
import { codesOf, type ValueSets } from './value-sets.ts'

export const bases = ['DomainResource', 'Resource', 'BackboneElement', 'Element']

export function generateStructure(definitions: Definitions, valueSets: ValueSets): [string, string][] {
  const sets = new Map<string, string>()
  const rows = [...definitions.elements.keys()].toSorted().map((holder): [string, string[]] => {
    const elements = definitions.elements.get(holder) ?? []
    const base = baseOf(definitions, holder, elements)
    const inherited = new Set((base === '' ? [] : (definitions.elements.get(base) ?? [])).map((one) => one.name))
    const own = elements.filter((one) => one.max !== '0' && !inherited.has(one.name))
    const lines = own.map((one) => `${one.name} ${cardinality(one)} ${typesOf(one, valueSets, sets)}`)
    return [holder, [base, ...lines]]
  })
  const codes = [...sets]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]): [string, string[]] => [name, text.split(';')])
  return [
    ['structure.json', lists(rows)],
    ['value-sets.json', lists(codes)],
  ]
}

/** The base with the most elements that are all here, as they are there. */
export function baseOf(definitions: Definitions, holder: string, elements: readonly Element[]): string {
  const names = new Set(elements.map((one) => one.name))
  const fits = (base: string): boolean => (definitions.elements.get(base) ?? []).every((one) => names.has(one.name))
  return bases.find((base) => base !== holder && fits(base)) ?? ''
}

function cardinality({ min, max }: Element): string {
  if (max === '*') return min === 0 ? '*' : '+'
  return min === 0 ? '?' : '1'
}

function typesOf(element: Element, valueSets: ValueSets, sets: Map<string, string>): string {
  if (element.sameAs !== undefined) return `@${element.sameAs}`
  return element.types.map((type) => typeOf(element, type, valueSets, sets)).join(',')
}

function typeOf(element: Element, type: TypeUse, valueSets: ValueSets, sets: Map<string, string>): string {
  const { code, targets, simple } = type
  if (code === 'BackboneElement' || code === 'Element') return `@${element.path}`
  if (simple) return `${code}(SimpleQuantity)`
  if (code === 'Reference') return targets.length === 0 ? code : `Reference(${targets.join('|')})`
  if (element.required === undefined || (code !== 'code' && code !== 'CodeableConcept')) return code
  const set = nameSet(element.required, valueSets, sets)
  return set === undefined ? code : `${code}#${set}`
}

/** Writes the codes of a value set down once: `system code code;system code`. Undefined when they cannot be listed. */
function nameSet(canonical: string, valueSets: ValueSets, sets: Map<string, string>): string | undefined {
  const codes = codesOf(valueSets, canonical)
  if (codes === undefined) return undefined
  const name = canonical.slice(canonical.lastIndexOf('/') + 1)
  const bySystem = [...Map.groupBy(codes, (one) => one.system)]
  const text = bySystem.map(([system, list]) => [system, ...list.map((one) => one.code)].join(' ')).join(';')
  const known = sets.get(name)
  if (known !== undefined && known !== text) throw new Error(`two value sets are called ${name}`)
  sets.set(name, text)
  return name
}
