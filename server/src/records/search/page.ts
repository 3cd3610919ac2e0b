import { type ResourceType, type Units } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import type { Grant } from '#policy'
import { chartParameter } from '../clinical-time.ts'
import type { Question, SortKey } from './ask.ts'
import type { Continued } from './cursor.ts'
import type { Spent } from './engine.ts'
import type { Finder } from './finder.ts'
import type { Candidates, Place } from './place.ts'
import { compareSorted, type Keys, keysOf } from './sort.ts'
import type { Match } from './walk.ts'

/** One page of matches. */
export interface Page {
  readonly matches: readonly Match[]
  /** Where the next page begins; absent at the end. */
  readonly next?: Pick<Continued, 'place' | 'keys' | 'late'>
  /** How many match, when all have been seen. */
  readonly total?: number
}

export interface Paging {
  readonly grant: Grant
  readonly question: Question
  readonly candidates: Candidates
  readonly count: number
  /** All are to be counted. */
  readonly total: boolean
  readonly start: Continued | undefined
  /** Leaves out what was written from this time on. */
  readonly before: number | undefined
  readonly spent: Spent
  /** To put quantities in order. */
  readonly units: Units | undefined
}

const pageSize = 200

/** The next page, in the order asked for. */
export async function pageOf(finder: Finder, paging: Paging): Promise<Page> {
  const { type, sort } = paging.question
  if (sort.length === 0) return pageInOrder(finder, paging, () => true)
  if (paging.candidates.order === 'chart' && isChartOrder(type, sort)) return pageByDate(finder, paging, sort)
  return pageSorted(finder, paging)
}

/** In the order that candidates come in: stops where the page is full, and a scan where it has done enough. */
async function pageInOrder(
  finder: Finder,
  { grant, question, candidates, count, total, start, before, spent }: Paging,
  takes: (match: Match) => boolean,
): Promise<Page> {
  const matches: Match[] = []
  let seen = 0
  const size = total ? pageSize : Math.min(pageSize, count + 1)
  const walk = { after: start?.place, size, before }
  for await (const batch of finder.walk(grant, question.criteria, candidates, walk)) {
    for (const match of batch.matches) {
      if (!takes(match)) continue
      seen++
      if (matches.length < count) matches.push(match)
      else if (!total) return { matches, ...nextAfter(matches) }
    }
    if (candidates.order === 'scan' && batch.after !== undefined && spent.exhausted()) {
      // Of what was seen in this batch and is not on the page, the next page begins with the first.
      return seen > matches.length ? { matches, ...nextAfter(matches) } : { matches, next: { place: batch.after } }
    }
  }
  return { matches, ...(seen > matches.length ? nextAfter(matches) : {}), total: seen }
}

function nextAfter(matches: readonly Match[]): Pick<Page, 'next'> {
  const last = matches.at(-1)
  return last === undefined ? {} : { next: { place: last.place } }
}

/** Newest first by the very date that a chart is in order of: along the index, and then those without the date. */
async function pageByDate(finder: Finder, paging: Paging, sort: readonly SortKey[]): Promise<Page> {
  const { count, start } = paging
  const isDated = ({ opened }: Match): boolean => keysOf(opened.resource, sort, undefined)[0] !== null
  if (start?.late === 'now') return markLate(await pageInOrder(finder, paging, (match) => !isDated(match)))
  let undated = 0
  const passed: Match[] = []
  const dated = await pageInOrder(finder, paging, (match) => {
    if (isDated(match)) return true
    undated++
    if (passed.length <= count) passed.push(match)
    return false
  })
  const more = undated > 0 || start?.late === 'later'
  // Seen from the beginning to the end, those without a date were all counted by the way.
  const all = start === undefined && dated.total !== undefined ? { total: dated.total + undated } : {}
  const { matches } = dated
  if (dated.next !== undefined)
    return { matches, ...all, next: { ...dated.next, ...(more ? { late: 'later' as const } : {}) } }
  if (!more) return { matches, ...all }
  // They lie among the others, so the chart is gone through anew.
  if (matches.length === count) return { matches, ...all, next: { place: beginning, late: 'now' } }
  const room = count - matches.length
  // The first page has passed by all of them; of a later one, some lie before its beginning.
  const late =
    start === undefined
      ? markLate({ matches: passed.slice(0, room), ...(passed.length > room ? nextAfter(passed.slice(0, room)) : {}) })
      : markLate(
          await pageInOrder(
            finder,
            { ...paging, count: room, total: false, start: { ...start, place: beginning } },
            (match) => !isDated(match),
          ),
        )
  const next = late.next === undefined ? {} : { next: late.next }
  return { matches: [...matches, ...late.matches], ...all, ...next }
}

function markLate({ matches, next }: Page): Page {
  return { matches, ...(next === undefined ? {} : { next: { ...next, late: 'now' } }) }
}

/** Before every place of a chart. */
// oxlint-disable-next-line no-unsafe-type-assertion -- an id below all others
const beginning: Place = { at: Number.MAX_SAFE_INTEGER, id: '00000000-0000-8000-8000-000000000000' as Id<string> }

function isChartOrder(type: ResourceType, [first, ...more]: readonly SortKey[]): boolean {
  return first !== undefined && more.length === 0 && first.descending && chartParameter(type) === first.parameter.code
}

interface Ranked {
  readonly keys: Keys
  readonly id: string
  readonly match: Match
}

/**
 * By whatever keys: all that match are looked at, and the first after the cursor are kept. Throws 'search-too-broad' for
 * a scan that does not come to its end: what it has not seen might come first.
 */
async function pageSorted(
  finder: Finder,
  { grant, question, candidates, count, start, before, spent, units }: Paging,
): Promise<Page> {
  const { sort, criteria } = question
  const order = (a: Ranked, b: Ranked): number => compareSorted(a, b, sort)
  const from = start?.keys === undefined ? undefined : { keys: start.keys, id: start.place.id }
  let ranked: Ranked[] = []
  let seen = 0
  for await (const batch of finder.walk(grant, criteria, candidates, { size: pageSize, before })) {
    for (const match of batch.matches) {
      seen++
      const one = { keys: keysOf(match.opened.resource, sort, units), id: match.opened.row.id, match }
      if (from === undefined || compareSorted(one, from, sort) > 0) ranked.push(one)
    }
    // Only what may come to stand on the page is kept, so that memory does not grow with what is found.
    if (ranked.length > 4 * count + pageSize) ranked = ranked.toSorted(order).slice(0, count + 1)
    if (candidates.order === 'scan' && batch.after !== undefined && spent.exhausted())
      throw new Refusal('search-too-broad')
  }
  const page = ranked.toSorted(order)
  const kept = page.slice(0, count)
  const last = kept.at(-1)
  return {
    matches: kept.map(({ match }) => match),
    total: seen,
    ...(page.length > count && last !== undefined
      ? { next: { place: { ...last.match.place, id: last.match.opened.row.id }, keys: last.keys } }
      : {}),
  }
}
