import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { type Id, newId, openLog, Refusal, systemClock } from '#base'
import { openLedger, verifyLedger, writesIn } from '#ledger'
import { aPatient, aRecord, nurse, reading, test } from '../../test/ledger.ts'
import { entriesIn, entryIdsIn, rewriteEntry } from '../../test/entries.ts'
import { leafOf } from './entry.ts'
import { isSigned, parseCheckpoint } from './note.ts'
import { rootFromInclusion } from './proofs.ts'
import { readLatest } from './witness.ts'

describe('recording', () => {
  test('when record resolves, the entry is committed: another connection sees it', async ({ ledger, owner }) => {
    const facts = reading()
    await ledger.record(facts)
    expect((await entriesIn(owner)).length).toBe(1)
  })

  test('a commit waits for the disk, and no session setting of ours says otherwise', async ({ db }) => {
    const { rows } = await db.transact(1, async (tx) =>
      tx.query({ text: `select current_setting('synchronous_commit') as commit, current_setting('fsync') as disk` }),
    )
    expect(rows).toEqual([{ commit: 'on', disk: 'on' }])
  })

  test('everything that was recorded comes back: who, what, when, why, which versions', async ({ ledger }) => {
    const patient = aPatient()
    const [before, after] = [aRecord(3), aRecord(4, 'four')]
    const odd = { ...aRecord(9, 'nine'), before: 5 }
    const facts = reading({
      patients: [patient],
      actor: { kind: 'client', id: nurse, role: 'system', onBehalfOf: randomUUID() },
      records: [before, after, odd],
      details: { search: 'Müller 1970' },
    })
    await ledger.record(facts)
    const { accesses } = await ledger.accessesOf(1, patient, { count: 10 })
    const [access] = accesses
    const { tenant: _, details: __, records: ___, ...rest } = facts
    expect(access).toMatchObject({ ...rest, types: ['Observation', 'Condition'] })
    expect(access?.records).toEqual([
      { type: 'Condition', id: before.id, version: 3, changed: false },
      { type: 'Condition', id: after.id, version: 4, changed: true, before: 3 },
      { type: 'Condition', id: odd.id, version: 9, changed: true, before: 5 },
    ])
    const found = await ledger.find(1, String(access?.id) as Id<'entry'>)
    expect(found?.details).toEqual({ search: 'Müller 1970' })
  })

  test('details are sealed: their text is nowhere in the row', async ({ ledger, owner }) => {
    await ledger.record(reading({ details: { search: 'Kowalczyk' } }))
    const { rows } = await owner.query('select b::text as row from ledger.batch b')
    expect(rows[0].row).toContain(Buffer.from('chart-roles-read').toString('hex'))
    expect(rows[0].row).not.toContain(Buffer.from('Kowalczyk').toString('hex'))
  })

  test.for([
    ['a patient that is no UUID', { patients: ['Patient/1' as Id<'patient'>] }],
    ['a record that is no UUID', { records: [{ type: 'Patient', id: 'x' as Id<'patient'>, version: 1 }] }],
    ['a hash that is no SHA-256', { records: [{ ...aRecord(1), hash: Buffer.alloc(20) }] }],
    ['more than would be read back', { workstation: 'x'.repeat(16_000_000) }],
  ] as const)('what cannot be recorded exactly is not recorded: %s', async ([, over], { ledger, owner }) => {
    const good = ledger.record(reading())
    await expect(ledger.record(reading(over))).rejects.toThrow(TypeError)
    await good // a neighbour in the same batch is not harmed
    expect((await entriesIn(owner)).length).toBe(1)
  })

  test('many at once: every one is there, in fewer transactions than entries', async ({ ledger, owner }) => {
    await Promise.all(Array.from({ length: 500 }, async () => ledger.record(reading())))
    const entries = await entriesIn(owner)
    expect(entries.length).toBe(500)
    expect(new Set(entries.map(({ xid }) => xid)).size).toBeLessThan(100)
  })

  test('within the caller’s transaction: durable with it, gone with it', async ({ ledger, db, owner }) => {
    await db.transact(1, async (tx) => ledger.recordWithin(tx, [reading(), reading({ patients: [] })]))
    const failing = db.transact(1, async (tx) => {
      await ledger.recordWithin(tx, [reading()])
      throw new Error('the write failed')
    })
    await expect(failing).rejects.toThrow('the write failed')
    expect((await entriesIn(owner)).length).toBe(2)
  })

  test('no database: record refuses, and says that nothing may be released', async ({ ledger, owner }) => {
    await owner.query('revoke insert on ledger.batch from chartkeep_app')
    const refusal = await ledger.record(reading()).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Refusal)
    expect(refusal).toMatchObject({ code: 'ledger-unavailable', status: 503 })
    await owner.query('grant insert on ledger.batch to chartkeep_app')
    await ledger.record(reading())
  })

  test('after stop nothing is recorded, and so nothing may be released', async ({ ledger }) => {
    await ledger.stop()
    await expect(ledger.record(reading())).rejects.toMatchObject({ code: 'ledger-unavailable' })
  })
})

describe('the app role', () => {
  test.for([
    `update ledger.batch set changes = true`,
    `delete from ledger.batch`,
    `truncate ledger.batch`,
    `update ledger.access set entries = entries`,
    `delete from ledger.access`,
    `update ledger.leaf set first = 0`,
    `delete from ledger.leaf`,
    `update ledger.checkpoint set note = ''`,
    `delete from ledger.checkpoint`,
    `drop table ledger.batch`,
    `alter table ledger.batch disable row level security`,
    `create table ledger.other ()`,
  ])('may not: %s', async (sql, { ledger, db }) => {
    await ledger.record(reading())
    await expect(db.transact(1, async (tx) => tx.query({ text: sql }))).rejects.toMatchObject({ code: '42501' })
  })

  test('sees the entries of its tenant alone', async ({ ledger, db }) => {
    const [a, b] = [aPatient(), aPatient()]
    await ledger.record(reading({ patients: [a] }))
    await ledger.record(reading({ tenant: 2, patients: [a, b] }))
    for (const table of ['batch', 'access']) {
      const { rows } = await db.transact(1, async (tx) => tx.query({ text: `select tenant from ledger.${table}` }))
      expect(rows.every((row) => row['tenant'] === 1)).toBe(true)
    }
    expect((await ledger.accessesOf(1, a, { count: 10 })).accesses.length).toBe(1)
    expect((await ledger.accessesOf(2, a, { count: 10 })).accesses.length).toBe(1)
    expect((await ledger.accessesBy(1, nurse, { count: 10 })).accesses.length).toBe(1)
    const wrong = db.transact(1, async (tx) => ledger.recordWithin(tx, [reading({ tenant: 2 })]))
    await expect(wrong).rejects.toMatchObject({ code: '42501' })
  })
})

describe('the tree', () => {
  test('stop signs what was recorded, and hands it to the witness', async ({ ledger, keys, owner, witness }) => {
    await ledger.start()
    await Promise.all(Array.from({ length: 20 }, async () => ledger.record(reading())))
    await ledger.stop()
    const { rows } = await owner.query('select size::integer, note from ledger.checkpoint order by size desc limit 1')
    const checkpoint = parseCheckpoint(rows[0].note)
    if (checkpoint === undefined) throw new Error('no checkpoint')
    expect(checkpoint).toMatchObject({ size: 20, origin: 'test.example/ledger' })
    expect(await isSigned(checkpoint, keys.ledger.signer.publicKey)).toBe(true)
    expect(await readLatest(witness)).toBe(rows[0].note)
    const name = `checkpoints-${new Date().toISOString().slice(0, 7)}.ndjson`
    expect(readFileSync(join(witness, name), 'utf8')).toContain(JSON.stringify(rows[0].note))
  })

  test('an entry is in a signed checkpoint within two seconds of its commit', async ({ ledger }) => {
    await ledger.start()
    await ledger.record(reading())
    await expect.poll(async () => (await ledger.status(1)).checkpoint?.size).toBe(1)
    await ledger.record(reading())
    await expect.poll(async () => (await ledger.status(1)).checkpoint?.size).toBe(2)
    const status = await ledger.status(1)
    expect(status.sequencer).toMatchObject({ leading: true, fault: undefined })
    expect(status.witnesses[0]).toMatchObject({ failing: false })
  })

  test('a transaction that stays open holds nothing up, and is taken in when it commits', async ({
    ledger,
    db,
    keys,
    witness,
  }) => {
    await ledger.start()
    const sizeOf = async () => (await ledger.status(1)).checkpoint?.size
    let commit = (): void => undefined
    const held = new Promise<void>((resolve) => (commit = resolve))
    const slow = db.transact(1, async (tx) => {
      await ledger.recordWithin(tx, [reading()])
      await held
    })
    await ledger.record(reading())
    await ledger.record(reading())
    await expect.poll(sizeOf).toBe(2)
    commit()
    await slow
    await expect.poll(sizeOf).toBe(3)
    expect(await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })).toMatchObject({
      faults: [],
      pending: 0,
    })
  })

  test('what a worker wrote is signed as it was written, also when its row was changed before', async ({
    ledger,
    owner,
    db,
    keys,
  }) => {
    const elsewhere = {
      wrote: (leaves: Buffer) => ledger.wroteElsewhere(leaves),
      sequencing: async () => ledger.sequencing(),
    }
    const parts = { db, keys, clock: systemClock, log: openLog('silent'), witnesses: [] }
    const worker = openLedger({ ...parts, origin: 'test.example/ledger', elsewhere })
    await worker.start()
    await worker.record(reading())
    await worker.record(reading())
    await worker.stop()
    expect((await worker.status(1)).sequencer.leading).toBe(false)
    const [first] = await entryIdsIn(owner)
    await rewriteEntry(owner, first ?? '', (entry) => ({ ...entry, at: entry.at - 86_400_000_000 }))
    await ledger.start()
    await ledger.stop()
    const { faults } = await verifyLedger({ db, keys: keys.ledger, witnesses: [] })
    expect(faults).toMatchObject([{ what: 'The entry was changed: it does not give the hash in the tree.' }])
    expect((await worker.status(1)).checkpoint?.size).toBe(2)
  })

  test('a worker never sequences, and says of sequencing what the one that does says', async ({ db, keys, owner }) => {
    const sequencing = { sequencer: { leading: true, caughtUp: 5, fault: undefined }, witnesses: [] }
    const elsewhere = { wrote: () => undefined, sequencing: async () => sequencing }
    const parts = { db, keys, clock: systemClock, log: openLog('silent'), witnesses: [] }
    const worker = openLedger({ ...parts, origin: 'test.example/ledger', elsewhere })
    await worker.start()
    await worker.record(reading())
    await worker.stop()
    expect((await owner.query('select from ledger.leaf')).rowCount).toBe(0)
    expect(await worker.status(1)).toStrictEqual({ checkpoint: undefined, ...sequencing })
    expect(worker.sequencing()).toEqual({
      ...{ sequencer: { leading: false, caughtUp: undefined, fault: undefined }, witnesses: [] },
    })
  })

  test('where the newest checkpoint is damaged, its status names none', async ({ ledger, owner }) => {
    await ledger.record(reading())
    await ledger.start()
    await ledger.stop()
    expect((await ledger.status(1)).checkpoint?.size).toBe(1)
    await owner.query(`update ledger.checkpoint set note = 'x'`)
    expect((await ledger.status(1)).checkpoint).toBeUndefined()
  })

  test('more than one pass takes in is taken in by several, and all entries of one transaction by one', async ({
    ledger,
    db,
    keys,
    witness,
  }) => {
    await Promise.all(Array.from({ length: 3000 }, async () => ledger.record(reading())))
    const many = Array.from({ length: 2500 }, () => reading())
    await db.transact(1, async (tx) => ledger.recordWithin(tx, many))
    await ledger.record(reading())
    await ledger.start()
    await ledger.stop()
    const verification = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
    expect(verification).toMatchObject({ faults: [], entries: 5501, pending: 0 })
  })
})

describe('a proof', () => {
  test('shows that an entry is in the signed tree, wherever it is', async ({ openAnother, owner }) => {
    for (let i = 0; i < 3; i++) {
      const ledger = openAnother()
      await Promise.all(Array.from({ length: 300 + i }, async () => ledger.record(reading())))
      await ledger.start()
      await ledger.stop()
    }
    const entries = await entriesIn(owner)
    const ledger = openAnother()
    for (const index of [0, 1, 299, 300, 550, 902]) {
      const entry = entries[index]
      if (entry === undefined) throw new Error('no entry')
      const id = entry.id as Id<'entry'>
      const proof = await ledger.prove(1, id)
      if (proof === undefined) throw new Error('no proof')
      expect(proof).toMatchObject({ index, size: 903 })
      expect(rootFromInclusion(leafOf(entry), proof.index, proof.size, proof.path)).toEqual(
        parseCheckpoint(proof.note)?.root,
      )
      expect(await ledger.prove(2, id)).toBeUndefined() // another tenant's
    }
  })

  test('is not there before the entry is in the tree', async ({ ledger, owner }) => {
    await ledger.record(reading())
    const [id] = await entryIdsIn(owner)
    expect(await ledger.prove(1, id ?? newId(1))).toBeUndefined()
  })
})

test('in a database that counts its transactions anew, sequencing stops with a reason and recording goes on', async ({
  openAnother,
  owner,
}) => {
  const before = openAnother()
  await before.record(reading())
  await before.start()
  await before.stop()
  await owner.query(`update ledger.checkpoint set seen = '9000000000000000:'`)
  const ledger = openAnother()
  await ledger.start()
  await ledger.record(reading())
  await expect.poll(async () => (await ledger.status(1)).sequencer.fault).toContain('counts its transactions anew')
})

test('writes are streamed with their type, id, version and hash', async ({ ledger, db }) => {
  const expected: string[] = []
  for (let batch = 0; batch < 3; batch++) {
    const records = Array.from({ length: 300 }, (_, i) => aRecord(batch + 1, `${batch}/${i}`))
    expected.push(...records.map((r) => `${r.type}/${r.id}/${r.version}/${Buffer.from(r.hash ?? []).toString('hex')}`))
    await db.transact(1, async (tx) => ledger.recordWithin(tx, [reading({ action: 'create', records })]))
    await ledger.record(reading({ records: [aRecord(1)] }))
  }
  const seen: string[] = []
  for await (const write of writesIn(db, 1))
    seen.push(`${write.type}/${write.id}/${write.version}/${write.hash.toString('hex')}`)
  expect(seen).toEqual(expected)
  for await (const write of writesIn(db, 2)) expect(write).toBeUndefined()
})
