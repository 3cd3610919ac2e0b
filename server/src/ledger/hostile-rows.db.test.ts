import { describe, expect } from 'vitest'
import { verifyLedger } from '#ledger'
import { entriesIn, entryIdsIn } from '../../test/entries.ts'
import { aPatient, nurse, reading, test } from '../../test/ledger.ts'
import { encodeEntries, entryIdOf } from './batch.ts'

// Rows that somebody puts in by SQL, with whatever values their columns can hold.

const none = Buffer.alloc(0)
const put = `insert into ledger.batch (id, xid, tenant, changes, entries)
  values ($1, coalesce($2::text::xid8, pg_current_xact_id()), $3, false, $4)`

/** A few bytes in which each of many headers repeats a long one before it. */
function repeating(): Buffer {
  const entry = {
    id: '',
    tenant: 1,
    at: 1,
    actor: null,
    patient: null,
    header: Buffer.alloc(65_535, 'x'),
    patients: none,
    reads: none,
    writes: none,
    states: none,
    details: none,
    tag: Buffer.alloc(16),
  }
  return encodeEntries(Array.from({ length: 400 }, () => entry))
}

describe('while the server runs, a row put into the table of batches is named, and others go on', () => {
  const far = 'ffffffff-ffff-ffff-ffff-ffffffff0000'
  const xidOf = { yetToCome: '9000000000000000', last: '18446744073709551615' }

  test.for<[string, { id?: string; xid?: string; tenant?: number; entries?: Buffer; beside?: number }]>([
    ['of a tenant below nothing', { tenant: -1 }],
    ['of the lowest tenant there can be', { tenant: -2_147_483_648 }],
    ['of tenant 0', { tenant: 0 }],
    ['of another tenant', { tenant: 2 }],
    ['with the highest id', { id: far }],
    ['with the id of no time', { id: '00000000-0000-0000-0000-000000000000' }],
    ['with the id of a place in another batch', { beside: 1 }],
    ['with the id of a place in another batch, of another tenant', { beside: 2, tenant: 2 }],
    ['with the id of a place that no batch has', { beside: 65_535 }],
    ['with nothing in it', { entries: none }],
    ['with what cannot be read', { entries: Buffer.from('x') }],
    ['with 600 entries', { entries: Buffer.concat(Array.from({ length: 600 }, () => Buffer.alloc(31))) }],
    ['with more than fits in memory', { entries: repeating() }],
    ['of a transaction yet to come', { xid: xidOf.yetToCome }],
    ['of the last transaction there can be', { xid: xidOf.last }],
    ['of the first transaction', { xid: '0' }],
  ])('%s', async ([, hostile], { ledger, owner, db, keys, witness, openAnother }) => {
    await Promise.all(Array.from({ length: 4 }, async () => ledger.record(reading())))
    const [first = ''] = await entryIdsIn(owner)
    const { rows } = await owner.query('select entries from ledger.batch where id = $1', [first])
    const {
      tenant = 1,
      entries = rows[0].entries,
      id: given = '0198aaaa-bbbb-8ccc-8ddd-eeeeffff0000',
      beside,
    } = hostile
    const id = beside === undefined ? given : entryIdOf(first, beside)
    await owner.query(put, [id, hostile.xid, tenant, entries])
    const patient = aPatient()
    for (let pass = 0; pass < 3; pass++) {
      const another = openAnother()
      await another.record(reading({ patients: [patient] }))
      await another.start()
      await another.stop()
      expect(another.sequencing().sequencer.fault).toBeUndefined()
    }
    const verification = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
    const named = verification.faults.map((fault) => fault.entry)
    const places = beside === undefined ? Array.from({ length: 4 }, (_, place) => entryIdOf(id, place)) : [id]
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((entry) => !places.includes(entry ?? ''))).toEqual([])
    // Ours are in the tree, and the other row at most once.
    expect(verification.entries).toBeGreaterThanOrEqual(7)
    expect(verification.entries + verification.pending).toBeLessThanOrEqual(7 + places.length)
    const { accesses } = await ledger.accessesOf(1, patient, { count: 10 })
    expect(accesses.length).toBe(3)
  })
})

test('access history put in before the sequencer writes it does not stop the sequencer, and is named', async ({
  ledger,
  owner,
  db,
  keys,
  witness,
}) => {
  await ledger.record(reading())
  const [entry] = await entriesIn(owner)
  await owner.query(
    `insert into ledger.access (subject, newest, oldest, pass, tenant, actor, entries) values ($1, $2, $2, 1, 2, true, uuid_send($2))`,
    [nurse, entry?.id],
  )
  await ledger.start()
  await ledger.stop()
  const verification = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
  expect(verification).toMatchObject({ entries: 1, pending: 0, faultCount: 2 })
  expect(verification.faults).toMatchObject([
    { entry: entry?.id, what: expect.stringContaining('of somebody it does not name') },
    { entry: entry?.id, what: expect.stringContaining('is missing') },
  ])
})

test('a batch that names a transaction still under way is taken in once, when that one has ended', async ({
  ledger,
  owner,
  db,
  keys,
  witness,
  openAnother,
}) => {
  await ledger.record(reading())
  const { rows } = await owner.query('select entries from ledger.batch')
  const id = '0198aaaa-bbbb-8ccc-8ddd-eeeeffff0000'
  await db.transact(1, async (tx) => {
    const running = await tx.query<{ xid: string }>({ text: 'select pg_current_xact_id()::text as xid' })
    await owner.query(put, [id, running.rows[0]?.xid, 1, rows[0].entries])
    for (let pass = 0; pass < 2; pass++) {
      const another = openAnother()
      await another.record(reading())
      await another.start()
      await another.stop()
    }
  })
  await ledger.start()
  await ledger.stop()
  const verification = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
  expect(verification).toMatchObject({ entries: 4, pending: 0, faultCount: 1 })
  expect(verification.faults[0]).toMatchObject({ entry: id, leaf: 3 })
})
