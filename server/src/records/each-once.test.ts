import { expect, test } from 'vitest'
import { type Id, newId } from '#base'
import { eachOnce, type Standing, type Step, theRest, type WalkPlace } from './each-once.ts'
import type { Row } from './row.ts'

interface At extends WalkPlace {
  readonly at: number
}

/** Records of one place, newest first, that a test may move while they are walked. */
class Shelf {
  readonly times: Map<Id<string>, number>
  readonly fetched: number[] = []
  readonly deleted = new Set<string>()
  readonly compare = (a: At, b: At): number => b.at - a.at || a.id.localeCompare(b.id)

  constructor(count: number) {
    this.times = new Map(Array.from({ length: count }, (_, at) => [newId<string>(at), at]))
  }

  #places(): At[] {
    return [...this.times].map(([id, at]) => ({ id, at })).toSorted(this.compare)
  }

  #row = (id: Id<string>): Row => ({ id, deleted: this.deleted.has(id) }) as Row

  first = async (count: number): Promise<Standing<At>[]> =>
    this.#places()
      .slice(0, count)
      .map((place) => ({ row: this.#row(place.id), place }))

  places = async (): Promise<At[]> => this.#places()

  newest = async (ids: readonly Id<string>[]): Promise<(Row | undefined)[]> => {
    this.fetched.push(ids.length)
    return ids.map((id) => (this.times.has(id) ? this.#row(id) : undefined))
  }
}

async function collect(steps: AsyncGenerator<Step<At>>, between: (step: number) => void = () => undefined) {
  const all: Step<At>[] = []
  for await (const step of steps) {
    all.push(step)
    between(all.length)
  }
  return all
}
const idsIn = (steps: readonly Step<At>[]) => steps.flatMap(({ rows }) => rows.map(({ row }) => row.id))
const newestFirst = (shelf: Shelf) => [...shelf.times.keys()].toReversed()

test.each([0, 1, 9, 10, 11, 209, 210, 211, 410, 411])(
  '%s records come each once and in order, ten first',
  async (count) => {
    const shelf = new Shelf(count)
    const steps = await collect(eachOnce(shelf, 10))
    expect(idsIn(steps)).toEqual(newestFirst(shelf))
    for (const { row, place } of steps.flatMap(({ rows }) => rows)) expect(place.id).toBe(row.id)
    // A page that is not full is all there is: nothing more is asked.
    if (count < 10) expect([steps.length, shelf.fetched]).toEqual([1, []])
    // Where a step ends the next begins, and the last one has no end.
    for (const [index, { rows, after }] of steps.entries()) {
      const isLast = index === steps.length - 1
      if (!isLast || (index === 0 && count === 10)) expect(after).toEqual(rows.at(-1)?.place)
      else expect(after).toBeUndefined()
    }
  },
)

test('after the first page rows are fetched two hundred at once, or as many as a page has', async () => {
  const shelf = new Shelf(450)
  await collect(eachOnce(shelf, 10))
  expect(shelf.fetched).toEqual([200, 200, 40])
  const other = new Shelf(900)
  await collect(eachOnce(other, 300))
  expect(other.fetched).toEqual([300, 300])
})

test('a record that moves over the border of a page while it is walked comes once, and none is missed', async () => {
  for (const moved of [0, 5, 9, 10, 11, 250]) {
    const shelf = new Shelf(300)
    const all = newestFirst(shelf)
    const id = all[moved]!
    for (const to of [-1, 1000]) {
      const ids = idsIn(await collect(eachOnce(shelf, 10), (step) => void (step === 1 && shelf.times.set(id, to))))
      expect(ids.toSorted(), `${moved} to ${to}`).toEqual(all.toSorted())
      shelf.times.set(id, 300 - 1 - moved)
    }
  }
})

test('what moved ahead of the border is placed at it, so that a cursor never goes back', async () => {
  const shelf = new Shelf(300)
  const id = newestFirst(shelf)[250]!
  const steps = await collect(eachOnce(shelf, 10), (step) => void (step === 1 && shelf.times.set(id, 1000)))
  const border = steps[0]!.after!
  const moved = steps.flatMap(({ rows }) => rows).find(({ row }) => row.id === id)
  expect(moved?.place).toEqual(border)
  const places = steps.flatMap(({ rows }) => rows.map(({ place }) => place))
  for (const [index, place] of places.entries())
    if (index > 0) expect(shelf.compare(places[index - 1]!, place)).not.toBeGreaterThan(0)
})

test('what is deleted or gone meanwhile does not come', async () => {
  const shelf = new Shelf(20)
  const all = newestFirst(shelf)
  const steps = eachOnce(shelf, 10)
  const ids = idsIn(
    await collect(steps, (step) => {
      if (step !== 1) return
      shelf.deleted.add(all[12]!)
      shelf.newest = async (wanted) =>
        wanted.map((id) => (id === all[15] ? undefined : ({ id, deleted: shelf.deleted.has(id) } as Row)))
    }),
  )
  expect(ids).toEqual(all.filter((_, index) => index !== 12 && index !== 15))
})

test('the rest of a walk that began elsewhere leaves out what came before', async () => {
  const shelf = new Shelf(30)
  const first = await shelf.first(10)
  const steps = await collect(theRest(shelf, first, first.at(-1)!.place, 10))
  expect(idsIn(steps)).toEqual(newestFirst(shelf).slice(10))
})
