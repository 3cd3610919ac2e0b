import { newId } from '#base'
import { systemClock, openLog } from '#base'
import { openLedger, type Ledger } from '#ledger'
import { type Action, type Actor, Grant, type Person, type Role } from '#policy'
import { openRecords, type Records } from '#records'
import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import { test as base } from './postgres.ts'

export interface StoreFixtures {
  ledger: Ledger
  records: Records
}

/** `test` with the record store and the ledger on a database of the test's own. */
export const test = base.extend<StoreFixtures>({
  ledger: async ({ db, keys }, use) => {
    const ledger = openLedger({
      db,
      keys,
      clock: systemClock,
      log: openLog('silent'),
      witnesses: [],
      origin: 'test.example/ledger',
    })
    await use(ledger)
    await ledger.stop()
  },
  records: async ({ db, keys, ledger }, use) => {
    await use(await openRecords({ db, keys, ledger, clock: systemClock, log: openLog('silent') }))
  },
})

export function person(role: Role = 'clinician'): Person {
  return { kind: 'person', tenant: 1, id: newId(0), role, session: newId(0), workstation: 'room-1' }
}

export const importer: Actor = { kind: 'job', tenant: 1, id: newId(0), task: 'import', workstation: 'server' }

export function grant<A extends Action>(action: A, type: ResourceType, actor: Actor = person()): Grant<A> {
  return Grant.for({ actor, action, type, purpose: 'TREAT' })
}

export function newRequest(): string {
  return newId(0)
}

/** Creates a patient and answers the id. */
export async function createPatient(records: Records, elements: Partial<Resource> = {}) {
  const resource: Resource = {
    resourceType: 'Patient',
    name: [{ family: 'Zwyssig-Canary', given: ['Quirina'] }],
    birthDate: '1961-03-12',
    gender: 'female',
    ...elements,
  }
  const [written] = await records.write([{ kind: 'create', grant: grant('create', 'Patient'), resource }], newRequest())
  if (written?.patient === undefined) throw new Error('a patient was created')
  return written.patient
}

/** Creates a record and answers what was written. */
export async function create(records: Records, resource: Resource, actor: Actor = person()) {
  const [written] = await records.write(
    [{ kind: 'create', grant: grant('create', resource.resourceType, actor), resource }],
    newRequest(),
  )
  if (written === undefined) throw new Error('a record was created')
  return written
}

export function observation(patient: string, code = '8480-6', at = '2026-03-01T10:00:00Z', value = 120): Resource {
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
    ],
    code: { coding: [{ system: 'http://loinc.org', code, display: 'Systolic canary pressure' }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: at,
    valueQuantity: { value, unit: 'mm[Hg]', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  }
}
