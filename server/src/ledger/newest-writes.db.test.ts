import { expect } from 'vitest'
import { systemClock } from '#base'
import { rewriteEntry } from '../../test/entries.ts'
import { aRecord, reading, test } from '../../test/ledger.ts'
import type { Place } from './stored.ts'

test('what was written is told newest first, a few batches at a time, and what only read is left out', async ({
  ledger,
  db,
}) => {
  const at = systemClock.now()
  const record = (n: number) => aRecord(n, `body ${n}`)
  const writing = (...ns: readonly number[]) =>
    reading({ at, action: 'update', records: ns.map(record), types: ['Condition'] })
  await ledger.record(writing(1))
  await ledger.record(reading())
  await db.transact(1, (tx) => ledger.recordWithin(tx, [writing(2), reading(), writing(3, 4)]))
  await ledger.record(reading({ records: [aRecord(9)] }))

  const versionsOf = (page: Awaited<ReturnType<typeof ledger.writesUpTo>>) =>
    page.entries.map(({ writes }) => writes.map(({ version }) => version))
  const whole = await ledger.writesUpTo(1, undefined, 100)
  expect(versionsOf(whole)).toEqual([[3, 4], [2], [1]])
  expect(whole.last).toBeUndefined()
  expect(whole.entries.map((entry) => entry.at)).toEqual([at, at, at])

  // The last of a page is looked at again by the next one.
  for (const [batches, pageCount] of [
    [2, 4],
    [3, 2],
  ] as const) {
    const found: number[][] = []
    let from: Place | undefined
    let pages = 0
    do {
      const page = await ledger.writesUpTo(1, from, batches)
      found.push(...versionsOf(page))
      from = page.last
      pages++
    } while (from !== undefined && pages < 10)
    expect(pages).toBe(pageCount)
    expect([...new Set(found.map(String))]).toEqual(['3,4', '2', '1'])
  }

  const [, second] = whole.entries
  expect(versionsOf(await ledger.writesUpTo(1, second?.place, 100))).toEqual([[2], [1]])
  expect((await ledger.writesUpTo(2, undefined, 100)).entries).toEqual([])
})

test('order is that of transactions, also where clocks were set back; what cannot be read is left out', async ({
  ledger,
  owner,
}) => {
  const at = systemClock.now()
  for (const [n, ago] of [0, 60_000, 30_000].entries())
    await ledger.record(reading({ at: at - ago, action: 'update', records: [aRecord(n + 1, `body ${n}`)] }))
  const versionsFrom = async (from: Place | undefined) =>
    (await ledger.writesUpTo(1, from, 10)).entries.map(({ writes }) => writes.map(({ version }) => version))
  const [, second] = (await ledger.writesUpTo(1, undefined, 10)).entries
  expect(await versionsFrom(second?.place)).toEqual([[2], [1]])
  await rewriteEntry(owner, String(second?.place.id), (entry) => ({ ...entry, header: Buffer.from('{}') }))
  expect(await versionsFrom(undefined)).toEqual([[3], [1]])
})
