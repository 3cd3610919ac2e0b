import { createHmac, type KeyObject } from 'node:crypto'
import type { ResourceType } from '@chartkeep/model/fhir'
import { hmacSha256, type PatientKey } from '#keys'

/** Bytes of one token within a patient. False matches (1 in 16 million) fall to the exact comparison after opening. */
const tokenLength = 3
const knownLimit = 4096

// A patient's codes and statuses repeat: most tokens of an import were made a moment ago.
const known = new WeakMap<PatientKey, Map<string, Buffer>>()

/**
 * The token of one value under this patient's key. The same value of another patient has another token, and so has the
 * same code in another type: whoever may write one type, and sees a copy of the database, must not test guesses about
 * the codes of another.
 */
export function patientToken(key: PatientKey, type: ResourceType, parameter: string, value: string): Buffer {
  let tokens = known.get(key)
  if (tokens === undefined || tokens.size > knownLimit) known.set(key, (tokens = new Map()))
  const text = `${type}\0${parameter}\0${value}`
  let token = tokens.get(text)
  // Not `hmacSha256`: it answers with a piece of the block that small buffers share, and kept for long keeps all of it.
  if (token === undefined)
    tokens.set(text, (token = createHmac('sha256', key.token).update(text).digest().subarray(0, tokenLength)))
  return token
}

/** What fills up the tokens of a record: for each another. */
export function fillOf(key: PatientKey, id: string): Buffer {
  return hmacSha256(key.token, Buffer.from(`fill\0${id}`))
}

const offsets = new WeakMap<PatientKey, Map<ResourceType, number>>()

/**
 * Added to the clinical times of a patient's records of one type before they are stored, in ms (up to 35 years): the order
 * stays, the dates go. Each type has another, so that a date of one type that is known does not date the others.
 */
export function timeOffset(key: PatientKey, type: ResourceType): number {
  let byType = offsets.get(key)
  if (byType === undefined) offsets.set(key, (byType = new Map()))
  let offset = byType.get(type)
  if (offset === undefined)
    byType.set(
      type,
      (offset = createHmac('sha256', key.token).update(`time offset\0${type}`).digest().readUIntBE(0, 5)),
    )
  return offset
}

/**
 * A look-up token: 64 bits of HMAC, as the column holds them. Two values that share one lead to each other's records, which
 * fall to the exact comparison after opening; of ten million values some two do with a chance of 1 in 400,000.
 */
export type LookupToken = bigint

/** @param key the keyring's 'index/identity' or 'index/operational' key */
export function lookupToken(
  key: KeyObject,
  tenant: number,
  type: ResourceType,
  parameter: string,
  value: string,
): LookupToken {
  const digest = hmacSha256(key, Buffer.from(`${tenant}\0${type}\0${parameter}\0${value}`))
  return digest.readBigInt64BE(0)
}
