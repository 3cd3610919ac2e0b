import { expect, test } from 'vitest'
import type { Access, PageAsk } from '#ledger'
import { openLatest } from './latest.ts'

const minute = 60_000
const hour = 60 * minute

/** Someone's entries, newest first, as the ledger pages through them. */
function ledgerOf(entries: readonly { at: number; by: string }[]) {
  const asked: number[] = []
  const page = async (_tenant: number, _subject: string, { before, count }: PageAsk) => {
    asked.push(count)
    const sorted = entries.toSorted((a, b) => b.at - a.at)
    const from = Number(before ?? 0)
    const accesses = sorted.slice(from, from + count).map(({ at, by }) => ({ at, actor: { id: by } }) as Access)
    return { accesses, ...(from + count < sorted.length ? { next: String(from + count) } : {}) }
  }
  return { asked, page }
}

const nameOf = ({ actor }: Access): string | undefined => actor.id

test('the last time of each name within the horizon, however many entries there are', async () => {
  const entries = Array.from({ length: 3000 }, (_, at) => ({ at: at * minute, by: `person-${at % 3}` }))
  entries.push({ at: -hour, by: 'long-ago' })
  const latest = openLatest({ ...ledgerOf(entries), horizonMs: 3000 * minute, nameOf })
  expect(await latest(1, 'chart', 3000 * minute)).toEqual(
    new Map([
      ['person-2', 2999 * minute],
      ['person-1', 2998 * minute],
      ['person-0', 2997 * minute],
    ]),
  )
})

test('what was read is not read again; what is new, or came late, is', async () => {
  const entries = Array.from({ length: 2000 }, (_, at) => ({ at: at * minute, by: 'one' }))
  const { asked, page } = ledgerOf(entries)
  const latest = openLatest({ page, horizonMs: 9000 * hour, nameOf })
  await latest(1, 'chart', 2000 * minute)
  expect(asked).toEqual([50, 500, 1000, 1000])
  entries.push({ at: 2000 * minute, by: 'two' }, { at: 1999 * minute - 1000, by: 'late' })
  expect([...(await latest(1, 'chart', 2001 * minute)).keys()].toSorted()).toEqual(['late', 'one', 'two'])
  expect(asked.slice(4)).toEqual([50])
})

test('a walk that breaks off is walked again', async () => {
  const entries = Array.from({ length: 100 }, (_, at) => ({ at: at * minute, by: at < 40 ? 'first' : 'second' }))
  const { page } = ledgerOf(entries)
  let away = true
  const latest = openLatest({
    horizonMs: hour * 24,
    nameOf,
    page: async (tenant, subject, asked) => {
      if (away && asked.before !== undefined) throw new Error('the database is away')
      return page(tenant, subject, asked)
    },
  })
  await expect(latest(1, 'chart', 100 * minute)).rejects.toThrow('away')
  away = false
  expect([...(await latest(1, 'chart', 100 * minute)).keys()]).toEqual(['second', 'first'])
})

test('who left the horizon is forgotten, and each subject is counted by itself', async () => {
  const { page } = ledgerOf([{ at: 0, by: 'one' }])
  const latest = openLatest({ page, horizonMs: hour, nameOf })
  expect((await latest(1, 'chart', 0)).size).toBe(1)
  expect((await latest(1, 'chart', 2 * hour)).size).toBe(0)
  expect((await latest(2, 'chart', 0)).size).toBe(1)
})
