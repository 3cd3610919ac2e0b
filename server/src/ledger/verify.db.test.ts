import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect } from 'vitest'
import { verifyLedger } from '#ledger'
import { entriesIn, entryIdsIn, rewriteEntry } from '../../test/entries.ts'
import { fill, firstFault, reading, roundSize, test } from '../../test/filled-ledger.ts'
import { nurse } from '../../test/ledger-facts.ts'
import { entryIdOf, placeOf, type TaggedEntry } from './batch.ts'
import { leafOf } from './entry.ts'
import { signCheckpoint } from './note.ts'

const flip = (column: string) => `${column} = set_byte(${column}, 2, get_byte(${column}, 2) # 1)`

const flipped = (bytes: Buffer): Buffer => {
  const other = Buffer.from(bytes)
  other[2] = (other[2] ?? 0) ^ 1
  return other
}

test('a ledger that nobody touched has no fault', async ({ filled, witness }) => {
  const verification = await filled.verify()
  expect(verification).toMatchObject({ faults: [], faultCount: 0, entries: 36, pending: 0 })
  expect(verification.checkpoint?.size).toBe(36)
  expect(verification.witnesses).toEqual([
    { folder: witness, checkpoints: 4, unreadable: 0, newest: expect.objectContaining({ size: 36 }) },
  ])
})

test('entries not yet in the tree are no fault', async ({ filled, openAnother }) => {
  await openAnother().record(reading())
  expect(await filled.verify()).toMatchObject({ faults: [], entries: 36, pending: 1 })
})

test('an empty ledger has no fault', async ({ db, keys, witness }) => {
  const verification = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
  expect(verification).toMatchObject({ faults: [], entries: 0, pending: 0, checkpoint: undefined })
})

describe('an entry', () => {
  // Where each attack leaves its mark is fixed: entry 12 begins the second round, and has every part filled.
  test.for<[string, (entry: TaggedEntry) => TaggedEntry]>([
    ['header', (entry) => ({ ...entry, header: flipped(entry.header) })],
    ['patients', (entry) => ({ ...entry, patients: flipped(entry.patients) })],
    ['reads', (entry) => ({ ...entry, reads: flipped(entry.reads) })],
    ['writes', (entry) => ({ ...entry, writes: flipped(entry.writes) })],
    ['details', (entry) => ({ ...entry, details: flipped(entry.details) })],
    ['states', (entry) => ({ ...entry, states: Buffer.alloc(41) })],
    ['details, emptied', (entry) => ({ ...entry, details: Buffer.alloc(0) })],
    ['reads, the record taken out', (entry) => ({ ...entry, reads: Buffer.alloc(0) })],
    ['actor', (entry) => ({ ...entry, actor: randomUUID() })],
    ['actor, taken out', (entry) => ({ ...entry, actor: null })],
    ['patient', (entry) => ({ ...entry, patient: randomUUID() })],
    ['time, by a microsecond', (entry) => ({ ...entry, at: entry.at + 1 })],
    ['time, by far', (entry) => ({ ...entry, at: -entry.at })],
  ])('with another %s is named', async ([, change], { filled, owner }) => {
    const entry = filled.ids[roundSize] ?? ''
    await rewriteEntry(owner, entry, change)
    const { faults } = await filled.verify()
    expect(faults).toEqual([
      { entry, leaf: roundSize, what: 'The entry was changed: it does not give the hash in the tree.' },
    ])
  })

  test('with another tag is named', async ({ filled, owner }) => {
    const entry = filled.ids[roundSize] ?? ''
    await rewriteEntry(owner, entry, (before) => ({ ...before, tag: flipped(before.tag) }))
    const { faults } = await filled.verify()
    expect(faults).toEqual([
      {
        entry,
        leaf: roundSize,
        what: 'The entry was not written by this installation: its tag is not under its key.',
      },
    ])
  })

  test.for<[string, string, string]>([
    ['tenant', 'tenant = 2', 'was changed'],
    ['transaction, later', `xid = (xid::text::bigint + 1000000)::text::xid8`, 'was moved'],
    ['transaction, earlier', `xid = '1'::xid8`, 'was moved'],
    ['bytes, cut', 'entries = substring(entries for length(entries) - 1)', 'cannot be read'],
    ['bytes, emptied', `entries = ''`, 'was deleted'],
    ['word about changes', 'changes = not changes', 'changed a record was changed'],
  ])('in a batch with another %s is named', async ([, change, what], { filled, owner }) => {
    const entry = filled.ids[roundSize]
    await owner.query(`update ledger.batch set ${change} where id = $1`, [entry])
    const { faults } = await filled.verify()
    expect(faults[0]?.what).toContain(what)
    expect(faults[0]).toMatchObject({ entry })
    expect(faults.length).toBeLessThan(4)
  })

  test.for([0, 1, 11, 12, 20, 35])('deleted is named: number %i', async (index, { filled, owner }) => {
    await owner.query(`delete from ledger.batch where id = $1`, [filled.ids[index]])
    expect((await filled.verify()).faults).toEqual([
      { entry: filled.ids[index], leaf: index, what: 'The entry was deleted: its leaf is in the tree.' },
    ])
  })

  test('taken out of the middle of a batch, or put into it, is named', async ({ owner, openAnother, filled }) => {
    const ledger = openAnother()
    await Promise.all(Array.from({ length: 5 }, async () => ledger.record(reading())))
    await ledger.start()
    await ledger.stop()
    const together = (await entryIdsIn(owner)).slice(36)
    expect(new Set(together.map((id) => placeOf(id).batch)).size).toBe(1)
    expect((await filled.verify()).faults).toEqual([])
    const { rows } = await owner.query('select entries from ledger.batch where id = $1', [together[0]])
    await rewriteEntry(owner, together[2] ?? '', () => [])
    const { faults } = await filled.verify()
    expect(faults.map(({ entry, what }) => [entry, what.slice(0, 21)])).toEqual([
      [together[2], 'The entry was changed'],
      [together[3], 'The entry was changed'],
      [together[4], 'The entry was deleted'],
    ])
    await owner.query('update ledger.batch set entries = $2 where id = $1', [together[0], rows[0].entries])
    await rewriteEntry(owner, together[4] ?? '', (entry) => [entry, { ...entry, at: entry.at + 1 }])
    expect((await filled.verify()).faults).toEqual([
      {
        entry: entryIdOf(together[0] ?? '', 5),
        what: 'The entry was put into a batch that is in the tree without it.',
      },
    ])
  })

  test('exchanged with another is named', async ({ filled, owner }) => {
    const [a, b] = [filled.ids[5], filled.ids[20]]
    await owner.query(
      `update ledger.batch as e set entries = o.entries
        from ledger.batch as o where e.id = any($1) and o.id = any($1) and e.id <> o.id`,
      [[a, b]],
    )
    const { faults } = await filled.verify()
    expect(faults.slice(0, 2).map(({ entry }) => entry)).toEqual([a, b])
  })

  const copy = (xid: string) => `insert into ledger.batch (id, xid, tenant, changes, entries)
    select overlay(gen_random_uuid()::text placing '0000' from 33)::uuid, ${xid}, tenant, changes, entries
    from ledger.batch where id = $1 returning id`

  test.for([
    ['among older ones', 'xid', 'was not written by this installation'],
    ['at the end', 'pg_current_xact_id()', 'was not written by this installation'],
    ['with a transaction yet to come', `'9000000000000000'::xid8`, 'was not written by this installation'],
  ] as const)('put in %s is named', async ([, xid, what], { filled, owner }) => {
    const { rows } = await owner.query<{ id: string }>(copy(xid), [filled.ids[16]])
    expect(await firstFault(filled.verify)).toMatchObject({ entry: rows[0]?.id, what: expect.stringContaining(what) })
  })

  test('put in while the server runs is signed with the rest, and named all the same', async ({
    filled,
    owner,
    openAnother,
  }) => {
    const { rows } = await owner.query<{ id: string }>(copy('pg_current_xact_id()'), [filled.ids[16]])
    await owner.query(`insert into ledger.batch (id, tenant, changes, entries)
      values ('7fffffff-ffff-8fff-8fff-ffffffff0000', 1, false, 'x')`)
    const ledger = openAnother()
    await ledger.start()
    await ledger.stop()
    const verification = await filled.verify()
    expect(verification).toMatchObject({ entries: 38, faultCount: 2 })
    expect(verification.faults).toMatchObject([
      { entry: rows[0]?.id, leaf: 36, what: expect.stringContaining('not written by this installation') },
      { leaf: 37, what: expect.stringContaining('cannot be read') },
    ])
  })

  test('changed in its first second, before it is in the tree, is named', async ({ filled, owner, openAnother }) => {
    const ledger = openAnother()
    await ledger.record(reading())
    const [last] = (await entryIdsIn(owner)).slice(36)
    await rewriteEntry(owner, last ?? '', (entry) => ({ ...entry, actor: null }))
    await ledger.start()
    await ledger.stop()
    expect(await firstFault(filled.verify)).toMatchObject({ leaf: 36, what: expect.stringContaining('was changed') })
  })

  test('changed together with its leaf is named, and so is the root that does not follow', async ({
    filled,
    owner,
  }) => {
    await rewriteEntry(owner, filled.ids[20] ?? '', (entry) => ({ ...entry, actor: null }))
    const entry = (await entriesIn(owner))[20]
    if (entry === undefined) throw new Error('no entry')
    await owner.query(
      `update ledger.leaf set hashes = overlay(hashes placing $1 from ${8 * 32 + 1}) where first = 12`,
      [leafOf(entry)],
    )
    const { faults } = await filled.verify()
    expect(faults[0]).toMatchObject({
      entry: filled.ids[20],
      leaf: 20,
      what: expect.stringContaining('not written by this installation'),
    })
    expect(faults[1]).toMatchObject({
      leaf: 12,
      what: expect.stringContaining('The leaves 12 to 23 do not give the signed root'),
    })
    expect(faults.length).toBe(2)
  })
})

describe('access history', () => {
  const missing = 'The entry is missing from the access history of somebody it names.'
  const unfounded = 'The entry stands in the access history of somebody it does not name.'
  const unreadable = 'The access history that this entry stands in cannot be read.'

  test('from which an entry was taken, or into which one was put, is named', async ({ filled, owner }) => {
    const { rows } = await owner.query(
      `delete from ledger.access where ctid = (select ctid from ledger.access where newest = $1 order by subject limit 1) returning pass`,
      [filled.ids[1]],
    )
    expect((await filled.verify()).faults).toEqual([{ entry: filled.ids[1], what: missing }])
    const put = `insert into ledger.access select gen_random_uuid(), newest, newest, $2, tenant, actor, uuid_send(newest)
      from ledger.access where newest = $1 limit 1`
    await owner.query(put, [filled.ids[13], 24])
    await owner.query(put, [filled.ids[35], 999])
    expect(rows).toEqual([{ pass: '12' }])
    expect((await filled.verify()).faults).toEqual([
      { entry: filled.ids[1], what: missing },
      { entry: filled.ids[13], what: unfounded },
      { entry: filled.ids[35], what: unfounded },
    ])
  })

  test.for<[string, string, string[]]>([
    ['subject', 'subject = gen_random_uuid()', [unfounded, missing]],
    ['tenant', 'tenant = 2', [unfounded, missing]],
    ['side', 'actor = not actor', [unfounded, missing]],
    ['pass', 'pass = 12', [unfounded, missing]],
    ['highest id', `newest = 'ffffffff-ffff-8fff-8fff-ffffffff0000'`, [unreadable, missing]],
    ['lowest id', `oldest = '00000000-ffff-8fff-8fff-ffffffff0000'`, [unreadable, missing]],
    ['entry', flip('entries'), [unreadable, missing]],
    ['entries, emptied', `entries = ''`, [unreadable, missing]],
    ['entries, cut', `entries = substring(entries for length(entries) - 1)`, [unreadable, missing]],
  ])('with another %s is named', async ([, change, what], { filled, owner }) => {
    await owner.query(
      `update ledger.access set ${change} where pass = 24 and subject = (select max(subject::text)::uuid from ledger.access where pass = 24 and subject <> $1)`,
      [nurse],
    )
    expect((await filled.verify()).faults.map((fault) => fault.what).slice(0, 2)).toEqual(what)
  })

  test('of a nurse who did everything: each row of it that changes is named', async ({ filled, owner }) => {
    await owner.query('delete from ledger.access where subject = $1 and pass = 24', [nurse])
    const { faults } = await filled.verify()
    expect(faults.map(({ entry }) => entry).toSorted()).toEqual(filled.ids.slice(12, 24).toSorted())
    expect(new Set(faults.map(({ what }) => what))).toEqual(new Set([missing]))
  })
})

describe('the leaves', () => {
  const swap = `hashes = substring(hashes from 33 for 32) || substring(hashes from 1 for 32) || substring(hashes from 65),
    batches = batches[2:2] || batches[1:1] || batches[3:]`

  test('a changed leaf is named, and is not blamed on its entry', async ({ filled, owner }) => {
    await owner.query(`update ledger.leaf set ${flip('hashes')} where first = 12`)
    expect((await filled.verify()).faults).toEqual([
      { entry: filled.ids[12], leaf: 12, what: 'The leaf was changed: it is not the hash of its entry.' },
    ])
  })

  test('leaves in another order are named', async ({ filled, owner }) => {
    await owner.query(`update ledger.leaf set ${swap} where first = 12`)
    expect(await firstFault(filled.verify)).toMatchObject({
      entry: filled.ids[12],
      leaf: 13,
      what: expect.stringContaining('not in the order'),
    })
  })

  test.for([
    ['first', 0, 'The leaves 0 to 11 were removed.'],
    ['middle', 12, 'The leaves 12 to 23 were removed.'],
    ['last', 24, 'The end was cut off: a signed checkpoint covers 36 entries, and the tree has 24.'],
  ] as const)('the %s of them removed is named', async ([, first, what], { filled, owner }) => {
    await owner.query('delete from ledger.leaf where first = $1', [first])
    const { faults } = await filled.verify()
    expect(faults.map((fault) => fault.what)).toContain(what)
    if (first !== 24) expect(faults[0]).toEqual({ leaf: first, what })
  })

  test.for([
    ['the last leaf cut off', `batches = batches[:11], lengths = lengths[:11], hashes = substring(hashes for 32 * 11)`],
    ['a leaf cut from its hashes', `hashes = substring(hashes for 32 * 11)`],
    ['half a hash', `hashes = substring(hashes for 32 * 11 + 7)`],
    ['emptied', `hashes = '', batches = '{}', lengths = '{}'`],
    ['another entry', `batches[3] = gen_random_uuid()`],
    ['no entry', `batches[3] = null`],
    ['an entry twice', `batches[3] = batches[4]`],
    ['one entry more', `lengths[3] = 2`],
    ['one entry less', `lengths[3] = 0`],
    ['no length', `lengths[3] = null`],
    ['a length below nothing', `lengths[3] = -1`],
  ] as const)('%s is named, in each row', async ([, change], { filled, owner }) => {
    for (const first of [0, 12, 24]) {
      await owner.query('begin')
      await owner.query(`create temporary table kept as select * from ledger.leaf where first = ${first}`)
      await owner.query(`update ledger.leaf set ${change} where first = ${first}`)
      await owner.query('commit')
      const { faults } = await filled.verify()
      expect(faults.length).toBeGreaterThan(0)
      expect(faults[0]?.leaf).toBeGreaterThanOrEqual(first)
      await owner.query(`delete from ledger.leaf where first = ${first}`)
      await owner.query('insert into ledger.leaf select * from kept')
      await owner.query('drop table kept')
    }
    expect((await filled.verify()).faults).toEqual([])
  })

  test('leaves added without a checkpoint are named', async ({ filled, owner }) => {
    await owner.query(`insert into ledger.leaf select 36, batches, lengths, hashes from ledger.leaf where first = 24`)
    const { faults } = await filled.verify()
    expect(faults.map(({ what }) => what)).toContain(
      'From this leaf on there is no checkpoint: leaves were added, or checkpoints removed.',
    )
  })
})

describe('the checkpoints', () => {
  test.for([
    [
      'signature',
      (note: string) => note.replace(/.(...)=?\n$/, (end) => (end.startsWith('A') ? 'B' : 'A') + end.slice(1)),
    ],
    ['root', (note: string) => note.replace(/\n[^\n]{10}([^\n]{33}=)\n/, '\nAAAAAAAAAA$1\n')],
    ['origin', (note: string) => note.replaceAll('test.example', 'text.example')],
    ['size', (note: string) => note.replace(/\n\d+\n/, '\n35\n')],
    ['text, emptied', () => ''],
  ] as const)('with another %s are named: the newest and an older one', async ([, change], { filled, owner }) => {
    for (const size of [36, 12]) {
      const { rows } = await owner.query<{ note: string }>('select note from ledger.checkpoint where size = $1', [size])
      const note = rows[0]?.note ?? ''
      await owner.query('update ledger.checkpoint set note = $2 where size = $1', [size, change(note)])
      const { faults } = await filled.verify()
      expect(faults.length).toBeGreaterThan(0)
      expect(
        faults.some(({ leaf, what }) => leaf === size && what.includes(`checkpoint for ${size} entries is not`)),
      ).toBe(true)
      await owner.query('update ledger.checkpoint set note = $2 where size = $1', [size, note])
    }
    expect((await filled.verify()).faults).toEqual([])
  })

  test('the newest one replaced by one that another key signed is named', async ({ filled, owner }) => {
    const { generateKeyPairSync, sign } = await import('node:crypto')
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const note = signCheckpoint(
      'test.example/ledger',
      { size: 36, root: Buffer.alloc(32, 7) },
      { publicKey, sign: (bytes) => sign(undefined, bytes, privateKey) },
    )
    await owner.query('update ledger.checkpoint set note = $1 where size = 36', [note])
    const { faults } = await filled.verify()
    const words = faults.map(({ what }) => what).join('\n')
    expect(words).toContain('The checkpoint for 36 entries is not signed with this ledger’s key.')
    expect(words).toContain('has seen another root for 36 entries')
  })

  test('the newest one replaced by an older one, with its leaves left, is named', async ({ filled, owner }) => {
    await owner.query('delete from ledger.checkpoint where size = 36')
    const { faults } = await filled.verify()
    expect(faults[0]).toMatchObject({
      leaf: 24,
      what: expect.stringContaining('From this leaf on there is no checkpoint'),
    })
  })

  test('an older one removed is named, because the witness has it', async ({ filled, owner }) => {
    await owner.query('delete from ledger.checkpoint where size = 24')
    expect(await firstFault(filled.verify)).toMatchObject({
      leaf: 24,
      what: expect.stringContaining('The checkpoint for 24 entries was removed'),
    })
  })

  test('one put in between is named', async ({ filled, owner }) => {
    await owner.query(
      `insert into ledger.checkpoint select 30, at, seen, note, states, null from ledger.checkpoint where size = 24`,
    )
    expect(await firstFault(filled.verify)).toMatchObject({
      leaf: 30,
      what: expect.stringContaining('is not the note that was signed'),
    })
  })

  test.for([
    ['less', 12, `'1:'`, 12 - roundSize],
    ['less', 24, `'1:'`, 24 - roundSize],
    ['more', 12, `(select seen from ledger.checkpoint where size = 36)`, 24 - roundSize],
    ['what has not been yet', 36, `'9000000000000000:'`, undefined],
    ['nothing that can be read', 24, `'x'`, 24 - roundSize],
  ] as const)('one that says it has seen %s, at %i, is named', async ([, size, seen, leaf], { filled, owner }) => {
    await owner.query(`update ledger.checkpoint set seen = ${seen} where size = ${size}`)
    const { faults } = await filled.verify()
    expect(faults[0]?.leaf).toBe(leaf)
    expect(faults[0]?.what).toMatch(/transactions/)
    expect(faults.length).toBeLessThan(3)
  })

  test('another frontier is named, and a start does not trust it', async ({ filled, owner, openAnother }) => {
    await owner.query(`update ledger.checkpoint set frontier = decode(repeat('00', 64), 'hex') where size = 24`)
    expect(await firstFault(filled.verify)).toMatchObject({ leaf: 24, what: expect.stringContaining('frontier') })
    const ledger = openAnother()
    await ledger.record(reading())
    await ledger.start()
    await ledger.stop()
    expect((await filled.verify()).faults.length).toBe(1)
    expect((await filled.verify()).checkpoint?.size).toBe(37)
  })
})

describe('the whole ledger put back to an earlier state', () => {
  async function putBack(owner: pg.Client, ids: readonly string[], size: number): Promise<void> {
    await owner.query('delete from ledger.access where pass > $1', [size])
    await owner.query('delete from ledger.batch where id <> all($1)', [ids.slice(0, size)])
    await owner.query('delete from ledger.leaf where first >= $1', [size])
    await owner.query('delete from ledger.checkpoint where size > $1', [size])
  }

  test.for([24, 12, 0])('to %i entries is named by the witness', async (size, { filled, owner }) => {
    await putBack(owner, filled.ids, size)
    const { faults, entries } = await filled.verify()
    expect(entries).toBe(size)
    expect(faults[0]?.what).toMatch(/cut or put back: the witness .* has seen \d+ entries, and there are/)
  })

  test('and written on is named: the witness has seen another history', async ({ filled, owner, openAnother }) => {
    await putBack(owner, filled.ids, 24)
    // A start that asks the witness goes no further; one that does not can be told afterwards.
    await expect(openAnother().start()).rejects.toThrow(/has seen 36 entries of the ledger, and the database has 24/)
    await fill(() => openAnother([]))
    const { faults, entries } = await filled.verify()
    expect(entries).toBe(60)
    expect(faults[0]).toMatchObject({
      leaf: 36,
      what: expect.stringMatching(/History was replaced: the witness .* has seen another root for 36 entries/),
    })
  })

  test('a table emptied is named', async ({ filled, owner }) => {
    const emptied: [string, RegExp][] = [
      ['batch', /The entry was deleted/],
      ['access', /missing from the access history/],
      ['leaf', /The end was cut off: a signed checkpoint covers 12 entries, and the tree has 0/],
      ['checkpoint', /there is no checkpoint/],
    ]
    for (const [table, what] of emptied) {
      await owner.query(`create table kept as select * from ledger.${table}`)
      await owner.query(`truncate ledger.${table}`)
      expect((await firstFault(filled.verify))?.what).toMatch(what)
      await owner.query(`insert into ledger.${table} select * from kept; drop table kept`)
    }
    expect((await filled.verify()).faults).toEqual([])
  })
})

test('any one byte of the ledger that changes is named, wherever it is', async ({ filled, owner }) => {
  const places: [string, string, string][] = [
    ['batch', 'id', 'entries'],
    ['access', '(subject, actor, newest)', 'entries'],
    ['leaf', 'first', 'hashes'],
  ]
  let tried = 0
  for (const [table, key, column] of places) {
    const { rows } = await owner.query<{ key: string; length: number }>(
      `select ${key}::text as key, length(${column}) as length from ledger.${table} where length(${column}) > 0 order by random() limit 4`,
    )
    for (const { key: row, length } of rows) {
      for (const at of [0, 8, 12, 30, 47, 49, 53, Math.floor(length / 2), length - 20, length - 1]) {
        if (at < 0 || at >= length) continue
        const change = `update ledger.${table} set ${column} = set_byte(${column}, ${at}, get_byte(${column}, ${at}) # 128) where ${key}::text = $1`
        await owner.query(change, [row])
        expect((await filled.verify()).faultCount, `${table}.${column} byte ${at}`).toBeGreaterThan(0)
        await owner.query(change, [row])
        tried++
      }
    }
  }
  expect(tried).toBeGreaterThan(50)
  expect((await filled.verify()).faults).toEqual([])
})

test('a thousand faults are counted, and the first hundred told', async ({ db, keys, witness, owner, openAnother }) => {
  const ledger = openAnother()
  await Promise.all(Array.from({ length: 1000 }, async () => ledger.record(reading())))
  await ledger.start()
  await ledger.stop()
  await owner.query('truncate ledger.batch')
  const verification = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
  expect(verification.faultCount).toBe(1000)
  expect(verification.faults.length).toBe(100)
})
