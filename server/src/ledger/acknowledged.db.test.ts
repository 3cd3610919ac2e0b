import { expect } from 'vitest'
import { openLog } from '#base'
import { openLedger, verifyLedger } from '#ledger'
import { systemClock } from '#base'
import { reading, test } from '../../test/ledger.ts'
import { appending } from './append.ts'
import { openAcknowledged } from './acknowledged.ts'
import { sealBatch } from './batch.ts'
import { packEntry } from './entry.ts'

test('an entry that was acknowledged and is gone from the ledger is named and put back', async ({
  db,
  keys,
  owner,
  witness,
}) => {
  const logged: { msg: string; batches: unknown }[] = []
  const log = openLog('info', { write: (line) => void logged.push(JSON.parse(line) as (typeof logged)[number]) })
  const ledger = openLedger({ db, keys, clock: systemClock, log, witnesses: [witness], origin: 'test.example/ledger' })
  const ids = async (): Promise<string[]> =>
    (await owner.query<{ id: string }>('select id from ledger.batch order by id')).rows.map(({ id }) => id)
  await ledger.record(reading())
  await db.transact(1, (tx) => ledger.recordWithin(tx, [reading()]))
  const before = await ids()
  expect(before).toHaveLength(2)
  await owner.query('delete from ledger.batch')
  await expect.poll(ids, { timeout: 20_000 }).toEqual(before)
  expect(logged.find(({ msg }) => msg === 'acknowledged entries are gone from the ledger')?.batches).toEqual(
    expect.arrayContaining(before),
  )
  await ledger.start()
  await ledger.stop()
  const { faults, entries } = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
  expect({ faults, entries }).toEqual({ faults: [], entries: 2 })
})

test('what a transaction gave up was never acknowledged, and is not put back', async ({ db, ledger, owner }) => {
  const given = db.transact(1, async (tx) => {
    await ledger.recordWithin(tx, [reading()])
    throw new Error('given up')
  })
  await expect(given).rejects.toThrow('given up')
  await new Promise((resolve) => setTimeout(resolve, 2500))
  expect((await owner.query('select from ledger.batch')).rowCount).toBe(0)
})

test('one that was found once and is lost later, as by a crash, is found missing the second time', async ({
  db,
  keys,
  owner,
}) => {
  const acknowledged = openAcknowledged(db, openLog('silent'), 3000)
  const batch = sealBatch([packEntry(reading())], keys.ledger)
  await db.run(1, appending(batch))
  acknowledged.add(batch)
  await new Promise((resolve) => setTimeout(resolve, 1800))
  await owner.query('delete from ledger.batch')
  await expect.poll(async () => (await owner.query('select from ledger.batch')).rowCount, { timeout: 20_000 }).toBe(1)
  await acknowledged.stop()
})

test('while it cannot be put back, nothing is said to be recorded', async ({ db, ledger, owner }) => {
  await ledger.record(reading())
  expect(ledger.recording()).toBe(true)
  await owner.query(`create function public.swallow() returns trigger language plpgsql as 'begin return null; end';
    create trigger t before insert on ledger.batch for each row execute function public.swallow(); delete from ledger.batch`)
  await expect.poll(() => ledger.recording(), { timeout: 20_000 }).toBe(false)
  await expect(ledger.record(reading())).rejects.toMatchObject({ code: 'ledger-unavailable' })
  await owner.query('drop trigger t on ledger.batch')
  await expect.poll(() => ledger.recording(), { timeout: 20_000 }).toBe(true)
  expect((await owner.query('select from ledger.batch')).rowCount).toBe(1)
  void db
})
