// What tests of the import share: a store, a folder of files, and invented records.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLog, parseId, systemClock } from '#base'
import { importedId, importFiles, type ImportParts, type ImportReport, verifyFiles, type VerifyReport } from '#import'
import { type Ledger, openLedger } from '#ledger'
import { Grant } from '#policy'
import { firstTenant, openRecords, type Records } from '#records'
import { test as database } from './postgres.ts'
import { scratchFolder } from './scratch.ts'

interface Link {
  reference: string
}

/** What these tests look at. */
interface Stored {
  id: string
  meta: object
  subject: Link
  patient: Link
  encounter: Link
  performer: Link[]
  focus: Link[]
  generalPractitioner: Link[]
}

interface Setting {
  folder: string
  records: Records
  parts: ImportParts
  /** Imports files of these names and contents. */
  bring(files: Readonly<Record<string, string | Buffer>>, options?: Partial<ImportParts>): Promise<ImportReport>
  /** Compares files of these names and contents with what is here. */
  verify(files: Readonly<Record<string, string | Buffer>>, options?: Partial<ImportParts>): Promise<VerifyReport>
  ledger: Ledger
  /** The stored resource that came from the name in the source. */
  stored(
    type: 'Patient' | 'Observation' | 'Practitioner' | 'Encounter' | 'AllergyIntolerance' | 'Bundle',
    name: string,
    patient?: string,
  ): Promise<Stored>
}

export const log = openLog('silent')

export const actor = {
  kind: 'job',
  tenant: firstTenant,
  id: parseId<'job'>('00000000-0000-8000-8000-000000000001')!,
  task: 'import',
  workstation: 'test',
} as const

export const test = database.extend<{ setting: Setting }>({
  setting: async ({ db, keys }, use) => {
    const folder = scratchFolder('import')
    const clock = systemClock
    const ledger = openLedger({ db, keys, clock, log, witnesses: [], origin: 'chartkeep/test' })
    const records = await openRecords({ db, keys, ledger, clock, log })
    const idKey = keys.hmacKey('import-ids')
    const parts = { records, idKey, clock, log, tenant: firstTenant, workstation: 'test', source: 'test' }
    const place = (files: Readonly<Record<string, string | Buffer>>): string[] =>
      Object.entries(files).map(([name, content]) => {
        const path = join(folder, name)
        writeFileSync(path, content)
        return path
      })
    await use({
      folder,
      records,
      parts,
      bring: async (files, options) => importFiles(place(files), { ...parts, ...options }),
      verify: async (files, options) => verifyFiles(place(files), { ...parts, ...options }),
      ledger,
      async stored(type, name, patient) {
        const id = importedId<string>(idKey, 'test', name, patient)
        const { json } = await records.read(Grant.for({ actor, action: 'read', type, purpose: 'SYSADMIN' }), id, id)
        return JSON.parse(json.toString()) as Stored
      },
    })
    await ledger.stop()
    rmSync(folder, { recursive: true, force: true })
  },
})

export const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, gender: 'female', ...more })
export const observation = (id: string, subject: string, more: object = {}) => ({
  ...{ resourceType: 'Observation', id, status: 'final', code: { text: 'x' }, subject: { reference: subject } },
  ...more,
})
export const practitioner = (id: string, npi: string) => ({
  resourceType: 'Practitioner',
  id,
  identifier: [{ system: 'urn:npi', value: npi }],
})
export const urn = (id: string) => `urn:uuid:${id}`
export const entry = (resource: { resourceType: string; id: string }, request: object = {}) => ({
  fullUrl: urn(resource.id),
  resource,
  request: { method: 'POST', url: resource.resourceType, ...request },
})
export const bundle = (...entries: object[]) =>
  JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: entries }, undefined, 2)
export const lines = (...resources: object[]) => resources.map((one) => JSON.stringify(one)).join('\n')
export const reasons = ({ rejected }: ImportReport) => rejected.map(({ position, reason }) => `${position} ${reason}`)
