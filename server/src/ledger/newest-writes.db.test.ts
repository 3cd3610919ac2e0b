import { expect } from 'vitest'
import { systemClock } from '#base'
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

  const found: number[][] = []
  let from: Place | undefined
  let pages = 0
  do {
    const page = await ledger.writesUpTo(1, from, 2)
    found.push(...versionsOf(page))
    from = page.last
    pages++
  } while (from !== undefined && pages < 10)
  expect(pages).toBeLessThan(10)
  expect([...new Set(found.map(String))]).toEqual(['3,4', '2', '1'])

  const [, second] = whole.entries
  expect(versionsOf(await ledger.writesUpTo(1, second?.place, 100))).toEqual([[2], [1]])
  expect((await ledger.writesUpTo(2, undefined, 100)).entries).toEqual([])
})
