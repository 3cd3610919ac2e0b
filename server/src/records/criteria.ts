import { parseQuery, type QueryRefusal, type ResourceType, type SearchQuery } from '@chartkeep/model/fhir'
import { Refusal } from '#base'

export interface Criteria {
  readonly queries: readonly SearchQuery[]
  /** The parameters that were understood, for the self link. */
  readonly used: URLSearchParams
  /** `_total=accurate` or `_summary=count`: count all, whatever it costs within the limits. */
  readonly total: boolean
}

/** Refused whether strict or not: these are known, and leaving them out would find what was not asked for. */
const never: ReadonlySet<QueryRefusal> = new Set<QueryRefusal>([
  'parameter-unsupported',
  'modifier-unsupported',
  'terminology-unknown',
])

/**
 * The parameters of a search, read. Unknown ones are left out, or refused when `strict` (R4 search, 3.1.1.3); a value
 * that cannot be read is always refused: leaving it out would widen the search without a word.
 */
export function parseCriteria(
  type: ResourceType,
  parameters: readonly (readonly [string, string])[],
  strict: boolean,
  now: number,
): Criteria {
  const queries: SearchQuery[] = []
  const used = new URLSearchParams()
  let total = false
  for (const [name, value] of parameters) {
    if (name === '_total' && ['none', 'estimate', 'accurate'].includes(value)) {
      total = value === 'accurate'
      used.append(name, value)
      continue
    }
    const read = parseQuery(type, name, value, { now })
    if ('query' in read) {
      queries.push(read.query)
      used.append(name, value)
    } else if (read.refused === 'value-invalid') throw new Refusal('parameter-invalid')
    else if (strict || never.has(read.refused)) throw new Refusal('parameter-unknown')
  }
  return { queries, used, total }
}
