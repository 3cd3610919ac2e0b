import { type ResourceType, typeOfCode } from '@chartkeep/model/fhir'
import { type Bucket, type Id, parseId } from '#base'
import type { HeldKey, PatientKeys } from './patient-keys.ts'
import { openBody, type Place } from './body.ts'

/** One version of a record as the database holds it, still sealed. */
export interface Row {
  readonly tenant: number
  readonly bucket: Bucket
  readonly id: Id<string>
  readonly type: ResourceType
  readonly version: number
  readonly patient: Id<'patient'> | undefined
  /** Clinical time plus the patient's offset, ms: for the order of a chart only. */
  readonly at: number
  readonly updated: number
  readonly keyId: number
  readonly deleted: boolean
  readonly body: Buffer
}

export interface StoredRow {
  tenant: number
  bucket: number
  id: string
  type: number
  version: number
  patient: string | null
  at: string
  updated: Date
  key_id: number
  deleted: boolean
  body: Buffer
}

/** The columns of records.resource and records.version that make a Row, under the alias r. */
export const rowColumns =
  'r.tenant, r.bucket, r.id, r.type, r.version, r.patient, r.at, r.updated, r.key_id, r.deleted, r.body'

export function parseRow(stored: StoredRow): Row {
  const id = parseId<string>(stored.id)
  const patient = stored.patient === null ? undefined : parseId<'patient'>(stored.patient)
  if (id === undefined) throw new Error('a uuid column holds an id')
  return {
    tenant: stored.tenant,
    bucket: stored.bucket,
    id,
    type: typeOfCode(stored.type),
    version: stored.version,
    patient,
    at: Number(stored.at),
    updated: stored.updated.getTime(),
    keyId: stored.key_id,
    deleted: stored.deleted,
    body: stored.body,
  }
}

function placeOf(row: Omit<Row, 'body'>): Place {
  return {
    tenant: row.tenant,
    type: row.type,
    id: row.id,
    version: row.version,
    updated: row.updated,
    patient: row.patient,
    keyId: row.keyId,
    deleted: row.deleted,
  }
}

/** The JSON text of a row. Throws Refusal 'record-damaged' when any of it was altered or moved. */
export async function openRow(keys: PatientKeys, row: Row): Promise<Buffer> {
  return openRowWith(keys.held(row.tenant, row.patient) ?? (await keys.require(row.tenant, row.patient)), row)
}

/** The same when the key is at hand. */
export function openRowWith(held: HeldKey, row: Row): Buffer {
  return openBody(held.key, placeOf(row), row.body)
}
