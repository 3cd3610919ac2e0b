import { type ResourceType, codeOfType } from '@chartkeep/model/fhir'
import { type Id, Refusal, writeId } from '#base'
import { Damaged, open, type PatientKey, seal } from '#keys'
import { pack, type RowFacts, unpack } from './dictionaries/index.ts'

/** Where a sealed body belongs. All of it is associated data: a body moved to another row does not open. */
export interface Place {
  readonly tenant: number
  readonly type: ResourceType
  readonly id: Id<string>
  readonly version: number
  /** Unix ms: what `meta.lastUpdated` says. */
  readonly updated: number
  readonly patient: Id<'patient'> | undefined
  readonly keyId: number
  readonly deleted: boolean
}

const format = 1
// Small JSON inflates to a few kilobytes; a body that inflates past this was not made here.
const inflatedLimit = 64 * 1024 * 1024

function associatedData(place: Place, dictionary: number): Buffer {
  const aad = Buffer.alloc(57)
  aad.writeUInt8(format, 0)
  aad.writeUInt8(dictionary, 1)
  aad.writeUInt16BE(codeOfType(place.type), 2)
  aad.writeUInt32BE(place.tenant, 4)
  aad.writeUInt32BE(place.version, 8)
  aad.writeUInt32BE(place.keyId, 12)
  writeId(place.id, aad, 16)
  if (place.patient !== undefined) writeId(place.patient, aad, 32)
  aad.writeUInt8(place.deleted ? 1 : 0, 48)
  aad.writeBigInt64BE(BigInt(place.updated), 49)
  return aad
}

function factsOf({ type, id, version, updated, patient }: Place): RowFacts {
  return { type, typeCode: codeOfType(type), id, version, updated, patient }
}

/** JSON text → dictionary id (1 byte) | sealed deflate (see ./dictionaries: what the row says is not stored twice). */
export function sealBody(key: PatientKey, place: Place, json: Buffer): Buffer {
  const { dictionary, packed } = pack(json, factsOf(place))
  const sealed = seal(key.body, packed, associatedData(place, dictionary))
  return Buffer.concat([Buffer.of(dictionary), sealed], 1 + sealed.length)
}

/** The JSON text of a stored body. Throws Refusal 'record-damaged' when it is not exactly what was stored in this place. */
export function openBody(key: PatientKey, place: Place, body: Buffer): Buffer {
  const dictionary = body[0]
  if (dictionary === undefined) throw new Refusal('record-damaged')
  try {
    const packed = open(key.body, body.subarray(1), associatedData(place, dictionary))
    const json = unpack(dictionary, packed, factsOf(place), inflatedLimit)
    if (json === undefined) throw new Refusal('record-damaged')
    return json
  } catch (error) {
    if (error instanceof Damaged) throw new Refusal('record-damaged', { cause: error })
    throw error
  }
}
