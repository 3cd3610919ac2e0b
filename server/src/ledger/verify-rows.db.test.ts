import { expect } from 'vitest'
import type { Id } from '#base'
import { reading, test } from '../../test/filled-ledger.ts'
import { aRecord, nurse } from '../../test/ledger-facts.ts'

// Values that a column can hold and no pass ever stored, and rows where no walk over a table would look for them.

// A batch that nobody here recorded, to be hidden by saying that it has a leaf.
const forged = `insert into ledger.batch
  select '0198aaaa-bbbb-8ccc-8ddd-eeeeffff0000', xid, tenant, changes, entries from ledger.batch order by id limit 1`
const forgedId = `'0198aaaa-bbbb-8ccc-8ddd-eeeeffff0000'::uuid`
const ofNurse = `where subject = '${nurse}' and pass = 24`
const beyondSafe = '9007199254740993'
const last = '9223372036854775807'

test.for<[string, string]>([
  [
    'a batch named in a row of leaves that has none of it',
    `${forged}; update ledger.leaf
    set batches = batches || ${forgedId}, lengths = lengths || 0::smallint where first = 12`,
  ],
  ...['-1', beyondSafe, last].map((first): [string, string] => [
    `a batch whose leaf is at ${first}`,
    `${forged}; insert into ledger.leaf values (${first}, array[${forgedId}], '{1}', decode(repeat('01', 32), 'hex'))`,
  ]),
  ['a length too many', 'update ledger.leaf set lengths = lengths || 7::smallint where first = 12'],
  [
    'lengths in two dimensions',
    `update ledger.leaf
    set lengths = (select array_agg(array[length]) from unnest(lengths) as length) where first = 12`,
  ],
  [
    'lengths that count from 0',
    `update ledger.leaf set lengths = ('[0:11]=' || lengths::text)::smallint[] where first = 12`,
  ],
  [
    'more leaves than fit in memory',
    `update ledger.leaf set batches = array_fill(batches[1], array[1000000]),
    lengths = array_fill(512::smallint, array[1000000]) where first = 12`,
  ],
  ['part of a hash behind the others', `update ledger.leaf set hashes = hashes || '\\x00' where first = 12`],
  ...['-5', '0', beyondSafe, last].map((size): [string, string] => [
    `a checkpoint at ${size}`,
    `insert into ledger.checkpoint select ${size}, at, seen, note, states, frontier from ledger.checkpoint where size = 12`,
  ]),
  [
    'transactions seen that no number can name',
    `update ledger.checkpoint set seen = seen || '99999999999999999999' where size = 36`,
  ],
  [
    'a sum of states taken from another checkpoint',
    'update ledger.checkpoint set states = (select states from ledger.checkpoint where size = 12) where size = 36',
  ],
  ['no sum of states', `update ledger.checkpoint set states = '' where size = 24`],
  [
    'access history in another order',
    `update ledger.access set entries = substring(entries for 16)
    || substring(entries from 33 for 16) || substring(entries from 17 for 16) || substring(entries from 49) ${ofNurse}`,
  ],
  ['access history twice', `update ledger.access set entries = substring(entries for 16) || entries ${ofNurse}`],
  ...['-24', '13', '23', '25', last].map((pass): [string, string] => [
    `access history of pass ${pass}`,
    `update ledger.access set pass = ${pass} ${ofNurse}`,
  ]),
])('%s is named', { timeout: 30_000 }, async ([, tampering], { filled, owner }) => {
  expect((await filled.verify()).faultCount).toBe(0)
  await owner.query(tampering)
  expect((await filled.verify()).faultCount).toBeGreaterThan(0)
})

test('a word about changes is looked at before a batch is in the tree, too', async ({ filled, owner, openAnother }) => {
  await openAnother().record(reading())
  await owner.query('update ledger.batch set changes = not changes where id <> all($1)', [filled.ids])
  expect((await filled.verify()).faults).toMatchObject([
    { what: expect.stringContaining('changed a record was changed') },
  ])
})

test('leaves that were emptied do not keep whoever asks for a proof waiting for ever', async ({
  filled,
  owner,
  openAnother,
}) => {
  await owner.query(`update ledger.leaf set hashes = '' where first = 12`)
  const proof = openAnother().prove(1, String(filled.ids[0]) as Id<'entry'>)
  await expect(proof).rejects.toThrow('leaves are damaged')
})

test('a checkpoint of no time, or one that has seen what no number can name, stops neither status nor history', async ({
  filled,
  owner,
  openAnother,
}) => {
  const ledger = openAnother()
  await owner.query(`update ledger.checkpoint set at = 'infinity', seen = '0:99999999999999999999' where size = 36`)
  expect((await ledger.status(1)).checkpoint).toMatchObject({ size: 36, at: 0 })
  expect((await ledger.accessesBy(1, nurse, { count: 100 })).accesses.length).toBe(filled.ids.length)
})

test('a row too long to be held in memory is named', { timeout: 60_000 }, async ({ filled, owner }) => {
  const long = `decode(repeat('00', 20000000), 'hex')`
  const tampered: [string, string][] = [
    [`batch set entries = ${long} where id = '${filled.ids[0]}'`, 'their batch cannot be read'],
    [`access set entries = ${long} ${ofNurse}`, 'The access history that this entry stands in cannot be read.'],
    [`checkpoint set frontier = ${long} where size = 24`, 'The frontier kept with a checkpoint was changed.'],
    [`checkpoint set seen = repeat('1', 20000000) where size = 24`, 'says about transactions cannot be read'],
    [`checkpoint set note = note || repeat('x', 20000000) where size = 36`, 'is not the note that was signed'],
    [`leaf set hashes = hashes || ${long} where first = 24`, 'were cut or changed in length'],
  ]
  for (const [change, what] of tampered) {
    await owner.query(`update ledger.${change}`)
    expect((await filled.verify()).faults.map((fault) => fault.what).join()).toContain(what)
  }
})

test('a batch in which one entry writes and another reads is no fault, in the tree or before', async ({
  filled,
  openAnother,
  db,
}) => {
  const ledger = openAnother()
  const writing = reading({ action: 'update', records: [aRecord(2, 'body')] })
  await db.transact(1, async (tx) => ledger.recordWithin(tx, [writing, reading()]))
  expect(await filled.verify()).toMatchObject({ faults: [], pending: 2 })
  await ledger.start()
  await ledger.stop()
  expect(await filled.verify()).toMatchObject({ faults: [], pending: 0 })
})
