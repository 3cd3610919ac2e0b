import { expect } from 'vitest'
import { openLog } from '#base'
import { verifyLedger } from '#ledger'
import { reading, test } from '../../test/ledger.ts'
import { openAcknowledged } from './acknowledged.ts'
import { appending } from './append.ts'
import { sealBatch } from './batch.ts'
import { packEntry } from './entry.ts'

const eachMs = 20

test('stop looks once more without waiting, and waits for that look', async ({ db, keys, owner }) => {
  const acknowledged = openAcknowledged(db, openLog('silent'), 600_000)
  acknowledged.add(sealBatch([packEntry(reading())], keys.ledger))
  expect(acknowledged.whole()).toBe(true)
  await acknowledged.stop()
  expect((await owner.query('select from ledger.batch')).rowCount).toBe(1)
})

test('waiting for the next look keeps no process from its end', async ({ db, keys }) => {
  const acknowledged = openAcknowledged(db, openLog('silent'), 600_000)
  const batch = sealBatch([packEntry(reading())], keys.ledger)
  const before = process.getActiveResourcesInfo()
  acknowledged.add(batch)
  expect(process.getActiveResourcesInfo()).toEqual(before)
  await acknowledged.stop()
})

test('one of another time is looked for as well: looking begins anew with each that comes', async ({ db, keys }) => {
  let looks = 0
  const counted: typeof db.run = async (tenant, queries) => {
    looks++
    return db.run(tenant, queries)
  }
  const acknowledged = openAcknowledged({ run: counted }, openLog('silent'), eachMs)
  for (const times of [1, 2]) {
    const batch = sealBatch([packEntry(reading())], keys.ledger)
    await db.run(1, appending(batch))
    acknowledged.add(batch)
    await expect.poll(() => looks).toBe(times)
  }
  await acknowledged.stop()
})

test('while it cannot be put back, something is missing', async ({ db, keys, owner }) => {
  await owner.query(`create function public.swallow() returns trigger language plpgsql as 'begin return null; end';
    create trigger t before insert on ledger.batch for each row execute function public.swallow()`)
  const acknowledged = openAcknowledged(db, openLog('silent'), eachMs)
  acknowledged.add(sealBatch([packEntry(reading())], keys.ledger))
  await expect.poll(() => acknowledged.whole()).toBe(false)
  await owner.query('drop trigger t on ledger.batch')
  await expect.poll(() => acknowledged.whole()).toBe(true)
  expect((await owner.query('select from ledger.batch')).rowCount).toBe(1)
  await acknowledged.stop()
})

test('one that was deleted behind its leaf is missing for one look, and not for as long as nothing is recorded', async ({
  db,
  keys,
  owner,
}) => {
  const seen: boolean[] = []
  const batch = sealBatch([packEntry(reading())], keys.ledger)
  await owner.query(
    `insert into ledger.leaf values (0, array['${batch.id}']::uuid[], '{1}', '\\x${batch.leaves.toString('hex')}')`,
  )
  const log = openLog('info', { write: () => void seen.push(acknowledged.whole()) })
  const acknowledged = openAcknowledged(db, log, eachMs)
  acknowledged.add(batch)
  await expect.poll(() => seen).toEqual([false])
  await expect.poll(() => acknowledged.whole()).toBe(true)
  await acknowledged.stop()
})

test('an entry of the ledger’s that was gone and is put back is taken into the tree as it was', async ({
  db,
  keys,
  owner,
  ledger,
  witness,
}) => {
  const ids = async (): Promise<string[]> =>
    (await owner.query<{ id: string }>('select id from ledger.batch order by id')).rows.map(({ id }) => id)
  await ledger.record(reading())
  await db.transact(1, (tx) => ledger.recordWithin(tx, [reading()]))
  const before = await ids()
  await owner.query('delete from ledger.batch')
  await expect.poll(ids).toEqual(before)
  await ledger.start()
  await ledger.stop()
  const { faults, entries } = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
  expect({ faults, entries }).toEqual({ faults: [], entries: 2 })
})
