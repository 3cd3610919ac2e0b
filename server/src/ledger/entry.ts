import type { KeyObject } from 'node:crypto'
import { sha256, writeId, writeInt64 } from '#base'
import { hmacSha256, type LedgerKeys, open, seal } from '#keys'
import type { EntryFacts } from './facts.ts'
import { headerOf } from './header.ts'
import { packStates } from './packed-states.ts'
import { checkUuid, isUuid, packIds, packReads, packWrites } from './packed.ts'

/** What the leaf hash covers: all of an entry but its tag and the transaction it came in. */
export interface EntryContent {
  readonly id: string
  readonly tenant: number
  /** Unix time in microseconds. */
  readonly at: number
  readonly actor: string | null
  /** The only patient; null when there is none, or several (then they are in `patients`). */
  readonly patient: string | null
  readonly header: Buffer
  readonly patients: Buffer
  readonly reads: Buffer
  readonly writes: Buffer
  readonly details: Buffer
  readonly states: Buffer
}

export interface SealedEntry extends EntryContent {
  readonly leaf: Buffer
  readonly tag: Buffer
}

/** What an entry says, packed, before it has an id: `details` are in the clear. */
export type PackedEntry = Omit<EntryContent, 'id'>

const nothing = Buffer.alloc(0)

/** Throws TypeError for facts that cannot be recorded exactly. */
export function packEntry(facts: EntryFacts): PackedEntry {
  const header = headerOf(facts)
  const patients = [...new Set(facts.patients)]
  const [only] = patients
  const written = facts.records.filter((record) => record.hash !== undefined)
  const read = facts.records.filter((record) => record.hash === undefined)
  const packed = {
    tenant: facts.tenant,
    at: Math.floor(facts.at) * 1000,
    actor: facts.actor.id !== undefined && isUuid(facts.actor.id) ? facts.actor.id : null,
    patient: only !== undefined && patients.length === 1 ? checkUuid(only) : null,
    header: Buffer.from(JSON.stringify(header)),
    patients: patients.length > 1 ? packIds(patients) : nothing,
    reads: packReads(read, header.types),
    writes: packWrites(written, header.types),
    states: packStates(facts.states ?? []),
    details: facts.details === undefined ? nothing : Buffer.from(filled(JSON.stringify(facts.details))),
  }
  if (sizeOf(packed) > mostOfEntry) throw new TypeError('an entry says more than would be read back')
  return packed
}

// A transaction of 20,000 records takes one million.
const mostOfEntry = 16_000_000

/** Bytes of what it says, about. */
export function sizeOf({ header, patients, reads, writes, states, details }: PackedEntry): number {
  return header.length + patients.length + reads.length + writes.length + states.length + details.length
}

/** Seals its details, hashes it and tags it. */
export function sealEntry(packed: PackedEntry, id: string, keys: Pick<LedgerKeys, 'seal' | 'tag'>): SealedEntry {
  const details = packed.details.length === 0 ? nothing : seal(keys.seal, packed.details, detailsContext(id))
  const content = { ...packed, id, details }
  const leaf = leafOf(content)
  return { ...content, leaf, tag: tagOf(leaf, keys.tag) }
}

// White space behind JSON means nothing: how long a name was searched for is not told by its length.
const filled = (text: string): string => text.padEnd(Math.ceil(text.length / 64) * 64)

/** Throws Damaged. */
export function openDetails(entry: Pick<EntryContent, 'id' | 'details'>, keys: Pick<LedgerKeys, 'seal'>): unknown {
  if (entry.details.length === 0) return undefined
  return JSON.parse(open(keys.seal, entry.details, detailsContext(entry.id)).toString('utf8'))
}

const detailsContext = (id: string): Buffer => Buffer.from(`chartkeep/1/details|${id}`)

/**
 * The leaf hash (RFC 6962: 0x00 first) over a framing in which no two entries look alike: fixed fields, then each list
 * with its length; states only where there are some. Details are covered as ciphertext, so the proof outlives the key they are sealed with.
 */
export function leafOf(entry: EntryContent): Buffer {
  const stateful = entry.states.length > 0
  const parts = [entry.header, entry.patients, entry.reads, entry.writes, entry.details]
  if (stateful) parts.push(entry.states)
  const length = fixedLength + parts.reduce((sum, part) => sum + 4 + part.length, 0)
  const framed = length <= desk.length ? desk.subarray(0, length) : Buffer.allocUnsafeSlow(length)
  framed.fill(0, 0, fixedLength)
  framed[1] = formatVersion // framed[0] is RFC 6962's 0x00
  writeId(entry.id, framed, 2)
  framed.writeUInt32BE(entry.tenant >>> 0, 18) // 32 bits, whatever they mean
  writeInt64(entry.at, framed, 22)
  framed[30] = (entry.actor === null ? 0 : 1) | (entry.patient === null ? 0 : 2) | (stateful ? 4 : 0)
  if (entry.actor !== null) writeId(entry.actor, framed, 31)
  if (entry.patient !== null) writeId(entry.patient, framed, 47)
  let at = fixedLength
  for (const part of parts) {
    at = framed.writeUInt32BE(part.length, at)
    framed.set(part, at)
    at += part.length
  }
  return sha256(framed)
}

// Where what is hashed is put together: a buffer of its own for each entry costs more than the hash.
const desk = Buffer.allocUnsafeSlow(8192)

const formatVersion = 1
const fixedLength = 63
export const tagLength = 16

/** Shows that an entry was made by someone with the ledger's keys: not by SQL. 16 bytes of HMAC-SHA256. */
export function tagOf(leaf: Buffer, key: KeyObject): Buffer {
  return hmacSha256(key, leaf).subarray(0, tagLength)
}
