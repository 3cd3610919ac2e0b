import { expect } from 'vitest'
import { openLog, Refusal, systemClock } from '#base'
import { openDatabase } from '#db'
import { openRecords, type Records, turnsOf } from '#records'
import {
  createPatient,
  grant,
  newRequest,
  observation,
  type StoreFixtures,
  test as withRecords,
} from '../../test/fixtures.ts'
import type { Fixtures } from '../../test/postgres.ts'

/** The store of a second process on the same database. */
const test = withRecords.extend<{ other: Records }>({
  other: async ({ target, keys, ledger }: Fixtures & StoreFixtures, use) => {
    const db = openDatabase(target, openLog('silent'))
    await use(await openRecords({ db, keys, ledger, clock: systemClock, log: openLog('silent') }))
    await db.close()
  },
})

const condition = 'identifier=urn:mrn|MRN-77Q'

/** A create on a condition, as the FHIR interface carries it out. */
function createOnce(records: Records, condition: string): Promise<string> {
  return records.inTurn(turnsOf('Patient', condition), async (held) => {
    const [known] = await records.match(grant('search', 'Patient'), condition, newRequest())
    if (known !== undefined) return known.id
    const resource = {
      resourceType: 'Patient',
      name: [{ family: 'Zwyssig' }],
      identifier: [{ system: 'urn:mrn', value: 'MRN-77Q' }],
    } as const
    const write = { kind: 'create', grant: grant('create', 'Patient'), resource } as const
    const [written] = await records.write([write], newRequest(), held)
    return written?.id ?? ''
  })
}

// Names are found in memory, where other processes' patients come by a notice; identifiers are found in the database.
test.for([condition, 'family=Zwyssig'])(
  '64 callers of two processes with one condition make one record: %s',
  async (one, { records, other }) => {
    const callers = Array.from({ length: 64 }, (_, at) => createOnce(at % 2 === 0 ? records : other, one))
    expect(new Set(await Promise.all(callers)).size).toBe(1)
  },
)

test('what rests on a turn that was lost is not written, and others of its transaction are', async ({ records }) => {
  const patient = await createPatient(records)
  const write = () => ({
    kind: 'create' as const,
    grant: grant('create', 'Observation'),
    resource: observation(patient),
  })
  // The same moment, so that both go into one transaction of the database.
  const [lost, kept] = await Promise.allSettled([
    records.write([write()], newRequest(), () => false),
    records.write([write()], newRequest(), () => true),
  ])
  expect(lost).toMatchObject({ status: 'rejected', reason: expect.any(Refusal) })
  expect(lost.status === 'rejected' && (lost.reason as Refusal).code).toBe('conflict')
  expect(kept.status).toBe('fulfilled')
  const page = { patient, types: ['Observation'] as const, count: 10 }
  const { records: there } = await records.chart([grant('search', 'Observation')], page, newRequest())
  expect(there).toHaveLength(1)
})

test('neither the log of the database nor its table of locks says what was searched for', async ({
  records,
  owner,
}) => {
  await records.inTurn([`Patient?${condition}`], async () => {
    const { rows } = await owner.query<{ classid: number; objid: number }>(
      `select classid, objid from pg_locks where locktype = 'advisory' and objsubid = 2
        and database = (select oid from pg_database where datname = current_database())`,
    )
    expect(rows).toEqual([{ classid: expect.any(Number), objid: expect.any(Number) }])
    const asked = await owner.query(`select query from pg_stat_activity where application_name = 'chartkeep turns'`)
    expect(JSON.stringify(asked.rows)).not.toContain('MRN')
  })
})

const lab = { system: 'urn:lab', value: 'ACC-7' }

/** A create on a condition of an observation that meets each of the conditions below. */
function createObservationOnce(records: Records, patient: string, condition: string): Promise<string> {
  return records.inTurn(turnsOf('Observation', condition), async (held) => {
    const [known] = await records.match(grant('search', 'Observation'), condition, newRequest())
    if (known !== undefined) return known.id
    const resource = { ...observation(patient), identifier: [lab] }
    const [written] = await records.write([{ kind: 'create', grant: grant('create', 'Observation'), resource }], newRequest(), held) // oxfmt-ignore
    return written?.id ?? ''
  })
}

test.for<[string, (patient: string) => string[]]>([
  [
    'an identifier with and without its system, with others beside it, repeated and escaped',
    () => [
      'identifier=urn:lab|ACC-7',
      'identifier=ACC-7',
      'identifier=urn%3Alab%7CACC-7&status=final',
      'status=final&identifier=urn:lab|ACC-7&identifier=urn:lab|ACC-7',
      'code=8480-6&identifier=urn:lab|ACC-7,urn:lab|ACC-8',
    ],
  ],
  [
    'a patient by each of the parameters that name one',
    (patient) => [
      `patient=${patient}&code=8480-6`,
      `code=8480-6&patient=Patient/${patient}`,
      `subject=Patient/${patient}&code=http://loinc.org|8480-6`,
      `subject:Patient=${patient}&code=8480-6&status=final`,
    ],
  ],
  [
    'neither',
    () => ['code=8480-6&status=final', 'status=final&code=http://loinc.org|8480-6', 'combo-code=8480-6&code=8480-6'],
  ],
])('spellings of one condition make one record in two processes: %s', async ([, spell], { records, other }) => {
  const patient = await createPatient(records)
  const conditions = spell(patient)
  const callers = Array.from({ length: 48 }, (_, at) =>
    createObservationOnce(at % 2 === 0 ? records : other, patient, conditions[at % conditions.length] ?? ''),
  )
  expect(new Set(await Promise.all(callers)).size).toBe(1)
})

test('conditions with different identifiers do not wait for each other', () => {
  const [one, other] = ['identifier=urn:lab|1', 'identifier=urn:lab|2'].map((text) => turnsOf('Observation', text))
  expect(one).not.toEqual(other)
  expect(turnsOf('Observation', 'identifier=urn:lab|1')).not.toEqual(turnsOf('ServiceRequest', 'identifier=urn:lab|1'))
})
