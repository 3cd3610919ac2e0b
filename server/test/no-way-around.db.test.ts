import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect } from 'vitest'
import { type Grant, grantFor } from '#policy'
import type { Records } from '#records'
import { create, createPatient, grant, newRequest, observation, person, test } from './fixtures.ts'
import { entryIdsIn } from './entries.ts'

// H-T06: every way out of the record store takes policy's yes and leaves an entry, whichever way is taken.

/** Ways in that hold no content of any record. A new one has to be put here, or among the calls below, on purpose. */
const withoutContent = [
  'watch',
  'ready',
  'patientCount',
  'existing',
  'importedIds',
  'authors',
  'inTurn',
  'missed',
  'close',
] as const

type Call = (
  records: Records,
  scene: {
    patient: Awaited<ReturnType<typeof createPatient>>
    id: Awaited<ReturnType<typeof create>>['id']
    binary: Awaited<ReturnType<typeof create>>['id']
  },
  forge: <G extends Grant>(real: G) => G,
) => Promise<unknown>

const author = person()
const calls: Record<Exclude<keyof Records, (typeof withoutContent)[number]>, Call> = {
  read: (records, { id }, forge) => records.read(forge(grant('read', 'Observation')), id, newRequest()),
  readSeveral: (records, { id }, forge) =>
    records.readSeveral([forge(grant('read', 'Observation'))], [id], newRequest()),
  readVersion: (records, { id }, forge) =>
    records.readVersion(forge(grant('history', 'Observation')), id, 1, newRequest()),
  history: (records, { id }, forge) =>
    records.history(forge(grant('history', 'Observation')), id, { count: 5 }, newRequest()),
  historyOfTypes: (records, _, forge) =>
    records.historyOfTypes([forge(grant('history', 'Observation'))], { count: 5 }, newRequest()),
  search: (records, { patient }, forge) =>
    records.search(
      forge(grant('search', 'Observation')),
      { type: 'Observation', parameters: [['patient', patient]], strict: true, count: 5 },
      newRequest(),
    ),
  definition: (records, _, forge) =>
    records.definition(forge(grant('search', 'ValueSet')), 'https://example.com/none', newRequest()),
  chart: (records, { patient }, forge) =>
    records.chart([forge(grant('search', 'Observation'))], { patient, types: ['Observation'], count: 5 }, newRequest()),
  findPatients: (records, _, forge) =>
    records.findPatients(forge(grant('search', 'Patient')), 'zwyssig', 5, newRequest()),
  everything: (records, { patient }, forge) =>
    records.everything(
      {
        patient: forge(grant('read', 'Patient')),
        compartment: [forge(grant('search', 'Observation'))],
        referred: [forge(grant('read', 'Practitioner'))],
      },
      { patient, count: 5 },
      newRequest(),
    ),
  lastN: (records, { patient }, forge) =>
    records.lastN(forge(grant('search', 'Observation')), { patient, max: 1, criteria: [] }, newRequest()),
  matchPatients: (records, _, forge) =>
    records.matchPatients(
      forge(grant('search', 'Patient')),
      { described: { resourceType: 'Patient', name: [{ family: 'Zwyssig' }] }, count: 5, onlyCertain: false },
      newRequest(),
    ),
  readPatient: (records, { patient }, forge) =>
    records.readPatient(forge(grant('read', 'Patient')), patient, newRequest()),
  faces: (records, { patient }, forge) => records.faces(forge(grant('search', 'Patient')), [patient], newRequest()),
  match: (records, _, forge) => records.match(forge(grant('search', 'Patient')), 'family=Zwyssig', newRequest()),
  recordUse: (records, _, forge) => records.recordUse([forge(grant('read', 'Patient'))], '$validate', newRequest()),
  write: (records, { patient }, forge) =>
    records.write(
      [{ kind: 'create', grant: forge(grant('create', 'Observation')), resource: observation(patient) }],
      newRequest(),
    ),
  storeBinary: (records, _, forge) =>
    records.storeBinary(
      forge(grant('create', 'Binary')),
      { resourceType: 'Binary', contentType: 'text/plain' },
      Readable.from([Buffer.from('x')]),
      newRequest(),
    ),
  openBinary: (records, { binary }, forge) => records.openBinary(forge(grant('read', 'Binary')), binary, newRequest()),
  saveDraft: (records, { patient }, forge) =>
    records.saveDraft(forge(grant('draft', 'DocumentReference', author)), patient, Buffer.from('draft'), newRequest()),
  readDraft: (records, { patient }, forge) =>
    records.readDraft(forge(grant('draft', 'DocumentReference', author)), patient, newRequest()),
  dropDraft: (records, { patient }, forge) =>
    records.dropDraft(forge(grant('draft', 'DocumentReference', author)), patient, newRequest()),
}

test('each way into the store is listed here: none was added without a thought', ({ records }) => {
  expect(Object.keys(records).toSorted()).toEqual([...Object.keys(calls), ...withoutContent].toSorted())
})

test.for(Object.entries(calls))(
  '%s: one call, one entry at least; none for a look-alike of a grant',
  async ([name, call], { records, db }) => {
    const patient = await createPatient(records)
    const { id } = await create(records, observation(patient))
    const { id: binary } = await records.storeBinary(
      grant('create', 'Binary'),
      { resourceType: 'Binary', contentType: 'text/plain' },
      Readable.from([Buffer.from('x')]),
      newRequest(),
    )
    if (name === 'readDraft' || name === 'dropDraft')
      await records.saveDraft(grant('draft', 'DocumentReference', author), patient, Buffer.from('d'), newRequest())
    const entries = async () => (await db.transact(1, entryIdsIn)).length
    const before = await entries()
    await call(records, { patient, id, binary }, (real) => real)
    const after = await entries()
    expect(after).toBeGreaterThan(before)
    const forged = call(
      records,
      { patient, id, binary },
      (real) => ({ question: real.question, rule: real.rule }) as unknown as typeof real,
    )
    await expect(forged).rejects.toThrow('only policy makes a grant')
    expect(await entries()).toBe(after)
  },
)

test('the record store’s door exports nothing else that leads to a record', () => {
  const door = readFileSync(join(import.meta.dirname, '../src/records/index.ts'), 'utf8')
  const functions = [...door.matchAll(/export \{([^}]*)\}/g)]
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))
    .filter((name) => name !== '' && !name.startsWith('type '))
  expect(functions.toSorted()).toEqual([
    'ForeignKeyring',
    'PatientIndex',
    'conditionName',
    'contentLimit',
    'faceOf',
    'firstTenant',
    'homePatient',
    'normalise',
    'openRecords',
    'openSweep',
    'parseStored',
    'rotateKeys',
    'subset',
    'subsetOfRead',
    'tokenText',
    'turnsOf',
    'verifyRecords',
  ])
})

test('an id of another type, and what a role does not see, are found by no search', async ({ records }) => {
  const patient = await createPatient(records)
  const { id } = await create(records, observation(patient))
  const find = async (type: 'Claim' | 'Appointment', parameters: [string, string][], role: 'biller' | 'front-desk') => {
    const asked = { type, parameters, strict: true, count: 5 }
    return (await records.search(grant('search', type, person(role)), asked, newRequest())).records
  }
  expect(await find('Claim', [['_id', id]], 'biller')).toEqual([])
  await create(records, {
    resourceType: 'Appointment',
    status: 'booked',
    start: '2026-03-01T10:00:00Z',
    end: '2026-03-01T10:20:00Z',
    reasonCode: [{ coding: [{ system: 'urn:why', code: 'canary' }] }],
    participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
  })
  const byDay: [string, string][] = [['patient', patient]]
  expect(await find('Appointment', byDay, 'front-desk')).toHaveLength(1)
  expect(await find('Appointment', [...byDay, ['reason-code', 'canary']], 'front-desk')).toEqual([])
  expect(await find('Appointment', [...byDay, ['reason-code:not', 'other']], 'front-desk')).toHaveLength(1)
})

test('H-B14: a search that finds nothing names the patient it was about', async ({ records, ledger }) => {
  const patient = await createPatient(records)
  const asked = {
    type: 'Observation',
    parameters: [
      ['patient', patient],
      ['code', 'x'],
    ],
    strict: true,
    count: 5,
  } as const
  await records.search(grant('search', 'Observation'), asked, newRequest())
  const { accesses } = await ledger.accessesOf(1, patient, { count: 5 })
  expect(accesses[0]).toMatchObject({ action: 'search', types: ['Observation'], patients: [patient] })
})

test('a grant for one patient’s records opens no other’s', async ({ records }) => {
  const patient = await createPatient(records)
  const other = await createPatient(records)
  const { id } = await create(records, observation(patient))
  const forPatient = (one: typeof patient) => grantFor({ actor: author, purpose: 'TREAT' }, 'read', 'Observation', one)
  expect((await records.read(forPatient(patient), id, newRequest())).id).toBe(id)
  await expect(records.read(forPatient(other), id, newRequest())).rejects.toMatchObject({ code: 'not-found' })
})

test('nobody’s chart is the practice’s own', async ({ records }) => {
  const nobody = '00000000-0000-8000-8000-000000000000'
  await expect(create(records, observation(nobody))).rejects.toMatchObject({ code: 'reference-unresolved' })
})
