import { expect } from 'vitest'
import { entriesIn, entryIdsIn } from '../../test/entries.ts'
import { aPatient, reading, test } from '../../test/ledger.ts'
import { nothingSeen, type Seen, spellSeen } from './seen.ts'
import { readLeafless, readUnseen, readUnseenNaming, type StoredBatch } from './stored.ts'

test('what the tree has not seen is read a few at a time: each once, in order, all of one transaction together', async ({
  ledger,
  db,
  owner,
}) => {
  for (let n = 0; n < 4; n++) await ledger.record(reading())
  // Three batches of one transaction, of a limit of two.
  await db.transact(1, async (tx) => {
    for (let n = 0; n < 3; n++) await ledger.recordWithin(tx, [reading()])
  })
  await ledger.record(reading())
  const all = (await entriesIn(owner)).map(({ id }) => id)
  expect(all).toHaveLength(8)
  for (const limit of [1, 2, 3, 4, 8, 9]) {
    const found: string[] = []
    let seen = nothingSeen
    for (let more = true; more;) {
      const unseen = await db.inspect(1, async (tx) => readUnseen(tx, seen, limit))
      found.push(...unseen.places.map(({ id }) => id))
      ;({ seen, more } = unseen)
      expect(found.length).toBeLessThanOrEqual(8)
    }
    expect(found, `${limit} at a time`).toEqual(all)
    expect((await db.inspect(1, async (tx) => readUnseen(tx, seen, limit))).places).toEqual([])
  }
})

test('what ran while others were seen is found once it has ended, and who is named in it', async ({
  ledger,
  db,
  owner,
}) => {
  const patient = aPatient()
  let meanwhile = nothingSeen
  await db.transact(1, async (tx) => {
    await ledger.recordWithin(tx, [reading({ patients: [patient] })])
    await ledger.record(reading({ patients: [patient] }))
    const unseen = await db.inspect(1, async (other) => readUnseen(other, nothingSeen, 10))
    expect(unseen.places).toHaveLength(1)
    meanwhile = unseen.seen
    // Others of the cluster may run too.
    expect(meanwhile.running.length).toBeGreaterThan(0)
  })
  const late = await db.inspect(1, async (tx) => readUnseen(tx, meanwhile, 10))
  const [first] = await entryIdsIn(owner)
  expect(late.places.map(({ id }) => id)).toEqual([first])
  const naming = async (seen: Seen): Promise<string[]> => {
    const found: StoredBatch[] = []
    await db.inspect(1, async (tx) => {
      for await (const batch of readUnseenNaming(tx, seen, patient)) found.push(batch)
    })
    return found.map(({ id }) => id)
  }
  expect(await naming(meanwhile)).toEqual([first])
  expect(await naming(nothingSeen)).toEqual(await entryIdsIn(owner))
  expect(await naming(late.seen), spellSeen(late.seen)).toEqual([])
})

test('more batches without leaves than are read at once are all read', async ({ ledger, db, owner }) => {
  for (let n = 0; n < 130; n++) await ledger.record(reading())
  const found: string[] = []
  await db.inspect(1, async (tx) => {
    for await (const { id } of readLeafless(tx)) found.push(id)
  })
  expect(found.toSorted()).toEqual((await entryIdsIn(owner)).toSorted())
})
