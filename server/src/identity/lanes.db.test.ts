import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { newId } from '#base'
import { test as base } from '../../test/postgres.ts'
import { countAttempt, forgetFailures, lanesOf, releaseLanes, reopenLanes, uncount } from './lanes.ts'

const now = Date.parse('2026-03-02T08:00:00Z')
const minute = 60_000
const account = newId<'account'>(now)

type Lane = ReturnType<typeof lanesOf>[number]

interface Rig {
  /** Of an attempt from elsewhere: that of the name, and that of the address. */
  lanes: readonly [Lane, Lane]
  attempt: (at: number) => ReturnType<typeof countAttempt>
  /** Failures in all, and in a row, of the name's lane and of the address's. */
  counts: () => Promise<(readonly [number, number] | undefined)[]>
}

const test = base.extend<Rig>({
  lanes: async ({ keys }, use) => {
    const place = { workstation: undefined, network: randomBytes(32) }
    const [name, address] = lanesOf(keys, 1, randomBytes(32), { known: 'elsewhere', place, address: '203.0.113.9' })
    if (name === undefined || address === undefined) throw new Error('two lanes')
    await use([name, address])
  },
  attempt: async ({ db, lanes }, use) => use((at) => db.transact(1, (tx) => countAttempt(tx, 1, at, lanes, account))),
  counts: async ({ owner, lanes }, use) =>
    use(async () => {
      const { rows } = await owner.query<{ lane: Buffer; failures: number; in_a_row: number }>(
        'select lane, failures, in_a_row from identity.throttle',
      )
      const found = lanes.map(({ id }) => rows.find(({ lane }) => lane.equals(id)))
      return found.map((row) => row && ([row.failures, row.in_a_row] as const))
    }),
})

test('an administrator who releases an account does not release the address that tried', async ({
  db,
  attempt,
  counts,
}) => {
  for (let n = 0; n < 3; n++) expect(await attempt(now + n * 20 * minute)).toMatchObject({ admitted: true, opens: 0 })
  const [, address] = await counts()
  await db.transact(1, (tx) => releaseLanes(tx, 1, newId(now)))
  expect(await counts()).toEqual([[3, 3], address])
  await db.transact(1, (tx) => reopenLanes(tx, 1, account))
  expect(await counts()).toEqual([[3, 0], address])
  await db.transact(1, (tx) => releaseLanes(tx, 1, account))
  expect(await counts()).toEqual([undefined, address])
})

test('a complete proof forgets the failures of the name, not of the address', async ({
  db,
  lanes,
  attempt,
  counts,
}) => {
  await attempt(now)
  const [, address] = await counts()
  expect(address?.[0]).toBe(1)
  await db.transact(1, (tx) => forgetFailures(tx, 1, lanes))
  expect(await counts()).toEqual([undefined, address])
})

test('an attempt that was right is as if it had not been; one that was counted since stays', async ({
  db,
  attempt,
  counts,
}) => {
  await attempt(now)
  const second = await attempt(now + 20 * minute)
  const before = await counts()
  await db.transact(1, (tx) => uncount(tx, 1, second))
  const [name, address] = await counts()
  expect(name).toEqual([1, 1])
  const third = await attempt(now + 40 * minute)
  await attempt(now + 60 * minute)
  const after = await counts()
  await db.transact(1, (tx) => uncount(tx, 1, third))
  expect((await counts()).map((each, at) => (each?.[1] ?? 0) - (after[at]?.[1] ?? 0))).toEqual([-1, -1])
  expect((await counts()).map((each, at) => (each?.[0] ?? 0) - (after[at]?.[0] ?? 0))).toEqual([-1, -1])
  expect([before[0], address?.[0]]).toEqual([[2, 2], 1])
})

test('counts that were spoilt in the database close the lane, or begin anew where they say nothing', async ({
  attempt,
  owner,
}) => {
  await attempt(now)
  const spoil = (set: string) => owner.query(`update identity.throttle set ${set}`)
  const at = now + 20 * minute
  for (const set of [`failures = -1`, `failures = 2147483647`, `in_a_row = -5`, `in_a_row = 1000000`]) {
    await spoil(`failures = 1, in_a_row = 1, last = '2026-03-02T08:00:00Z'`)
    await spoil(set)
    const { admitted, opens } = await attempt(at)
    expect([set, admitted, opens > at]).toEqual([set, false, true])
  }
  await spoil(`failures = 1, in_a_row = 1, last = 'infinity'`)
  expect(await attempt(at)).toMatchObject({ admitted: true })
})
