import { Readable } from 'node:stream'
import type pg from 'pg'
import { expect } from 'vitest'
import { systemClock } from '#base'
import { verifyRecords } from '#records'
import { create, createPatient, grant, newRequest, observation, test } from './fixtures.ts'

// What someone can do who has the database itself: every attack is made by SQL as the owner, is refused on read, and is
// named by verification.

interface Scene {
  readonly one: string
  readonly other: string
  readonly patient: string
  readonly stranger: string
}

interface Attack {
  readonly name: string
  readonly sql: (scene: Scene) => string
  /** Whether reading `one` afterwards is refused; where it reads as before, only verification tells. */
  readonly refused: boolean
  readonly named: RegExp
}

const swap =
  (table: string, columns: string) =>
  ({ one, other }: Scene) =>
    `
  create temp table a as select * from ${table} where id = '${one}'; create temp table b as select * from ${table} where id = '${other}';
  update ${table} r set ${columns
    .split(' ')
    .map((column) => `${column} = b.${column}`)
    .join(', ')} from b where r.id = '${one}';
  update ${table} r set ${columns
    .split(' ')
    .map((column) => `${column} = a.${column}`)
    .join(', ')} from a where r.id = '${other}'`

const attacks: Attack[] = [
  {
    name: 'two bodies exchanged',
    sql: swap('records.resource', 'body'),
    refused: true,
    named: /does not open|not what was written/,
  },
  {
    name: 'one byte flipped',
    sql: ({ one }) =>
      `update records.resource set body = set_byte(body, 40, get_byte(body, 40) # 1) where id = '${one}'`,
    refused: true,
    named: /does not open/,
  },
  {
    name: 'a body given to another patient',
    sql: ({ one, stranger }) => `update records.resource set patient = '${stranger}' where id = '${one}'`,
    refused: true,
    named: /does not open/,
  },
  {
    name: 'a type changed',
    sql: ({ one }) => `update records.resource set type = type + 1 where id = '${one}'`,
    refused: true,
    named: /does not open|not there/,
  },
  {
    name: 'an older version put back',
    sql: ({ one }) =>
      `update records.resource r set version = v.version, body = v.body, updated = v.updated, at = v.at from records.version v where v.id = r.id and r.id = '${one}' and v.version = 1; delete from records.version where id = '${one}'`,
    refused: false,
    named: /was written, but is not there/,
  },
  {
    name: 'an older body under the newer number',
    sql: ({ one }) =>
      `update records.resource r set body = v.body from records.version v where v.id = r.id and r.id = '${one}' and v.version = 1`,
    refused: true,
    named: /does not open/,
  },
  {
    name: 'a record removed',
    sql: ({ one }) =>
      `delete from records.resource where id = '${one}'; delete from records.version where id = '${one}'`,
    refused: true,
    named: /was written, but is not there/,
  },
  {
    name: 'a record marked as deleted',
    sql: ({ one }) => `update records.resource set deleted = true where id = '${one}'`,
    refused: true,
    named: /does not open/,
  },
  {
    name: 'the order of the chart changed',
    sql: ({ one }) => `update records.resource set at = at + 86400000 where id = '${one}'`,
    refused: true,
    named: /does not open/,
  },
  {
    name: 'the time of writing changed',
    sql: ({ one }) => `update records.resource set updated = updated - interval '1 day' where id = '${one}'`,
    refused: true,
    named: /does not open/,
  },
  {
    name: 'tokens exchanged, so that searches miss it',
    sql: ({ one }) => `update records.resource set tokens = '' where id = '${one}'`,
    refused: false,
    named: /indexed under other values/,
  },
  {
    name: 'a patient key of another put in',
    sql: ({ patient, stranger }) =>
      `update records.patient_key k set wrapped = s.wrapped, commitment = s.commitment from records.patient_key s where k.owner = '${patient}' and s.owner = '${stranger}'`,
    refused: true,
    named: /does not open/,
  },
]

test.for(attacks)(
  'H-T08: $name: seen on reading or named by verification',
  async (attack, { records, db, keys, owner, ledger }) => {
    const patient = await createPatient(records)
    const stranger = await createPatient(records)
    const { id: one } = await create(records, observation(patient, '8480-6', '2026-03-01T10:00:00Z', 1))
    const { id: other } = await create(records, observation(patient, '8462-4', '2026-03-02T10:00:00Z', 2))
    await records.write(
      [
        {
          kind: 'update',
          grant: grant('update', 'Observation'),
          id: one,
          resource: { ...observation(patient, '8480-6', '2026-03-01T10:00:00Z', 3), id: one },
        },
      ],
      newRequest(),
    )
    expect((await verifyRecords({ db, keys, clock: systemClock, tenant: 1 })).faults).toEqual([])

    await runAsOwner(owner, attack.sql({ one, other, patient, stranger }))
    // A server started afterwards has nothing in memory from before.
    const { openRecords } = await import('#records')
    const { openLog } = await import('#base')
    const after = await openRecords({ db, keys, ledger, clock: systemClock, log: openLog('silent') })
    const read = after.read(grant('read', 'Observation'), one, newRequest())
    if (attack.refused) await expect(read).rejects.toMatchObject({ name: 'Refusal' })
    else expect((await read).json.length).toBeGreaterThan(0)
    const { faults } = await verifyRecords({ db, keys, clock: systemClock, tenant: 1 })
    expect(faults.map(({ what }) => what).join('\n')).toMatch(attack.named)
  },
)

test('a row that nobody wrote through the store is named', async ({ records, db, keys, owner }) => {
  const patient = await createPatient(records)
  const { id } = await create(records, observation(patient))
  await runAsOwner(
    owner,
    `insert into records.resource select tenant, version, at, updated, key_id, bucket, type, overlay(id::text placing case right(id::text, 1) when '7' then '8' else '7' end from 36)::uuid, patient, deleted, body, tokens from records.resource where id = '${id}'`,
  )
  const { faults } = await verifyRecords({ db, keys, clock: systemClock, tenant: 1 })
  expect(faults.length).toBeGreaterThan(0)
})

test('the app role cannot take back a version or a look-up of the ledger', async ({ db, records }) => {
  const patient = await createPatient(records)
  await create(records, observation(patient))
  for (const text of [
    'delete from records.resource',
    'update records.version set body = body',
    'delete from records.version',
    'update ledger.batch set entries = entries',
    'delete from ledger.batch',
    'delete from ledger.leaf',
    'truncate ledger.batch',
    'delete from ledger.access',
  ]) {
    await expect(
      db.transact(1, (tx) => tx.query({ text })),
      text,
    ).rejects.toMatchObject({ code: '42501' })
  }
})

test('H-A09: another tenant sees no row of the first, by any table', async ({ db, records }) => {
  await createPatient(records)
  for (const table of ['resource', 'version', 'lookup', 'patient_key', 'chunk', 'draft', 'keyring']) {
    const { rowCount } = await db.transact(2, (tx) => tx.query({ text: `select 1 from records.${table}` }))
    expect(rowCount, table).toBe(0)
  }
})

async function runAsOwner(owner: pg.Client, sql: string): Promise<void> {
  await owner.query(sql)
}

// What stands beside the records: each attack is named, and before it nothing is.
test.for<[string, (scene: { one: string; other: string; document: string }) => string, RegExp]>([
  ['a look-up removed', ({ one }) => `delete from records.lookup where id = '${one}'`, /a look-up was removed/],
  [
    'a look-up that leads to another record',
    ({ one, other }) => `update records.lookup set id = '${other}' where id = '${one}'`,
    /a look-up was removed[^]*added|added[^]*a look-up was removed/,
  ],
  [
    'a look-up added',
    ({ one, other }) =>
      `insert into records.lookup select token, tenant, '${other}' from records.lookup where id = '${one}' limit 1`,
    /added or altered/,
  ],
  [
    'a look-up by another value',
    ({ one }) => `update records.lookup set token = token # 1 where id = '${one}'`,
    /a look-up was removed/,
  ],
  [
    'the last token altered, be it only what fills up',
    ({ one }) =>
      `update records.resource set tokens = set_byte(tokens, length(tokens) - 1, get_byte(tokens, length(tokens) - 1) # 1) where id = '${one}'`,
    /indexed under other values/,
  ],
  [
    'a document’s first piece removed',
    ({ document }) => `delete from records.chunk where id = '${document}' and number = 0`,
    /lacks a piece/,
  ],
  [
    'a document’s last piece removed',
    ({ document }) => `delete from records.chunk where id = '${document}' and number = 2`,
    /not what was stored/,
  ],
  [
    'all of a document removed',
    ({ document }) => `delete from records.chunk where id = '${document}'`,
    /lacks its content/,
  ],
  [
    'two pieces exchanged',
    ({ document }) =>
      `update records.chunk c set body = o.body from records.chunk o where c.id = '${document}' and o.id = c.id and c.number in (0, 1) and o.number = 1 - c.number`,
    /not what was stored/,
  ],
  [
    'a piece added',
    ({ document }) =>
      `insert into records.chunk select tenant, bucket, id, 3, body from records.chunk where id = '${document}' and number = 2`,
    /not what was stored/,
  ],
  [
    'content that belongs to nobody',
    ({ document }) =>
      `insert into records.chunk select tenant, bucket, overlay(id::text placing '777777777777' from 25)::uuid, number, body from records.chunk where id = '${document}'`,
    /belongs to no document/,
  ],
  [
    'a draft altered',
    () => `update records.draft set body = set_byte(body, 20, get_byte(body, 20) # 1)`,
    /draft of .* does not open/,
  ],
  [
    'a draft given to another author',
    () => `update records.draft set author = gen_random_uuid()`,
    /draft of .* does not open/,
  ],
  [
    'the time of a draft changed',
    () => `update records.draft set updated = updated + interval '1 hour'`,
    /draft of .* does not open/,
  ],
  ['a draft removed', () => `delete from records.draft`, /draft .* was begun, and is not there/],
  ['the key of a draft changed', () => `update records.draft set key_id = key_id + 1`, /draft of .* does not open/],
])('H-T08: %s: named by verification', async ([, sql, named], { records, db, keys, owner }) => {
  const patient = await createPatient(records)
  const { id: one } = await create(records, {
    ...observation(patient),
    identifier: [{ system: 'urn:lab', value: 'ACC-1' }],
  })
  const { id: other } = await create(records, {
    ...observation(patient),
    identifier: [{ system: 'urn:lab', value: 'ACC-2' }],
  })
  const resource = {
    resourceType: 'Binary',
    contentType: 'text/plain',
    securityContext: { reference: `Patient/${patient}` },
  } as const
  const content = Readable.from([Buffer.alloc(600 * 1024, 'canary ')])
  const { id: document } = await records.storeBinary(grant('create', 'Binary'), resource, content, newRequest())
  await create(records, { resourceType: 'Binary', contentType: 'text/plain', data: 'Y2FuYXJ5' })
  await records.saveDraft(grant('draft', 'DocumentReference'), patient, Buffer.from('canary'), newRequest())
  const verify = async () => (await verifyRecords({ db, keys, clock: systemClock, tenant: 1 })).faults
  expect(await verify()).toEqual([])
  const { rowCount } = await owner.query(sql({ one, other, document }))
  expect(rowCount).toBeGreaterThan(0)
  expect((await verify()).map(({ record, what }) => `${record} ${what}`).join('\n')).toMatch(named)
})

test('H-T08: a draft that was signed or dropped and is put back is named, one that is written anew is not', async ({
  records,
  db,
  keys,
  owner,
}) => {
  const patient = await createPatient(records)
  const draft = grant('draft', 'DocumentReference')
  const verify = async () => (await verifyRecords({ db, keys, clock: systemClock, tenant: 1 })).faults
  const save = (text: string) => records.saveDraft(draft, patient, Buffer.from(text), newRequest())
  await save('canary')
  await save('canary sings')
  await owner.query('create temp table kept as select * from records.draft')
  await records.dropDraft(draft, patient, newRequest())
  expect(await verify()).toEqual([])
  await owner.query('insert into records.draft select * from kept')
  expect(await verify()).toMatchObject([{ what: expect.stringContaining('was never begun, or is over') }])
  await save('canary again')
  await records.dropDraft(draft, patient, newRequest())
  await save('another')
  expect(await verify()).toEqual([])
  // Removed, it is missed until its author drops it.
  await owner.query('delete from records.draft')
  expect(await verify()).toMatchObject([{ what: expect.stringContaining('was begun, and is not there') }])
  await records.dropDraft(draft, patient, newRequest())
  expect(await verify()).toEqual([])
})
