import type { ResourceType } from '@chartkeep/model/fhir'

// Length is all that a sealed body shows, and it shows much: of invented practices, one measurement in four and one
// medicine in six could be told by it. So bodies of one type are made equally long, as far as that costs little.

const step = 48
// Where both steps meet.
const shortMost = 960
const longStep = 64

/**
 * The length that most invented records of a type have at most, where a code is nearly all they say. What is longer,
 * and every other type, goes by steps. Costs some 40 bytes a record on Synthea's patients.
 */
const common: Partial<Record<ResourceType, number>> = {
  AllergyIntolerance: 120,
  Condition: 136,
  Immunization: 168,
  MedicationRequest: 208,
  Observation: 144,
  ServiceRequest: 104,
}

/**
 * To how many bytes a body is filled up. Long ones keep so few bits of their length that at most 12 % is added (Padmé:
 * Nikitin and others, PETS 2019, section 4).
 */
export function paddedLength(type: ResourceType, length: number): number {
  const unit = length <= shortMost ? step : Math.max(longStep, padmeUnit(length))
  const least = common[type] ?? 0
  return length <= least ? least : Math.ceil(length / unit) * unit
}

function padmeUnit(length: number): number {
  const exponent = 31 - Math.clz32(Math.max(length, 2))
  return 2 ** (exponent - (31 - Math.clz32(exponent)) - 1)
}

const documentStep = 1024

/**
 * To how many bytes the content of a document, or a draft, is filled up: steps of 1 KiB at least, and of at most 12 % of
 * its length.
 * @param pieceSize a power of two: no step is longer, so filling up never takes another piece
 */
export function paddedContent(length: number, pieceSize: number): number {
  const unit = Math.min(pieceSize, Math.max(documentStep, padmeUnit(length)))
  return Math.max(documentStep, Math.ceil(length / unit) * unit)
}

/** With zeros behind the end that deflate marks in its own bytes: inflating stops there. */
export function pad(type: ResourceType, packed: Buffer): Buffer {
  const padded = Buffer.alloc(paddedLength(type, packed.length))
  padded.set(packed)
  return padded
}

const lengthBytes = 4

/** Content with zeros behind it up to `length`, and at its end how many bytes of it are content. */
export function fillUp(content: Uint8Array, length: number): Buffer {
  const filled = Buffer.alloc(length + lengthBytes)
  filled.set(content)
  filled.writeUInt32BE(content.length, length)
  return filled
}

/** The content of what `fillUp` gave; undefined when it did not. */
export function contentOf(filled: Buffer): Buffer | undefined {
  const most = filled.length - lengthBytes
  const length = most < 0 ? Number.POSITIVE_INFINITY : filled.readUInt32BE(most)
  return length > most ? undefined : filled.subarray(0, length)
}

const tokenStep = 9

/**
 * Tokens of a record, three at a time: how many there are says which kind of allergy it may be. What fills them up looks
 * as tokens do and is different for each record; one that happens to be searched for leads to a record that does not match.
 * @param fill six bytes that only the keyring makes, so that verification knows them too
 */
export function fillTokens(tokens: Buffer, fill: () => Buffer): Buffer {
  const missing = (tokenStep - (tokens.length % tokenStep)) % tokenStep
  return missing === 0 ? tokens : Buffer.concat([tokens, fill().subarray(0, missing)], tokens.length + missing)
}
