import { newId, readInt64, readUuid, writeId, writeInt64 } from '#base'
import type { LedgerKeys } from '#keys'
import { type EntryContent, type PackedEntry, sealEntry, tagLength } from './entry.ts'
import { idLength, unpackIds } from './packed.ts'
import { type RecordedState, statesOf } from './packed-states.ts'
import { hashLength } from './tree.ts'

/*
 * Entries that become durable together are one row, `ledger.batch`. Its `entries` are, one after the other:
 *
 * flags (1)    which of the parts below are there
 * at (8)       Unix microseconds
 * actor (16), patient (16)
 * header       bytes that it has in common with the header before (2), length (4) and bytes of the rest
 * patients, reads, writes, details, states: length (4) and bytes of each that is not empty
 * tag (16)
 *
 * Integers are big-endian. An entry's id is the batch's with its place in the last two bytes.
 */

/** Who did what an entry tells of, and whose records it was done to. */
export interface Participants {
  readonly actor: string | null
  readonly patients: readonly string[]
}

/** What the sequencer asks of an entry; `states` as they are packed. */
export interface Outline extends Participants {
  readonly states: Buffer
}

/** Entries of one tenant as they become durable. */
export interface SealedBatch {
  readonly id: string
  readonly tenant: number
  readonly changes: boolean
  readonly entries: Buffer
  /** Leaf hashes of its entries, one behind the other. */
  readonly leaves: Buffer
  /** States that its entries record, each with its entry. */
  readonly states: readonly RecordedState[]
}

/** An entry as a batch holds it. */
export interface TaggedEntry extends EntryContent {
  readonly tag: Buffer
}

type Numbered = Pick<SealedBatch, 'id' | 'tenant' | 'entries'>

/** Most entries of a batch: their places have 16 bits, and a leaf row holds whole batches. */
export const mostEntries = 512

/** Bytes that entries of one batch say together, about: what names thousands of records is in a batch of its own. */
export const mostBytes = 1_000_000

const placeLength = 4
const flagged = { actor: 1, patient: 2, patients: 4, reads: 8, writes: 16, details: 32, states: 64 } as const
const allFlags = 127
const lists = ['patients', 'reads', 'writes', 'details', 'states'] as const
const fixedLength = 9
const none = Buffer.alloc(0)

/** The id of a batch's entry by its place, from 0. */
export function entryIdOf(batch: string, place: number): string {
  return batch.slice(0, -placeLength) + place.toString(16).padStart(placeLength, '0')
}

/** The batch that an entry is in, and its place there. */
export function placeOf(entry: string): { readonly batch: string; readonly place: number } {
  return { batch: entryIdOf(entry, 0), place: Number.parseInt(entry.slice(-placeLength), 16) }
}

/** All of one tenant, at most `mostEntries`. */
export function sealBatch(packed: readonly [PackedEntry, ...PackedEntry[]], keys: LedgerKeys): SealedBatch {
  const [{ tenant, at }] = packed
  const id = entryIdOf(newId(at / 1000), 0)
  const leaves = Buffer.allocUnsafeSlow(packed.length * hashLength)
  const sealed = packed.map((each, place) => {
    const entry = sealEntry(each, entryIdOf(id, place), keys)
    leaves.set(entry.leaf, place * hashLength)
    return entry
  })
  return {
    ...{ id, tenant, leaves },
    changes: sealed.some(({ writes }) => writes.length > 0),
    entries: encodeEntries(sealed),
    states: sealed.flatMap(statesOf),
  }
}

export function encodeEntries(entries: readonly TaggedEntry[]): Buffer {
  const encoded = Buffer.allocUnsafeSlow(entries.reduce((sum, entry) => sum + lengthOf(entry), 0))
  let before: Buffer = none
  let at = 0
  for (const entry of entries) {
    at = encodeEntry(entry, before, encoded, at)
    before = entry.header
  }
  return encoded.subarray(0, at)
}

/** Bytes that it takes at most: when its header has nothing in common with the one before. */
function lengthOf(entry: TaggedEntry): number {
  const ids = (entry.actor === null ? 0 : idLength) + (entry.patient === null ? 0 : idLength)
  const parts = lists.reduce((sum, name) => sum + entry[name].length, entry.header.length)
  return fixedLength + ids + 6 + 4 * lists.length + parts + tagLength
}

function encodeEntry(entry: TaggedEntry, before: Buffer, target: Buffer, from: number): number {
  const { actor, patient, header } = entry
  let flags = (actor === null ? 0 : flagged.actor) | (patient === null ? 0 : flagged.patient)
  writeInt64(entry.at, target, from + 1)
  let at = from + fixedLength
  for (const id of [actor, patient]) {
    if (id === null) continue
    writeId(id, target, at)
    at += idLength
  }
  const shared = inCommon(header, before)
  at = target.writeUInt16BE(shared, at)
  at = writePart(header.subarray(shared), target, at)
  for (const name of lists) {
    if (entry[name].length === 0) continue
    flags |= flagged[name]
    at = writePart(entry[name], target, at)
  }
  target[from] = flags
  target.set(entry.tag, at)
  return at + tagLength
}

function writePart(part: Buffer, target: Buffer, at: number): number {
  const from = target.writeUInt32BE(part.length, at)
  target.set(part, from)
  return from + part.length
}

/** Headers of one batch differ in little more than the request, which comes last. */
function inCommon(header: Buffer, before: Buffer): number {
  const most = Math.min(header.length, before.length, 0xffff)
  let length = 0
  while (length < most && header[length] === before[length]) length++
  return length
}

/** An entry's bytes in a batch, without anything copied. */
interface Frame {
  readonly at: number
  readonly actor: string | null
  readonly patient: string | null
  readonly shared: number
  /** Of the header: what it has not in common with the one before. */
  readonly rest: Buffer
  readonly patients: Buffer
  readonly reads: Buffer
  readonly writes: Buffer
  readonly details: Buffer
  readonly states: Buffer
  readonly tag: Buffer
}

/** Throws RangeError for bytes that no `encodeEntries` wrote. */
function* framesIn(bytes: Buffer): Generator<Frame> {
  let at = 0
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('a batch of entries ends too early')
    at += length
    return bytes.subarray(at - length, at)
  }
  const takePart = (): Buffer => take(take(4).readUInt32BE(0))
  while (at < bytes.length) {
    const flags = take(1)[0] ?? 0
    if ((flags & ~allFlags) !== 0) throw new RangeError('an entry with parts that there are not')
    const when = readInt64(take(8), 0)
    if (!Number.isSafeInteger(when)) throw new RangeError('an entry of no time')
    const takeId = (flag: number): string | null => ((flags & flag) === 0 ? null : readUuid(take(idLength), 0))
    const takeList = (flag: number): Buffer => ((flags & flag) === 0 ? none : takePart())
    yield {
      at: when,
      actor: takeId(flagged.actor),
      patient: takeId(flagged.patient),
      shared: take(2).readUInt16BE(0),
      rest: takePart(),
      patients: takeList(flagged.patients),
      reads: takeList(flagged.reads),
      writes: takeList(flagged.writes),
      details: takeList(flagged.details),
      states: takeList(flagged.states),
      tag: take(tagLength),
    }
  }
}

/**
 * Who did each of the entries, whom it is about and which states it records, in their order; of entries as `encodeEntries`
 * wrote them. It takes nothing apart that it does not give: the sequencer asks this of every entry there is.
 */
export function outlinesIn(bytes: Buffer): Outline[] {
  const found: Outline[] = []
  let at = 0
  const skipPart = (): void => void (at += 4 + bytes.readUInt32BE(at))
  while (at < bytes.length) {
    const flags = bytes[at] ?? 0
    at += fixedLength
    const takeId = (flag: number): string | null => {
      if ((flags & flag) === 0) return null
      at += idLength
      return readUuid(bytes, at - idLength)
    }
    const [actor, patient] = [takeId(flagged.actor), takeId(flagged.patient)]
    at += 2
    skipPart()
    const several = at + 4
    if ((flags & flagged.patients) !== 0) skipPart()
    const patients = patient === null ? unpackIds(bytes.subarray(several, at)) : [patient]
    for (const flag of [flagged.reads, flagged.writes, flagged.details]) if ((flags & flag) !== 0) skipPart()
    const last = at + 4
    if ((flags & flagged.states) !== 0) skipPart()
    const states = at < last ? none : bytes.subarray(last, at)
    at += tagLength
    found.push({ actor, patients, states })
  }
  return found
}

/** The states that a batch's entries record. */
export function recordedIn(batch: string, outlines: readonly Outline[]): RecordedState[] {
  return outlines.flatMap(({ states }, place) => statesOf({ id: entryIdOf(batch, place), states }))
}

/** Who did an entry and whom it is about. */
export function participantsOf({ actor, patient, patients }: EntryContent): Participants {
  return { actor, patients: patient === null ? unpackIds(patients) : [patient] }
}

/**
 * The entries of a batch; undefined when its bytes are not as they were written, or its id leaves no places for entries:
 * they would have the ids of another batch's.
 */
export function decodeEntries({ id, tenant, entries }: Numbered): TaggedEntry[] | undefined {
  if (placeOf(id).place !== 0) return undefined
  try {
    let header: Buffer = none
    let repeated = 0 // few bytes could say very much
    const decoded: TaggedEntry[] = []
    for (const { shared, rest, ...frame } of framesIn(entries)) {
      repeated += shared
      if (shared > header.length || repeated > mostBytes || decoded.length === mostEntries) return undefined
      header = shared === 0 ? rest : Buffer.concat([header.subarray(0, shared), rest])
      decoded.push({ ...frame, header, tenant, id: entryIdOf(id, decoded.length) })
    }
    return decoded
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
