import type pg from 'pg'
import { expect } from 'vitest'
import { create, createPatient, grant, importer, newRequest, observation, person, test } from '../../test/fixtures.ts'
import { Refusal } from '#base'
import { parseJson } from '@chartkeep/model/fhir'
import { lookUpText, underText } from './lookups.ts'
import { openRecords } from './open.ts'
import { verifyRecords } from './verify.ts'
import { openLog, systemClock } from '#base'
import { entryIdsIn } from '../../test/entries.ts'

const textOf = (json: Buffer): Record<string, unknown> => JSON.parse(json.toString())

test('what was written is read, with the id, version and time that the store gave it', async ({ records }) => {
  const patient = await createPatient(records)
  const written = await create(records, observation(patient))
  const stored = await records.read(grant('read', 'Observation'), written.id, newRequest())
  expect(stored.json.equals(written.json)).toBe(true)
  expect(textOf(stored.json)).toMatchObject({
    resourceType: 'Observation',
    id: written.id,
    meta: { versionId: '1' },
    valueQuantity: { value: 120 },
  })
  expect(stored.id.slice(15, 18)).toBe(patient.slice(15, 18))
})

test('id, version and time lead a stored text whatever its meta holds, so the row stands for them in the body', async ({
  records,
}) => {
  const patient = await createPatient(records)
  const profile = ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab']
  const meta = { profile, lastUpdated: '2020-01-01T00:00:00Z', versionId: '7' }
  const { id } = await create(records, { ...observation(patient), meta })
  const { json } = await records.read(grant('read', 'Observation'), id, newRequest())
  const time = textOf(json)['meta'] as { lastUpdated: string }
  expect(json.toString()).toMatch(
    `{"resourceType":"Observation","id":"${id}","meta":{"versionId":"1","lastUpdated":"${time.lastUpdated}","profile":["${profile[0]}"]`,
  )
})

test('H-T07: a change keeps the version before, and a stale one is refused', async ({ records }) => {
  const patient = await createPatient(records)
  const { id } = await create(records, observation(patient))
  const change = (value: number, ifMatch: number) =>
    records.write(
      [
        {
          kind: 'update',
          grant: grant('update', 'Observation'),
          id,
          ifMatch,
          resource: { ...observation(patient, '8480-6', '2026-03-01T10:00:00Z', value), id },
        },
      ],
      newRequest(),
    )
  await change(130, 1)
  await expect(change(140, 1)).rejects.toMatchObject({ code: 'version-conflict' })
  const { versions } = await records.history(grant('history', 'Observation'), id, { count: 10 }, newRequest())
  expect(
    versions.map(({ version, json }) => [version, (textOf(json)['valueQuantity'] as { value: number }).value]),
  ).toEqual([
    [2, 130],
    [1, 120],
  ])
  expect((await records.readVersion(grant('history', 'Observation'), id, 1, newRequest())).version).toBe(1)
})

test('64 changes against the same version: one is made, the rest are refused', async ({ records }) => {
  const patient = await createPatient(records)
  const { id } = await create(records, observation(patient))
  const tries = await Promise.allSettled(
    Array.from({ length: 64 }, (_, value) =>
      records.write(
        [
          {
            kind: 'update',
            grant: grant('update', 'Observation'),
            id,
            ifMatch: 1,
            resource: { ...observation(patient), id, valueInteger: value },
          },
        ],
        newRequest(),
      ),
    ),
  )
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'version-conflict' })
  expect((await records.history(grant('history', 'Observation'), id, { count: 10 }, newRequest())).total).toBe(2)
})

test('what is deleted is gone, stays in its history, and is found by no search', async ({ records }) => {
  const patient = await createPatient(records)
  const { id } = await create(records, observation(patient))
  await records.write(
    [{ kind: 'delete', grant: grant('delete', 'Observation'), type: 'Observation', id }],
    newRequest(),
  )
  await expect(records.read(grant('read', 'Observation'), id, newRequest())).rejects.toMatchObject({ code: 'gone' })
  expect(
    (await records.history(grant('history', 'Observation'), id, { count: 10 }, newRequest())).versions.map(
      ({ deleted }) => deleted,
    ),
  ).toEqual([true, false])
  const { records: found } = await records.search(
    grant('search', 'Observation'),
    { type: 'Observation', parameters: [['patient', patient]], strict: true, count: 10 },
    newRequest(),
  )
  expect(found).toHaveLength(0)
  await records.write(
    [{ kind: 'delete', grant: grant('delete', 'Observation'), type: 'Observation', id }],
    newRequest(),
  )
})

test('all of a transaction or nothing: one stale change leaves no trace of the others', async ({ records, db }) => {
  const patient = await createPatient(records)
  const { id } = await create(records, observation(patient))
  const count = async () =>
    (await db.transact(1, (tx) => tx.query({ text: 'select 1 from records.resource' }))).rowCount
  const entries = async () => (await db.transact(1, entryIdsIn)).length
  const before = [await count(), await entries()]
  await expect(
    records.write(
      [
        { kind: 'create', grant: grant('create', 'Observation'), resource: observation(patient) },
        {
          kind: 'update',
          grant: grant('update', 'Observation'),
          id,
          ifMatch: 7,
          resource: { ...observation(patient), id },
        },
      ],
      newRequest(),
    ),
  ).rejects.toThrow(Refusal)
  expect([await count(), await entries()]).toEqual(before)
})

test('a record cannot move to another patient, nor name one who is not here', async ({ records }) => {
  const [one, other] = [await createPatient(records), await createPatient(records)]
  const { id } = await create(records, observation(one))
  await expect(
    records.write(
      [{ kind: 'update', grant: grant('update', 'Observation'), id, resource: { ...observation(other), id } }],
      newRequest(),
    ),
  ).rejects.toMatchObject({ code: 'patient-changed' })
  await expect(create(records, observation('01890a5d-ac96-8abc-b123-0123456789ab'))).rejects.toMatchObject({
    code: 'reference-unresolved',
  })
  await expect(create(records, observation('not-ours'))).rejects.toMatchObject({ code: 'reference-unresolved' })
})

test('a signed note never changes and is never deleted', async ({ records }) => {
  const patient = await createPatient(records)
  const note = {
    resourceType: 'DocumentReference',
    status: 'current',
    docStatus: 'final',
    subject: { reference: `Patient/${patient}` },
    content: [{ attachment: { contentType: 'text/plain', data: 'Tm90ZQ==' } }],
  } as const
  const { id } = await create(records, { ...note }, importer)
  await expect(
    records.write(
      [
        {
          kind: 'update',
          grant: grant('update', 'DocumentReference'),
          id,
          resource: { ...note, id, docStatus: 'preliminary' },
        },
      ],
      newRequest(),
    ),
  ).rejects.toMatchObject({ code: 'record-signed' })
  await expect(
    records.write(
      [{ kind: 'delete', grant: grant('delete', 'DocumentReference'), type: 'DocumentReference', id }],
      newRequest(),
    ),
  ).rejects.toMatchObject({ code: 'record-signed' })
})

test('search in a chart: by code, category and date, newest first, and a page ends where the next begins', async ({
  records,
}) => {
  const patient = await createPatient(records)
  const other = await createPatient(records)
  for (let day = 1; day <= 9; day++)
    await create(records, observation(patient, day % 3 === 0 ? '8462-4' : '8480-6', `2026-03-0${day}T10:00:00Z`, day))
  await create(records, observation(other))
  const find = (parameters: [string, string][], count = 50, cursor?: string) =>
    records.search(
      grant('search', 'Observation'),
      { type: 'Observation', parameters, strict: true, count, ...(cursor === undefined ? {} : { cursor }) },
      newRequest(),
    )
  const values = async (parameters: [string, string][]) =>
    (await find(parameters)).records.map(({ json }) => (textOf(json)['valueQuantity'] as { value: number }).value)
  expect(await values([['patient', patient]])).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
  expect(
    await values([
      ['subject', `Patient/${patient}`],
      ['code', 'http://loinc.org|8462-4'],
    ]),
  ).toEqual([9, 6, 3])
  expect(
    await values([
      ['patient', patient],
      ['code', '8462-4,8480-6'],
      ['date', 'ge2026-03-05'],
      ['date', 'lt2026-03-08'],
    ]),
  ).toEqual([7, 6, 5])
  expect(
    await values([
      ['patient', patient],
      ['category', 'laboratory'],
    ]),
  ).toEqual([])
  expect(
    await values([
      ['patient', patient],
      ['code', 'http://example.org|8480-6'],
    ]),
  ).toEqual([])
  const seen: string[] = []
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const asker = grant('search', 'Observation', fixed)
    const page = await records.search(
      asker,
      {
        type: 'Observation',
        strict: true,
        count: 4,
        ...(cursor === undefined ? { parameters: [['patient', patient]] } : { parameters: [], cursor }),
      },
      newRequest(),
    )
    seen.push(...page.records.map(({ id }) => id))
    cursor = page.next
  }
  expect(new Set(seen).size).toBe(9)
  const asNurse = records.search(
    grant('search', 'Observation', person('nurse')),
    { type: 'Observation', parameters: [['code', '8480-6']], strict: true, count: 50 },
    newRequest(),
  )
  await expect(asNurse).rejects.toMatchObject({ code: 'search-too-broad' })
  await expect(find([['nonsense', '1']])).rejects.toMatchObject({ code: 'parameter-unknown' })
})
const fixed = person()

test('patients are found by names in any order, birth date and number; likely doubles are named', async ({
  records,
}) => {
  const maria = await createPatient(records, {
    name: [
      { family: 'Róssi', given: ['María', 'Elena'] },
      { use: 'nickname', given: ['Mia'] },
    ],
    birthDate: '1961-03-12',
    identifier: [{ system: 'urn:mrn', value: 'MRN-10293' }],
  })
  const double = await createPatient(records, {
    name: [{ family: 'Rossi', given: ['Maria'] }],
    birthDate: '1961-12-03',
  })
  await createPatient(records, { name: [{ family: 'Rossi', given: ['Carlo'] }], birthDate: '1990-01-01' })
  const find = async (text: string) =>
    (await records.findPatients(grant('search', 'Patient'), text, 20, newRequest())).patients.map(({ face }) => face.id)
  expect(await find('mari ros 12.3.1961')).toEqual(expect.arrayContaining([maria, double]))
  expect(await find('ROSSI mia')).toEqual([maria])
  expect(await find('10293')).toEqual([maria])
  expect(await find('1961-03-12')).toEqual([maria])
  expect(await find('rossi')).toHaveLength(3)
  expect(await find('nobody')).toEqual([])
  const [hit] = (await records.findPatients(grant('search', 'Patient'), 'mia', 20, newRequest())).patients
  expect(hit?.likely).toEqual([double])
  const bySearch = await records.search(
    grant('search', 'Patient'),
    { type: 'Patient', parameters: [['identifier', 'urn:mrn|MRN-10293']], strict: true, count: 5 },
    newRequest(),
  )
  expect(bySearch.records.map(({ id }) => id)).toEqual([maria])
  expect(await records.match(grant('search', 'Patient'), 'family=ross&given=carlo', newRequest())).toHaveLength(1)
})

test('a token that two values share leads to both records, and only the one with the value is found', async ({
  records,
  owner,
}) => {
  const value = (number: string): object => ({ identifier: [{ system: 'urn:mrn', value: number }] })
  const one = await createPatient(records, { name: [{ family: 'One' }], ...value('MRN-1') })
  const other = await createPatient(records, { name: [{ family: 'Other' }], ...value('MRN-2') })
  await owner.query(
    `insert into records.lookup select token, tenant, $2 from records.lookup where id = $1 on conflict do nothing`,
    [one, other],
  )
  const { records: found } = await records.search(
    grant('search', 'Patient'),
    { type: 'Patient', parameters: [['identifier', 'urn:mrn|MRN-1']], strict: true, count: 5 },
    newRequest(),
  )
  expect(found.map(({ id }) => id)).toEqual([one])
})

/** How the app's role would carry it out. */
async function planOf(owner: pg.Client, text: string): Promise<string> {
  const off = ['seqscan', 'hashjoin', 'mergejoin', 'bitmapscan'].map((way) => `set local enable_${way} = off`)
  await owner.query(`begin; set local role chartkeep_app; set local chartkeep.tenant = 1; ${off.join('; ')}`)
  const { rows } = await owner.query<{ 'QUERY PLAN': string }>(`explain (generic_plan) ${text}`)
  await owner.query('rollback')
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

test('a look-up goes to its rows by bucket and id, also under row-level security', async ({ owner }) => {
  const plan = await planOf(owner, lookUpText)
  expect(plan).toMatch(/using resource_pkey on resource .*\n\s*Index Cond: \(\(bucket = .* AND \(id = /)
})

test('a walk over days reads each backwards by its index, and sorts nothing', async ({ owner }) => {
  const plan = await planOf(owner, underText)
  expect(plan).toMatch(/Scan Backward using lookup_pkey .*\n\s*Index Cond: \(\(token = .* AND \(id < /)
  expect(plan).toMatch(/using resource_pkey on resource .*\n\s*Index Cond: \(\(bucket = .* AND \(id = /)
  expect(plan).not.toContain('Sort')
})

test('verification is silent when nothing was touched', async ({ records, db, keys }) => {
  const patient = await createPatient(records)
  const { id } = await create(records, observation(patient))
  await records.write(
    [{ kind: 'update', grant: grant('update', 'Observation'), id, resource: { ...observation(patient), id } }],
    newRequest(),
  )
  await create(records, { resourceType: 'Organization', name: 'Elm Street' }, person('administrator'))
  expect(await verifyRecords({ db, keys, clock: systemClock, tenant: 1 })).toEqual({ versions: 4, faults: [] })
})

test('a decimal keeps the digits it was written with', async ({ records }) => {
  const patient = await createPatient(records)
  const text = JSON.stringify(observation(patient)).replace('"value":120', '"value":1.500')
  const { id } = await create(records, parseJson(Buffer.from(text)) as ReturnType<typeof observation>)
  expect((await records.read(grant('read', 'Observation'), id, newRequest())).json.toString()).toContain(
    '"value":1.500',
  )
})

test('a patient whom another process writes is found here', async ({ records, db, keys, ledger }) => {
  const elsewhere = await openRecords({ db, keys, ledger, clock: systemClock, log: openLog('silent') })
  const id = await createPatient(elsewhere, { name: [{ family: 'Vandermolen', given: ['Io'] }] })
  const find = async () =>
    (await records.findPatients(grant('search', 'Patient'), 'vandermolen', 5, newRequest())).patients.map(
      ({ face }) => face.id,
    )
  await expect.poll(find).toEqual([id])
})
