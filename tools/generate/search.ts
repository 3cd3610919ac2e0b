// generated/search.json: every R4 search parameter of every type, each a line for search-parameter.ts to read:
//   code type path:Type,path:Type targets
//   code composite path,path type(path:Type)&type(path:Type)
// Types that a parameter of its kind cannot use (a text where a date is searched) are left out.
import type { Definitions, Element, SearchParameterDefinition } from './definitions.ts'
import { parseExpression } from './expression.ts'
import { type JsonPath, resolvePath } from './paths.ts'
import { lists } from './source.ts'
import { systemOf, type ValueSets } from './value-sets.ts'

/** Element types that can be searched as each kind (R4 search, 3.1.1.4). */
// oxfmt-ignore
const searchable: Readonly<Record<string, readonly string[]>> = {
  token: ['CodeableConcept', 'Coding', 'Identifier', 'ContactPoint', 'code', 'boolean', 'id', 'string', 'uri', 'exists'],
  string: ['string', 'markdown', 'HumanName', 'Address'],
  reference: ['Reference', 'canonical', 'uri', 'Resource'],
  date: ['date', 'dateTime', 'instant', 'Period', 'Timing'],
  quantity: ['Quantity', 'Age', 'Duration', 'Money', 'Range'],
  number: ['decimal', 'integer', 'Range'],
  uri: ['uri', 'url', 'canonical'],
  special: ['Location.position'],
}

/** Expressions may start at what every resource has; such a parameter goes in the row of 'Resource'. */
const everywhere = 'Resource'

/** R4 says in words what these two search: the narrative, which all but three types have, and all there is. */
const byWords: readonly [string, string[]][] = [
  ['DomainResource', ['_text string text.div:xhtml']],
  [everywhere, ['_content string .:Resource']],
]

export function generateSearch(definitions: Definitions, valueSets: ValueSets): string {
  const rows = [...definitions.resources, everywhere].map((type): [string, string[]] => {
    const mine = definitions.searchParameters.filter((one) => one.base.includes(type) && one.expression !== undefined)
    return [type, mine.map((one) => line(definitions, valueSets, type, one)).toSorted()]
  })
  for (const [type, lines] of byWords) {
    const row = rows.find(([name]) => name === type)
    if (row === undefined) rows.push([type, lines])
    else row[1].unshift(...lines)
  }
  return lists(rows)
}

function line(definitions: Definitions, valueSets: ValueSets, type: string, one: SearchParameterDefinition): string {
  const paths = pathsFor(definitions, type, one.expression ?? '')
  if (one.type === 'composite') return composite(definitions, valueSets, one, paths)
  const usable = paths
    .filter((path) => searchable[one.type]?.includes(path.type))
    .map((path) => narrowed(path, one.target))
  if (usable.length === 0) throw new Error(`nothing to search by ${type}.${one.code}`)
  const head = `${one.code} ${one.type} ${usable.map((path) => leaf(valueSets, path)).join(',')}`
  return one.type === 'reference' ? `${head} ${targetsOf(one, usable)}`.trimEnd() : head
}

function pathsFor(definitions: Definitions, type: string, expression: string): JsonPath[] {
  return parseExpression(expression).flatMap((path) => {
    if (path.root === type) return resolvePath(definitions, path)
    // InsurancePlan.name is published without its type in front.
    const steps = [{ kind: 'child', name: path.root } as const, ...path.steps]
    return /^[a-z]/.test(path.root) ? resolvePath(definitions, { root: type, steps }) : []
  })
}

function leaf(valueSets: ValueSets, path: JsonPath): string {
  // The system of a plain code is not written in the resource: its required value set says it, when it has only one.
  const system =
    path.type === 'code' && path.element?.required !== undefined
      ? systemOf(valueSets, path.element.required)
      : undefined
  return `${path.text}:${path.type}${system === undefined ? '' : `@${system}`}`
}

/** A bundle's first resource counts for `composition` only when it is one. */
function narrowed(path: JsonPath, target: readonly string[]): JsonPath {
  return path.type === 'Resource' && target.length === 1 ? { ...path, text: `${path.text}{${target[0]}}` } : path
}

/** What the parameter says it may point to, narrowed to what its elements allow; nothing when anything. */
function targetsOf(one: SearchParameterDefinition, paths: readonly JsonPath[]): string {
  const filtered = paths.map((path) => /\{(\w+)\}$/.exec(path.text)?.[1])
  if (filtered.every((name) => name !== undefined)) return [...new Set(filtered)].join('|')
  const allowed = paths.flatMap((path) => allowedBy(path.element))
  if (allowed.includes('*')) return one.target.length > 100 ? '' : one.target.toSorted().join('|')
  return [...new Set(allowed)].toSorted().join('|')
}

function allowedBy(element: Element | undefined): readonly string[] {
  const targets = element?.types.flatMap((type) => type.targets) ?? []
  return targets.length === 0 ? ['*'] : targets
}

function composite(
  definitions: Definitions,
  valueSets: ValueSets,
  one: SearchParameterDefinition,
  holders: readonly JsonPath[],
): string {
  const parts = one.component.map((component) => {
    const kind = definitions.searchParameters.find((other) => other.url === component.definition)?.type ?? ''
    const forms = new Set(
      holders.map((holder) => {
        const fromResource = component.expression.startsWith('%resource.')
        const start = fromResource ? (one.base[0] ?? '') : holder.type
        const expression = component.expression.replace('%resource.', '')
        const paths = parseExpression(expression, true).flatMap((path) => resolvePath(definitions, path, start))
        return componentForm(valueSets, paths, kind, fromResource)
      }),
    )
    const [form, ...others] = forms
    if (form === undefined || others.length > 0) throw new Error(`parts differ by where they are: ${one.code}`)
    return form
  })
  return `${one.code} composite ${holders.map((path) => path.text || '.').join(',')} ${parts.join('&')}`
}

function componentForm(valueSets: ValueSets, paths: readonly JsonPath[], kind: string, fromResource: boolean): string {
  // DocumentReference.relationship is published with the definitions of its two parts exchanged.
  const kinds = [kind, 'token', 'reference', 'quantity', 'date', 'string', 'number']
  const found = kinds.find((name) => paths.some((path) => searchable[name]?.includes(path.type))) ?? ''
  const usable = paths.filter((path) => searchable[found]?.includes(path.type))
  return `${found}(${usable.map((path) => (fromResource ? '%' : '') + leaf(valueSets, path)).join(',')})`
}
