import { expect } from 'vitest'
import { type Id, openLog, readUuid } from '#base'
import type { Database } from '#db'
import { nurse, reading, test as base } from '../../test/ledger.ts'
import { appending } from './append.ts'
import { type SealedBatch, sealBatch } from './batch.ts'
import { packEntry } from './entry.ts'
import { type Kept, keepBatches } from './kept.ts'

const again = 10_000

interface Rig {
  kept: Kept
  aBatch: (tenant?: number) => SealedBatch
  /** One that is in the ledger. */
  stored: (tenant?: number) => Promise<SealedBatch>
  /** Ids that were looked for, a list for each look and tenant. */
  asked: string[][]
  /** Runs before the database is asked. */
  meanwhile: { now: () => unknown }
  logged: Record<string, unknown>[]
  there: () => Promise<string[]>
}

/** Of an array as it is sent: 20 bytes, and then each with its length. */
const uuidsIn = (sent: Buffer): string[] =>
  Array.from({ length: (sent.length - 20) / 20 }, (_, n) => readUuid(sent, 24 + 20 * n))

// Three batches of one entry each are kept.
const test = base.extend<Rig>({
  aBatch: async ({ keys }, use) =>
    use((tenant = 1) => sealBatch([packEntry(reading({ tenant, request: nurse }))], keys.ledger)),
  stored: async ({ db, aBatch }, use) =>
    use(async (tenant = 1) => {
      const batch = aBatch(tenant)
      await db.run(tenant, appending(batch))
      return batch
    }),
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of a fixture's needs from its pattern
  asked: async ({}, use) => use([]),
  // oxlint-disable-next-line no-empty-pattern -- as above
  logged: async ({}, use) => use([]),
  // oxlint-disable-next-line no-empty-pattern -- as above
  meanwhile: async ({}, use) => use({ now: () => undefined }),
  kept: async ({ db, aBatch, asked, logged, meanwhile }, use) => {
    const run: Database['run'] = async (tenant, queries) => {
      await meanwhile.now()
      const [query] = queries
      if (query?.text.startsWith('select id from ledger.batch') === true)
        asked.push(uuidsIn(query.values?.[0] as Buffer))
      return db.run(tenant, queries)
    }
    const log = openLog('info', { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) })
    await use(keepBatches({ run }, log, again, 3 * aBatch().entries.length))
  },
  there: async ({ owner }, use) =>
    use(async () =>
      (await owner.query<{ id: string }>('select id from ledger.batch order by id')).rows.map(({ id }) => id),
    ),
})

const said = (logged: Rig['logged']) => logged.map(({ batches, err, msg }) => ({ batches, err, msg }))
const idsOf = (batches: readonly SealedBatch[]): string[] => batches.map(({ id }) => id)

test('what is there is looked for twice: at the next look, and when the time has passed', async ({
  kept,
  stored,
  asked,
  logged,
}) => {
  const begin = 5 * again
  const batch = await stored()
  kept.add(batch, begin)
  await kept.look(begin + 1)
  await kept.look(begin + again - 1)
  expect(asked).toEqual([[batch.id]])
  expect(kept.settled()).toBe(false)
  await kept.look(begin + again)
  await kept.look(begin + again)
  expect(asked).toEqual([[batch.id], [batch.id]])
  expect(kept.settled()).toBe(true)
  expect(logged).toEqual([])
})

test('what is gone is named and put back, and counts when it has been found', async ({
  kept,
  stored,
  aBatch,
  there,
  asked,
  logged,
}) => {
  const [held, one, other] = [await stored(), aBatch(), aBatch(2)]
  for (const batch of [held, one, other]) kept.add(batch, 0)
  await kept.look(1)
  expect(await there()).toEqual(idsOf([held, one, other]).toSorted())
  expect(said(logged)).toEqual(
    [one, other].flatMap(({ id }) => [
      { batches: [id], msg: 'acknowledged entries are gone from the ledger' },
      { batches: 1, msg: 'acknowledged entries were put back into the ledger' },
    ]),
  )
  expect(kept.whole()).toBe(false)
  await kept.look(2)
  expect(kept.whole()).toBe(true)
  expect(asked).toEqual([[held.id, one.id], [other.id], [one.id], [other.id]])
})

test('one that was found once and is lost later, as by a crash, is found missing the second time', async ({
  kept,
  stored,
  there,
  owner,
}) => {
  const batch = await stored()
  kept.add(batch, 0)
  await kept.look(1)
  await owner.query('delete from ledger.batch')
  await kept.look(2)
  expect(await there()).toEqual([])
  await kept.look(again)
  expect(await there()).toEqual([batch.id])
  expect(kept.settled()).toBe(false)
  await kept.look(again)
  expect(kept.settled()).toBe(true)
})

test('one that has its leaf already is named and not put back; the others are', async ({
  kept,
  aBatch,
  there,
  owner,
  logged,
}) => {
  const [sequenced, other] = [aBatch(), aBatch()]
  await owner.query(
    `insert into ledger.leaf values (0, array['${sequenced.id}']::uuid[], '{1}', '\\x${sequenced.leaves.toString('hex')}')`,
  )
  kept.add(sequenced, 0)
  await kept.look(1)
  expect(said(logged)).toEqual([{ batches: [sequenced.id], msg: 'acknowledged entries are gone from the ledger' }])
  expect([kept.whole(), kept.settled()]).toEqual([false, false])
  await kept.look(2)
  expect([kept.whole(), kept.settled()]).toEqual([true, true])
  for (const batch of [sequenced, other]) kept.add(batch, 3)
  await kept.look(4)
  expect(await there()).toEqual([other.id])
  expect(said(logged).at(-1)).toEqual({ batches: 1, msg: 'acknowledged entries were put back into the ledger' })
})

test('part of a batch is there still: the rest is put back', async ({ kept, keys, there, db, owner }) => {
  const state = {
    kind: 'account',
    subject: nurse as Id<string>,
    version: 1,
    ended: false,
    mac: Buffer.alloc(16),
  } as const
  const batch = sealBatch([packEntry(reading({ states: [state] }))], keys.ledger)
  await db.run(1, appending(batch))
  await owner.query('delete from ledger.batch')
  kept.add(batch, 0)
  await kept.look(1)
  expect(await there()).toEqual([batch.id])
  expect((await owner.query('select from ledger.state')).rowCount).toBe(1)
})

test('while the database is away, nothing is missing; what is missing and cannot be put back is said', async ({
  kept,
  aBatch,
  there,
  meanwhile,
  logged,
}) => {
  const batch = aBatch()
  kept.add(batch, 0)
  meanwhile.now = () => Promise.reject(new Error('away'))
  await kept.look(1)
  expect([kept.whole(), logged]).toEqual([true, []])
  let asks = 0
  meanwhile.now = () => (asks++ === 0 ? undefined : Promise.reject(new RangeError('away')))
  await kept.look(2)
  expect(kept.whole()).toBe(false)
  expect(said(logged)).toMatchObject([
    { batches: [batch.id], msg: 'acknowledged entries are gone from the ledger' },
    { err: { kind: 'RangeError' }, msg: 'acknowledged entries could not be put back' },
  ])
  meanwhile.now = () => undefined
  await kept.look(3)
  await kept.look(4)
  expect([await there(), kept.whole()]).toEqual([[batch.id], true])
})

test('of more than is kept, the oldest are given up', async ({ kept, stored, asked }) => {
  const batches: SealedBatch[] = []
  for (let n = 0; n < 7; n++) batches.push(await stored())
  for (const batch of batches.slice(0, 4)) kept.add(batch, 0)
  await kept.look(again)
  expect(asked).toEqual([idsOf(batches.slice(1, 4))])
  expect(kept.settled()).toBe(true)
  for (const batch of batches.slice(4)) kept.add(batch, again)
  await kept.look(2 * again)
  expect(asked.at(-1)).toEqual(idsOf(batches.slice(4)))
})

test('one that is given up while it is looked for harms no other', async ({ kept, stored, asked, meanwhile }) => {
  const batches: SealedBatch[] = []
  for (let n = 0; n < 6; n++) batches.push(await stored())
  const [, , , fourth, fifth, sixth] = batches
  for (const batch of batches.slice(0, 3)) kept.add(batch, 0)
  meanwhile.now = () => {
    meanwhile.now = () => undefined
    if (fourth !== undefined) kept.add(fourth, again)
  }
  await kept.look(again)
  await kept.look(again)
  for (const batch of [fifth, sixth]) if (batch !== undefined) kept.add(batch, again)
  await kept.look(again)
  await kept.look(2 * again)
  expect(asked.map(({ length }) => length)).toEqual([3, 1, 2, 3])
  expect(asked.at(-1)).toEqual(idsOf(batches.slice(3)))
})

test('a long list of what is gone is cut off in the log', async ({ db, keys, logged }) => {
  const log = openLog('info', { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) })
  const kept = keepBatches(db, log, again, 1_000_000)
  for (let n = 0; n < 21; n++) kept.add(sealBatch([packEntry(reading())], keys.ledger), 0)
  await kept.look(1)
  expect(said(logged).map(({ batches }) => (Array.isArray(batches) ? batches.length : batches))).toEqual([20, 21])
})
