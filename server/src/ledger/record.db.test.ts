import { expect } from 'vitest'
import { openLog } from '#base'
import { reading, test as base } from '../../test/ledger.ts'
import { entriesIn, entryIdsIn } from '../../test/entries.ts'
import { type Acknowledged, openAcknowledged } from './acknowledged.ts'
import { mostBytes, mostEntries, placeOf } from './batch.ts'
import { packEntry, sizeOf } from './entry.ts'
import type { EntryFacts } from './facts.ts'
import { Recent } from './recent.ts'
import { openRecorder, type Recorder } from './record.ts'

interface Rig {
  recorder: Recorder
  acknowledged: Acknowledged
  clock: { now: number }
  /** How many entries each batch in the ledger has, the largest first. */
  sizes: () => Promise<number[]>
}

const test = base.extend<Rig>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of a fixture's needs from its pattern
  clock: async ({}, use) => use({ now: 1_000_000 }),
  acknowledged: async ({ db }, use) => use(openAcknowledged(db, openLog('silent'), 20)),
  recorder: async ({ db, keys, acknowledged, clock }, use) => {
    const recent = new Recent()
    const recorder = openRecorder({ db, keys: keys.ledger, recent, acknowledged, now: () => clock.now })
    await use(recorder)
    await recorder.close()
  },
  sizes: async ({ owner }, use) =>
    use(async () => {
      const places = new Map<string, number>()
      for (const id of await entryIdsIn(owner)) places.set(placeOf(id).batch, placeOf(id).place + 1)
      return [...places.values()].toSorted((a, b) => b - a)
    }),
})

test('what was recorded and is gone at once comes back, whichever way it was recorded', async ({
  recorder,
  db,
  owner,
}) => {
  await recorder.record(reading())
  await db.transact(1, async (tx) => recorder.recordWithin(tx, [reading()]))
  const before = await entriesIn(owner)
  await owner.query('delete from ledger.batch')
  const ids = async (): Promise<string[]> => (await entryIdsIn(owner)).toSorted()
  await expect.poll(ids).toEqual(before.map(({ id }) => id).toSorted())
})

test('what a transaction gave up was never acknowledged, and is not put back', async ({
  recorder,
  acknowledged,
  db,
  owner,
}) => {
  const given = db.transact(1, async (tx) => {
    await recorder.recordWithin(tx, [reading()])
    throw new Error('given up')
  })
  await expect(given).rejects.toThrow('given up')
  // Whatever is kept would be looked for, and put back, before this one is.
  await recorder.record(reading())
  const [kept] = await entryIdsIn(owner)
  await owner.query('delete from ledger.batch')
  await expect.poll(async () => entryIdsIn(owner)).toEqual([kept])
  await expect.poll(() => acknowledged.whole()).toBe(true)
  expect(await entryIdsIn(owner)).toEqual([kept])
})

test('while something cannot be put back, nothing is said to be recorded', async ({ recorder, owner }) => {
  await recorder.record(reading())
  expect(recorder.recording()).toBe(true)
  await owner.query(`create function public.swallow() returns trigger language plpgsql as 'begin return null; end';
    create trigger t before insert on ledger.batch for each row execute function public.swallow(); delete from ledger.batch`)
  await expect.poll(() => recorder.recording()).toBe(false)
  await owner.query('drop trigger t on ledger.batch')
  await expect.poll(() => recorder.recording()).toBe(true)
  expect(await entryIdsIn(owner)).toHaveLength(1)
})

test('after an entry that was not durable it is in doubt for five seconds, or one when a later one was', async ({
  recorder,
  clock,
  owner,
}) => {
  const fail = async (): Promise<void> => {
    await owner.query('revoke insert on ledger.batch from chartkeep_app')
    await expect(recorder.record(reading())).rejects.toMatchObject({
      ...{ code: 'ledger-unavailable', cause: { code: '42501' } },
    })
    await owner.query('grant insert on ledger.batch to chartkeep_app')
  }
  const doubts = (from: number): boolean[] =>
    [0, 1000, 1001, 5000, 5001].map((after) => {
      clock.now = from + after
      return recorder.recording()
    })
  expect(recorder.recording()).toBe(true)
  await recorder.record(reading())
  clock.now += 1
  await fail()
  expect(doubts(clock.now)).toEqual([false, false, false, false, true])
  const failedAt = clock.now
  await fail()
  await recorder.record(reading()) // at the same time: it may have been before
  expect(doubts(failedAt)).toEqual([false, false, false, false, true])
  clock.now = failedAt + 1
  await recorder.record(reading())
  expect(doubts(failedAt)).toEqual([false, false, true, true, true])
})

test('by the clock of the process, there is doubt at once', async ({ db, keys, acknowledged, owner }) => {
  const recorder = openRecorder({ db, keys: keys.ledger, recent: new Recent(), acknowledged })
  await recorder.record(reading())
  expect(recorder.recording()).toBe(true)
  await owner.query('revoke insert on ledger.batch from chartkeep_app')
  await expect(recorder.record(reading())).rejects.toMatchObject({ code: 'ledger-unavailable' })
  expect(recorder.recording()).toBe(false)
  await owner.query('grant insert on ledger.batch to chartkeep_app')
  await recorder.record(reading())
  await expect.poll(() => recorder.recording(), { timeout: 20_000 }).toBe(true)
})

test('close waits for all that is under way, and then nothing is recorded', async ({ recorder, owner }) => {
  await recorder.record(reading())
  const durable: number[] = []
  await owner.query('begin; lock table ledger.batch in share mode')
  const written = [1, 2].map(async (tenant) => {
    await recorder.record(reading({ tenant }))
    durable.push(tenant)
  })
  const closed = recorder.close().then(() => durable.length)
  expect(recorder.recording()).toBe(false)
  await expect(recorder.record(reading())).rejects.toMatchObject({ code: 'ledger-unavailable' })
  await owner.query('commit')
  expect(await closed).toBe(2)
  await Promise.all(written)
})

test('close waits for the slowest', async ({ recorder, owner }) => {
  await owner.query(`create function public.wait() returns trigger language plpgsql as
    'begin if new.tenant = 2 then perform pg_advisory_xact_lock(7); end if; return new; end';
    create trigger t before insert on ledger.batch for each row execute function public.wait();
    select pg_advisory_lock(7)`)
  let durable = false
  const slow = recorder.record(reading({ tenant: 2 })).then(() => (durable = true))
  const quick = recorder.record(reading())
  const closed = recorder.close().then(() => durable)
  await quick
  await owner.query('select pg_advisory_unlock(7)')
  expect(await closed).toBe(true)
  await slow
})

test('entries of two tenants are not one batch: the other’s is refused, and not recorded as one’s own', async ({
  recorder,
  db,
}) => {
  const both = db.transact(1, async (tx) => recorder.recordWithin(tx, [reading(), reading({ tenant: 2 })]))
  await expect(both).rejects.toMatchObject({ code: '42501' })
})

test('a batch holds so many entries', async ({ recorder, db, sizes }) => {
  const many = Array.from({ length: 2 * mostEntries + 1 }, () => reading())
  await db.transact(1, async (tx) => recorder.recordWithin(tx, many))
  expect(await sizes()).toEqual([mostEntries, mostEntries, 1])
})

test('a batch holds entries of so many bytes', async ({ recorder, db, sizes }) => {
  const facts = (bytes: number): EntryFacts => {
    const one = reading({ workstation: '' })
    return { ...one, workstation: 'x'.repeat(bytes - sizeOf(packEntry(one))) }
  }
  const half = mostBytes / 2
  const lengths = [half, half, half, half + 1, half, 1000, mostBytes + 1, 1000]
  await db.transact(1, async (tx) => recorder.recordWithin(tx, lengths.map(facts)))
  // 1 and 2 fill one; 3 leaves too little for 4, 4 for 5; 6 goes with 5; 7 and 8 are alone.
  expect(await sizes()).toEqual([2, 2, 1, 1, 1, 1])
})
