import type { Id } from '#base'
import type { Row } from './row.ts'

/** Where a record stands in the order of a walk. */
export interface WalkPlace {
  readonly id: Id<string>
}

export interface Standing<P extends WalkPlace> {
  readonly row: Row
  readonly place: P
}

export interface Walkable<P extends WalkPlace> {
  /** The first rows, of one snapshot; fewer than `count` mean that there are no more. */
  first(count: number): Promise<readonly Standing<P>[]>
  /** The places of all, of one snapshot. */
  places(): Promise<readonly P[]>
  newest(ids: readonly Id<string>[]): Promise<readonly (Row | undefined)[]>
  /** Below zero when `a` comes before `b`. */
  compare(a: P, b: P): number
}

export interface Step<P extends WalkPlace> {
  readonly rows: readonly Standing<P>[]
  /** Where the next step begins; undefined at the end. */
  readonly after: P | undefined
}

// Past the first page the rows are fetched by id, many at once.
const leastRows = 200

/**
 * Walks records batch by batch so that each comes once, however records are changed meanwhile. A change of its clinical
 * time moves a record over the border between two batches, so batches must not be found by where the last one ended: when
 * the first page is not enough, one statement lists all that there is, and what was not on the first page is fetched by id.
 * A record that moved ahead of the border comes after it, so that a cursor never goes back.
 */
export async function* eachOnce<P extends WalkPlace>(walk: Walkable<P>, count: number): AsyncGenerator<Step<P>> {
  const first = await walk.first(count)
  const border = first.length < count ? undefined : first.at(-1)?.place
  yield { rows: first, after: border }
  if (border !== undefined) yield* theRest(walk, first, border, count)
}

/** What comes after the first page of a walk that began elsewhere. */
export async function* theRest<P extends WalkPlace>(
  walk: Omit<Walkable<P>, 'first'>,
  first: readonly Standing<P>[],
  border: P,
  count: number,
): AsyncGenerator<Step<P>> {
  const seen = new Set<string>(first.map(({ row }) => row.id))
  const left = (await walk.places()).filter(({ id }) => !seen.has(id))
  const size = Math.max(count, leastRows)
  let floor = border
  for (let from = 0; from < left.length; from += size) {
    const some = left.slice(from, from + size)
    const found = await walk.newest(some.map(({ id }) => id))
    const rows = some.flatMap((place, index) => {
      if (walk.compare(floor, place) < 0) floor = place
      const row = found[index]
      return row === undefined || row.deleted ? [] : { row, place: floor }
    })
    yield { rows, after: from + size < left.length ? floor : undefined }
  }
}
