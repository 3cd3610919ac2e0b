import type pg from 'pg'
import { describe, expect } from 'vitest'
import { verifyLedger } from '#ledger'
import { fill, firstFault, reading, roundSize, test } from '../../test/filled-ledger.ts'
import { leafOf } from './entry.ts'
import { signCheckpoint } from './note.ts'

const flip = (column: string) => `${column} = set_byte(${column}, 2, get_byte(${column}, 2) # 1)`

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
  // Where each attack leaves its mark is fixed: entry 12 begins the second round, and has every column filled.
  const where = `where id = $1`
  test.for<[string, string, string]>([
    ['header', flip('header'), 'was changed'],
    ['patients', flip('patients'), 'was changed'],
    ['reads', flip('reads'), 'was changed'],
    ['writes', flip('writes'), 'was changed'],
    ['details', flip('details'), 'was changed'],
    ['details, emptied', `details = ''`, 'was changed'],
    ['writes, one record taken out', `writes = substring(writes from 55)`, 'was changed'],
    ['actor', 'actor = gen_random_uuid()', 'was changed'],
    ['actor, taken out', 'actor = null', 'was changed'],
    ['patient', 'patient = gen_random_uuid()', 'was changed'],
    ['tenant', 'tenant = 2', 'was changed'],
    ['time, by a microsecond', `at = at + interval '1 microsecond'`, 'was changed'],
    ['time, for ever', `at = 'infinity'`, 'was changed'],
    ['tag', flip('tag'), 'was not written by this installation'],
    ['transaction, later', `xid = (xid::text::bigint + 1000000)::text::xid8`, 'was moved'],
    ['transaction, earlier', `xid = '1'::xid8`, 'was moved'],
  ])('with another %s is named', async ([, change, what], { filled, owner }) => {
    const entry = filled.ids[roundSize]
    await owner.query(`update ledger.entry set ${change} ${where}`, [entry])
    const { faults } = await filled.verify()
    expect(faults[0]?.what).toContain(what)
    expect(faults[0]).toMatchObject({ entry, leaf: roundSize })
    expect(faults.length).toBeLessThan(4)
  })

  test.for([0, 1, 11, 12, 20, 35])('deleted is named: number %i', async (index, { filled, owner }) => {
    await owner.query(`delete from ledger.entry ${where}`, [filled.ids[index]])
    expect((await filled.verify()).faults[0]).toMatchObject({
      entry: filled.ids[index],
      leaf: index,
      what: expect.stringContaining('was deleted'),
    })
  })

  test('exchanged with another is named', async ({ filled, owner }) => {
    const [a, b] = [filled.ids[5], filled.ids[20]]
    await owner.query(
      `update ledger.entry as e set header = o.header, actor = o.actor, patient = o.patient, at = o.at, tag = o.tag
        from ledger.entry as o where e.id = any($1) and o.id = any($1) and e.id <> o.id`,
      [[a, b]],
    )
    const { faults } = await filled.verify()
    expect(faults.slice(0, 2).map(({ entry }) => entry)).toEqual([a, b])
  })

  const copy = (
    xid: string,
  ) => `insert into ledger.entry (id, xid, at, actor, patient, tenant, header, patients, reads, writes, details, tag)
    select gen_random_uuid(), ${xid}, at, actor, patient, tenant, header, '', reads, writes, details, tag from ledger.entry where id = $1 returning id`

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
    const ledger = openAnother()
    await ledger.start()
    await ledger.stop()
    const verification = await filled.verify()
    expect(verification).toMatchObject({ entries: 37, faultCount: 1 })
    expect(verification.faults[0]).toMatchObject({
      entry: rows[0]?.id,
      leaf: 36,
      what: expect.stringContaining('not written by this installation'),
    })
  })

  test('changed in its first second, before it is in the tree, is named', async ({ filled, owner, openAnother }) => {
    const ledger = openAnother()
    await ledger.record(reading())
    await owner.query(`update ledger.entry set actor = null where id <> all($1)`, [filled.ids])
    await ledger.start()
    await ledger.stop()
    expect(await firstFault(filled.verify)).toMatchObject({ leaf: 36, what: expect.stringContaining('was changed') })
  })

  test('changed together with its leaf is named, and so is the root that does not follow', async ({
    filled,
    owner,
  }) => {
    const { readEntries } = await import('./stored.ts')
    await owner.query(`update ledger.entry set actor = null ${where}`, [filled.ids[20]])
    const tx = {
      query: async (query: { text: string; values?: readonly unknown[] }) =>
        owner.query(query.text, [...(query.values ?? [])]),
    }
    const [entry] = await readEntries(tx as never, [filled.ids[20] ?? ''])
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

  test('taken out of a patient’s access history, or put into another’s, is named', async ({ filled, owner }) => {
    await owner.query(
      `delete from ledger.subject where entry = $1 and patient = (select min(patient::text)::uuid from ledger.subject where entry = $1)`,
      [filled.ids[0]],
    )
    await owner.query(
      `insert into ledger.subject select gen_random_uuid(), id, at, tenant from ledger.entry where id = $1`,
      [filled.ids[1]],
    )
    const { faults } = await filled.verify()
    expect(faults).toEqual([
      { entry: filled.ids[0], what: 'The entry is missing from the access history of a patient it names.' },
      { entry: filled.ids[1], what: 'The entry stands in the access history of a patient it does not name.' },
    ])
  })
})

describe('the leaves', () => {
  const swap = `hashes = substring(hashes from 33 for 32) || substring(hashes from 1 for 32) || substring(hashes from 65),
    entries = entries[2:2] || entries[1:1] || entries[3:]`

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
    ['the last leaf cut off', `entries = entries[:11], hashes = substring(hashes for 32 * 11)`],
    ['a leaf cut from its hashes', `hashes = substring(hashes for 32 * 11)`],
    ['half a hash', `hashes = substring(hashes for 32 * 11 + 7)`],
    ['emptied', `hashes = '', entries = '{}'`],
    ['another entry', `entries[3] = gen_random_uuid()`],
    ['no entry', `entries[3] = null`],
    ['an entry twice', `entries[3] = entries[4]`],
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
    await owner.query(`insert into ledger.leaf select 36, entries, hashes from ledger.leaf where first = 24`)
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
      `insert into ledger.checkpoint select 30, at, seen, note, null from ledger.checkpoint where size = 24`,
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
    await owner.query('delete from ledger.subject where entry <> all($1)', [ids.slice(0, size)])
    await owner.query('delete from ledger.entry where id <> all($1)', [ids.slice(0, size)])
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
    await fill(openAnother)
    const { faults, entries } = await filled.verify()
    expect(entries).toBe(60)
    expect(faults[0]).toMatchObject({
      leaf: 36,
      what: expect.stringMatching(/History was replaced: the witness .* has seen another root for 36 entries/),
    })
  })

  test('a table emptied is named', async ({ filled, owner }) => {
    const emptied: [string, RegExp][] = [
      ['entry', /The entry was deleted/],
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
    ...['header', 'patients', 'reads', 'writes', 'details', 'tag'].map((column): [string, string, string] => [
      'entry',
      'id',
      column,
    ]),
    ['leaf', 'first', 'hashes'],
  ]
  let tried = 0
  for (const [table, key, column] of places) {
    const { rows } = await owner.query<{ key: string; length: number }>(
      `select ${key}::text as key, length(${column}) as length from ledger.${table} where length(${column}) > 0 order by random() limit 3`,
    )
    for (const { key: row, length } of rows) {
      for (const at of [0, Math.floor(length / 2), length - 1]) {
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
  await owner.query('truncate ledger.entry')
  const verification = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
  expect(verification.faultCount).toBe(1000)
  expect(verification.faults.length).toBe(100)
})
