import type { SearchQuery, WantedValue } from '@chartkeep/model/fhir'
import type { Engine } from './engine.ts'
import { eachOnce } from '../each-once.ts'
import { placesUnder, selectUnder, type TokenPlace } from '../lookups.ts'
import { type Span, textsTouching } from '../spans.ts'
import type { LookupToken } from '../tokens.ts'
import { searchLimits } from './limits.ts'
import type { Candidates, Place } from './place.ts'

/**
 * The texts under which times are looked up that these queries of one parameter, all of them, can find (`ge` one day and
 * `lt` another); undefined when they leave an end open, or leave too much. The newest day comes first.
 */
export function timesAsked(queries: readonly SearchQuery[]): string[] | undefined {
  const spans = queries.map(({ modifier, values }) => (modifier === undefined ? hullOf(values) : undefined))
  const known = spans.filter((span) => span !== undefined)
  const asked = { low: Math.max(...known.map(({ low }) => low)), high: Math.min(...known.map(({ high }) => high)) }
  // What two queries ask for together may reach over both ends of what is left between them.
  return textsTouching(asked, known.length === 1 && known[0]?.within === true)
}

interface AskedSpan extends Span {
  /** What is found lies in it as a whole. */
  readonly within: boolean
}

/** What a matching time touches (R4 search, 3.1.1.4.8). */
function spanOf(value: WantedValue): Span {
  if (value.kind !== 'date') return { low: -Infinity, high: Infinity }
  const { low, high } = value.range
  switch (value.prefix) {
    case 'eq':
      return { low, high }
    case 'ap':
      return value.about
    case 'ge':
      return { low, high: Infinity }
    case 'gt':
    case 'sa':
      return { low: high, high: Infinity }
    case 'le':
      return { low: -Infinity, high }
    case 'lt':
    case 'eb':
      return { low: -Infinity, high: low }
    case 'ne':
      return { low: -Infinity, high: Infinity }
  }
}

function hullOf(values: readonly WantedValue[]): AskedSpan {
  const spans = values.map(spanOf)
  return {
    low: Math.min(...spans.map(({ low }) => low)),
    high: Math.max(...spans.map(({ high }) => high)),
    within: values.every((value) => value.kind === 'date' && value.prefix === 'eq'),
  }
}

/** Records under these tokens, in their order: as many as a page needs are read of a busy day, and no more. */
export function underTokens({ stores, tenant }: Engine, tokens: readonly LookupToken[]): Candidates {
  const { db } = stores
  const outside = ({ number, id }: TokenPlace): Place => ({ at: number, id })
  return {
    order: 'id',
    async *from(after, count) {
      const start = after === undefined ? undefined : { number: after.at, id: after.id }
      const walk = {
        first: (most: number) => selectUnder(db, tenant, tokens, { after: start, count: most }),
        places: () => placesUnder(db, tenant, tokens, { after: start, count: searchLimits.opened + 1 }),
        newest: (ids: Parameters<typeof stores.newest>[1]) => stores.newest(tenant, ids),
        compare: (a: TokenPlace, b: TokenPlace) => a.number - b.number || (a.id > b.id ? -1 : a.id < b.id ? 1 : 0),
      }
      for await (const step of eachOnce(walk, count))
        yield {
          candidates: step.rows.map(({ row, place }) => ({ row, place: outside(place) })),
          after: step.after === undefined ? undefined : outside(step.after),
        }
    },
  }
}
