import {
  isObject,
  matches,
  parseQuery,
  type ResourceType,
  type SearchParameter,
  type SearchQuery,
  searchValues,
} from '@chartkeep/model/fhir'
import type { Opened } from '../visible.ts'

/** Whether an opened record is among what each of these asks for. It is parsed only when its text does not say so. */
export function everyMatches(queries: readonly SearchQuery[], opened: Opened): boolean {
  const unsaid = queries.filter((query) => !says(opened.json, query))
  if (unsaid.length === 0) return true
  const { resource } = opened
  return unsaid.every((query) => matches(resource, query))
}

/**
 * Whether the text itself shows that the record refers as asked, so that it need not be parsed: most searches of a chart
 * ask for its patient and nothing else. False says nothing.
 */
function says(json: Buffer, query: SearchQuery): boolean {
  let sign = signs.get(query)
  if (sign === undefined) signs.set(query, (sign = signOf(query)))
  // A contained resource may have an element of the same name.
  return sign !== null && json.includes(sign) && !json.includes(contained)
}

const contained = Buffer.from('"contained":')
// Spelled once a question, not once a record.
const signs = new WeakMap<SearchQuery, Buffer | null>()

/** The text of a reference as asked for; null where no one text says it. */
function signOf({ parameter, modifier, values }: SearchQuery): Buffer | null {
  const [leaf, ...others] = parameter.leaves
  const [step, ...deeper] = leaf?.steps ?? []
  const [value, ...more] = values
  if (step === undefined || others.length + deeper.length + more.length > 0 || modifier !== undefined) return null
  if (value?.kind !== 'reference' || (value.type ?? leaf?.target) !== 'Patient') return null
  return Buffer.from(`"${step.name}":{"reference":"Patient/${value.id}"`)
}

/** What a record refers to by a parameter, as `Type/id`; only what can be here. */
export function referencesOf({ resource }: Opened, parameter: SearchParameter, base: string | undefined): string[] {
  return searchValues(resource, parameter.code).flatMap((value) =>
    value.kind === 'reference' &&
    value.type !== undefined &&
    value.id !== undefined &&
    (value.base === undefined || value.base === base)
      ? [`${value.type}/${value.id}`]
      : [],
  )
}

/** The query that asks for records which refer to one of these (`Type/id`) by a parameter. */
export function referring(
  type: ResourceType,
  parameter: SearchParameter,
  targets: readonly string[],
  base: string | undefined,
): SearchQuery {
  const read = parseQuery(type, parameter.code, targets.join(','), base === undefined ? {} : { base })
  if (!('query' in read)) throw new Error('a reference parameter takes ids')
  return read.query
}

/** What a List holds, as `Type/id`. */
export function entriesOf({ resource }: Opened): string[] {
  const entries: unknown = resource['entry']
  if (!Array.isArray(entries)) return []
  return entries.flatMap((entry: unknown) => {
    const item = isObject(entry) && entry['deleted'] !== true ? entry['item'] : undefined
    return isObject(item) && typeof item['reference'] === 'string' ? [item['reference']] : []
  })
}
