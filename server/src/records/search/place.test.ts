import { expect, test } from 'vitest'
import { type Id, newId } from '#base'
import type { Row } from '../row.ts'
import { type Batch, byId, type Candidates, nothing, type Place } from './place.ts'
import { merged, type Source } from './sources.ts'

const rowOf = (id: Id<string>) => ({ id }) as Row
const ids = Array.from({ length: 25 }, (_, at) => newId<string>(1000 + at))
const newestFirst = ids.toReversed()

async function collect(batches: AsyncGenerator<Batch>): Promise<Batch[]> {
  const all: Batch[] = []
  for await (const batch of batches) all.push(batch)
  return all
}
const idsIn = (batches: readonly Batch[]) => batches.flatMap(({ candidates }) => candidates.map(({ row }) => row.id))

test('by id the newest comes first, each once, in batches; a place is where the next begins', async () => {
  const asked: number[] = []
  const candidates = byId(
    async (wanted) => {
      asked.push(wanted.length)
      return wanted.map((id) => (id === ids[3] ? undefined : rowOf(id)))
    },
    [...ids, ...ids.slice(5)],
  )
  const expected = newestFirst.filter((id) => id !== ids[3])
  expect(candidates.order).toBe('id')
  const batches = await collect(candidates.from(undefined, 10))
  expect(asked).toEqual([10, 10, 5])
  expect(idsIn(batches)).toEqual(expected)
  for (const { row, place } of batches.flatMap((batch) => batch.candidates))
    expect(place).toEqual({ at: 0, id: row.id })
  expect(batches.map(({ after }) => after?.id)).toEqual([newestFirst[9], newestFirst[19], undefined])
  for (const { after } of batches.slice(0, 2))
    expect(idsIn(await collect(candidates.from(after, 100)))).toEqual(expected.filter((id) => id < after!.id))
  // Of a record that is not there any more, the place is still one.
  expect(idsIn(await collect(candidates.from({ at: 0, id: ids[3]! }, 100)))).toEqual(newestFirst.slice(-3))
  expect(await collect(candidates.from({ at: 0, id: ids[0]! }, 100))).toEqual([])
})

test('of no ids, and of nothing, there are none', async () => {
  const none: Candidates[] = [byId(async () => [], []), nothing]
  expect(nothing.order).toBe('id')
  for (const candidates of none) expect(await collect(candidates.from(undefined, 10))).toEqual([])
})

/** A source of these times; the id says where each was put. */
function sourceOf(times: readonly (readonly [number, Id<string>])[], fetched: number[] = []): Source {
  return {
    async *from(after, count) {
      const left = times.filter(
        ([at, id]) => after === undefined || at < after.at || (at === after.at && id > after.id),
      )
      for (let from = 0; from < left.length || from === 0; from += count) {
        const some = left.slice(from, from + count)
        fetched.push(some.length)
        yield {
          candidates: some.map(([at, id]) => ({ row: rowOf(id), place: { at, id } })),
          after: from + count < left.length ? { at: some.at(-1)![0], id: some.at(-1)![1] } : undefined,
        }
      }
    },
  }
}

const stand = (at: number) => [at, ids[at % ids.length]!] as const

test('several charts are one, newest first; each place that a batch ends at begins the next', async () => {
  const charts = [
    [24, 20, 3, 2].map(stand),
    [23, 22, 21, 19, 18, 17, 16, 15, 14, 13, 12].map(stand),
    [],
    [11, 10, 9, 1].map(stand),
  ]
  const sources = charts.map((chart) => sourceOf(chart))
  const expected = charts
    .flat()
    .toSorted(([a], [b]) => b - a)
    .map(([, id]) => id)
  for (const count of [1, 3, 7, 19, 50]) {
    const batches = await collect(merged(sources, undefined, count))
    expect(idsIn(batches), `${count}`).toEqual(expected)
    expect(batches.length, `${count}`).toBe(Math.floor(expected.length / count) + 1)
    for (const { candidates } of batches.slice(0, -1)) expect(candidates).toHaveLength(count)
    let after: Place | undefined
    const paged: string[] = []
    for (let more = true; more;) {
      const { value } = await merged(sources, after, count).next()
      if (value === undefined) break
      paged.push(...idsIn([value]))
      after = value.after
      more = after !== undefined
    }
    expect(paged, `${count} a page`).toEqual(expected)
  }
})

test('records of one moment are in the order of their ids, and one that two charts hold comes once', async () => {
  const [a, b, c] = [ids[1]!, ids[2]!, ids[3]!]
  const batches = await collect(merged([sourceOf([[5, b], [5, c]]), sourceOf([[5, a], [5, b]])], undefined, 10)) // oxfmt-ignore
  expect(idsIn(batches)).toEqual([a, b, c])
})

test('a source that has nothing at first is asked again', async () => {
  const late: Source = {
    async *from() {
      yield { candidates: [], after: undefined }
      yield* sourceOf([stand(7)]).from(undefined, 10)
    },
  }
  const batches = await collect(merged([late, sourceOf([stand(8), stand(6)])], undefined, 10))
  expect(idsIn(batches)).toEqual([8, 7, 6].map((at) => stand(at)[1]))
})

test('of more charts than are read at once none is missed', async () => {
  const charts = Array.from({ length: 20 }, (_, at) => [stand(at), stand(at + 1)].toReversed())
  const batches = await collect(merged(charts.map((chart) => sourceOf(chart)), undefined, 50)) // oxfmt-ignore
  expect(new Set(idsIn(batches)).size).toBe(21)
})

test('one source alone is passed on as it is, and none is nothing', async () => {
  const fetched: number[] = []
  await collect(merged([sourceOf([3, 2, 1].map(stand), fetched)], undefined, 2))
  expect(fetched).toEqual([2, 1])
  expect(await collect(merged([], undefined, 2))).toEqual([])
})

test('of many charts little is read of each: ten records, or twice what a page needs', async () => {
  const fetched: number[] = []
  const chart = Array.from({ length: 24 }, (_, at) => stand(24 - at))
  await merged(
    Array.from({ length: 20 }, () => sourceOf(chart, fetched)),
    undefined,
    50,
  ).next()
  expect(Math.max(...fetched)).toBe(10)
  const few: number[] = []
  await merged([sourceOf(chart, few), sourceOf(chart, few)], undefined, 12).next()
  expect(new Set(few)).toEqual(new Set([12]))
})
