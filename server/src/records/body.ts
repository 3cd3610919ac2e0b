import type { KeyObject } from 'node:crypto'
import { type ResourceType, codeOfType } from '@chartkeep/model/fhir'
import { bucketOf, type Id, Refusal, writeId, writeInt64 } from '#base'
import { Damaged, open, seal } from '#keys'
import { pack, type RowFacts, unpack } from './dictionaries/index.ts'
import { pad } from './padding.ts'

/** What a row says of a version in clear, beside its sealed body. */
export interface Facts {
  readonly tenant: number
  readonly type: ResourceType
  readonly id: Id<string>
  readonly version: number
  /** Clinical time plus the patient's offset, ms: for the order of a chart only. */
  readonly at: number
  /** Unix ms: what `meta.lastUpdated` says. */
  readonly updated: number
  readonly patient: Id<'patient'> | undefined
  readonly keyId: number
  readonly deleted: boolean
}

/**
 * Where a sealed body belongs: the row's clear columns, in the bytes and the order in which the database sends them
 * (`rowColumns`). All of it is associated data, so a body moved to another row, or whose row was changed, does not open;
 * and a row that was read has it ready.
 */
export type Place = Buffer

export const placeLength = 65
// PostgreSQL's binary timestamps count microseconds from 2000-01-01.
export const postgresEpoch = 946_684_800_000

export function spellPlace({ tenant, version, at, updated, keyId, type, id, patient, deleted }: Facts): Place {
  const place = Buffer.alloc(placeLength)
  place.writeInt32BE(tenant, 0)
  place.writeInt32BE(version, 4)
  writeInt64(at, place, 8)
  writeInt64((updated - postgresEpoch) * 1000, place, 16)
  place.writeInt32BE(keyId, 24)
  place.writeInt16BE(bucketOf(id), 28)
  place.writeInt16BE(codeOfType(type), 30)
  writeId(id, place, 32)
  if (patient !== undefined) writeId(patient, place, 48)
  place.writeUInt8(deleted ? 1 : 0, 64)
  return place
}

const format = 1
// Small JSON inflates to a few kilobytes; a body that inflates past this was not made here.
const inflatedLimit = 64 * 1024 * 1024

function associatedData(place: Place, dictionary: number): Buffer {
  const aad = Buffer.allocUnsafe(2 + placeLength)
  aad[0] = format
  aad[1] = dictionary
  aad.set(place, 2)
  return aad
}

function rowFacts({ type, id, version, updated, patient }: Facts): RowFacts {
  return { type, typeCode: codeOfType(type), id, version, updated, patient }
}

/** JSON text → dictionary id (1 byte) | sealed deflate, filled up (see ./dictionaries: what the row says is not stored twice). */
export function sealBody(key: KeyObject, place: Place, facts: Facts, json: Buffer): Buffer {
  const { dictionary, packed } = pack(json, rowFacts(facts))
  const sealed = seal(key, pad(facts.type, packed), associatedData(place, dictionary))
  return Buffer.concat([Buffer.of(dictionary), sealed], 1 + sealed.length)
}

/** The JSON text of a stored body. Throws Refusal 'record-damaged' when it is not exactly what was stored in this place. */
export function openBody(key: KeyObject, place: Place, facts: Facts, body: Buffer): Buffer {
  const dictionary = body[0]
  if (dictionary === undefined) throw new Refusal('record-damaged')
  try {
    const packed = open(key, body.subarray(1), associatedData(place, dictionary))
    const json = unpack(dictionary, packed, rowFacts(facts), inflatedLimit)
    if (json === undefined) throw new Refusal('record-damaged')
    return json
  } catch (error) {
    if (error instanceof Damaged) throw new Refusal('record-damaged', { cause: error })
    throw error
  }
}
