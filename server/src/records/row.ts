import { typeOfCode } from '@chartkeep/model/fhir'
import { type Bucket, readId, readInt64 } from '#base'
import { type Facts, openBody, type Place, placeLength, postgresEpoch } from './body.ts'
import type { HeldKey, PatientKeys } from './patient-keys.ts'

/** One version of a record as the database holds it, still sealed. */
export interface Row extends Facts {
  readonly bucket: Bucket
  readonly place: Place
  readonly body: Buffer
}

/** A row as the queries of this module ask for it: in one column, because each column costs more to read than its bytes. */
export interface StoredRow {
  row: Buffer
}

// oxfmt-ignore
const packed = [
  'int4send(r.tenant)', 'int4send(r.version)', 'int8send(r.at)', 'timestamptz_send(r.updated)', 'int4send(r.key_id)', 'int2send(r.bucket)',
  'int2send(r.type)', 'uuid_send(r.id)', "uuid_send(coalesce(r.patient, '00000000-0000-0000-0000-000000000000'))",
  "case when r.deleted then '\\x01'::bytea else '\\x00'::bytea end", 'r.body',
]

/** What makes a Row of records.resource and records.version under the alias r. */
export const rowColumns = `${packed.join(' || ')} as row`

export function parseRow({ row }: StoredRow): Row {
  const id = readId<string>(row, 32)
  if (id === undefined) throw new Error('a row has an id')
  return {
    tenant: row.readInt32BE(0),
    version: row.readInt32BE(4),
    at: readInt64(row, 8),
    updated: Math.trunc(readInt64(row, 16) / 1000) + postgresEpoch,
    keyId: row.readInt32BE(24),
    bucket: row.readInt16BE(28),
    type: typeOfCode(row.readInt16BE(30)),
    id,
    patient: readId<'patient'>(row, 48),
    deleted: row.readUInt8(64) === 1,
    place: row.subarray(0, placeLength),
    body: row.subarray(placeLength),
  }
}

/** The JSON text of a row. Throws Refusal 'record-damaged' when any of it was altered or moved. */
export async function openRow(keys: PatientKeys, row: Row): Promise<Buffer> {
  return openRowWith(keys.held(row.tenant, row.patient) ?? (await keys.require(row.tenant, row.patient)), row)
}

/** The same when the key is at hand. */
export function openRowWith(held: HeldKey, row: Row): Buffer {
  return openBody(held.key.body, row.place, row, row.body)
}
