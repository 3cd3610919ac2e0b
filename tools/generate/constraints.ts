// generated/constraints.json: the constraints (invariants) of each type, backbone element and, where R4 puts one on an
// element of some other type, of that element: [key, severity, R4's own words, form]. What R4 repeats from a base or from
// an element's type is written once; what the structure says already, not at all.
import type { Form } from '../../model/src/fhir/constraint-form.ts'
import { translate } from './constraint-form.ts'
import { type Definitions, type Loose, readStructures } from './definitions.ts'
import { baseOf, bases } from './structure.ts'

/** Judged by validate.ts where it judges structure. */
export const judgedByStructure = ['dom-2', 'ele-1', 'ext-1', 'ref-1', 'txt-1', 'txt-2']

/** Judged by a function of its own (constraint-own.ts). */
export const judgedByHand = ['dom-3']

const nameCharacters = String.raw`[^\s.,:;'"/|?!@#$%&*()\[\]{}]{1,64}`

/** What R4 says wrongly, said as it is meant; docs/fhir/validation.md has the reasons. */
export const mended: Readonly<Record<string, string>> = {
  'que-12': 'enableWhen.count() > 1 implies enableBehavior.exists()',
  'que-7': "operator = 'exists' implies (answer is boolean)",
  'eld-16': literal('sliceName.empty() or sliceName.matches(', String.raw`^[a-zA-Z0-9/\-_\[\]@]+$`),
  'eld-19': literal('path.matches(', String.raw`${nameCharacters}(\.${nameCharacters}(\[x\])?(:[^\s.]+)?)*`),
  'eld-20': literal('path.matches(', String.raw`[A-Za-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*(\[x\])?)*`),
}

function literal(call: string, pattern: string): string {
  return `${call}'${pattern.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}')`
}

export interface ConstraintRow {
  readonly holder: string
  readonly key: string
  readonly severity: 'error' | 'warning'
  readonly text: string
  readonly expression: string
}

export function readConstraints(definitions: Definitions): ConstraintRow[] {
  const structures = readStructures()
  const rootOf = new Map<string, Loose>(structures.map((one) => [one.id, one.snapshot.element[0]]))
  const keysOf = (type: string): string[] => (rootOf.get(type)?.constraint ?? []).map((one: Loose) => one.key)
  const rows: ConstraintRow[] = []
  for (const structure of structures) {
    if (![...definitions.resources, ...definitions.datatypes, ...bases].includes(structure.id)) continue
    for (const element of structure.snapshot.element) {
      const holder = String(element.path).replace('[x]', '')
      const isHolder = definitions.elements.has(holder)
      if (!isHolder && !isElement(definitions, element.path)) continue
      const base = baseOf(definitions, holder, definitions.elements.get(holder) ?? [])
      const repeated = isHolder ? keysOf(base) : (element.type ?? []).flatMap((type: Loose) => keysOf(type.code))
      for (const { key, severity, human, expression } of element.constraint ?? []) {
        if (repeated.includes(key) || judgedByStructure.includes(key)) continue
        rows.push({ holder, key, severity, text: human, expression: mended[key] ?? expression })
      }
    }
  }
  return rows
}

function isElement(definitions: Definitions, path: string): boolean {
  const cut = path.lastIndexOf('.')
  return (definitions.elements.get(path.slice(0, cut)) ?? []).some((one) => one.path === path)
}

export function generateConstraints(definitions: Definitions): string {
  const byHolder = Map.groupBy(readConstraints(definitions), (one) => one.holder)
  const lines = [...byHolder]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([holder, rows]) => {
      const written = rows.map((row) => `  ${JSON.stringify([row.key, row.severity, row.text, formOf(row)])}`)
      return ` ${JSON.stringify(holder)}: [\n${written.join(',\n')}\n ]`
    })
  return `{\n${lines.join(',\n')}\n}\n`
}

function formOf({ key, expression }: ConstraintRow): Form {
  return judgedByHand.includes(key) ? ['own', key] : translate(expression)
}
