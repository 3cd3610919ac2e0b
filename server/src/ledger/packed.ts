import { readUuid, writeId } from '#base'
import type { EntryRecord } from './facts.ts'

/*
 * Lists in an entry are packed, because a transaction of 200 records is one entry:
 * patients: 16 bytes each (UUID)
 * reads:    22 bytes each: index of the type in the header's list (2), id (16), version (4)
 * writes:   54 bytes each: the same, then the SHA-256 of the sealed body (32)
 */
export const idLength = 16
const hashLength = 32
const readLength = 2 + idLength + 4
const writeLength = readLength + hashLength

/** A record as an entry names it. */
export interface NamedRecord {
  readonly type: string
  readonly id: string
  readonly version: number
}

export interface WrittenRecord extends NamedRecord {
  readonly hash: Buffer
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** An id in an entry has to be one: what is not recorded exactly is not recorded. Throws TypeError. */
export function checkUuid(id: string): string {
  if (!uuid.test(id)) throw new TypeError('an entry names things by UUID')
  return id
}

export const isUuid = (text: string): boolean => uuid.test(text)

export function packIds(ids: readonly string[]): Buffer {
  const packed = Buffer.allocUnsafe(ids.length * idLength)
  for (const [index, id] of ids.entries()) writeId(checkUuid(id), packed, index * idLength)
  return packed
}

export function unpackIds(packed: Buffer): string[] {
  const ids: string[] = []
  for (let at = 0; at + idLength <= packed.length; at += idLength) ids.push(readUuid(packed, at))
  return ids
}

export function packReads(records: readonly EntryRecord[], types: readonly string[]): Buffer {
  const packed = Buffer.allocUnsafe(records.length * readLength)
  for (const [index, record] of records.entries()) packName(record, types, packed, index * readLength)
  return packed
}

export function packWrites(records: readonly EntryRecord[], types: readonly string[]): Buffer {
  const packed = Buffer.allocUnsafe(records.length * writeLength)
  for (const [index, record] of records.entries()) {
    if (record.hash?.length !== hashLength)
      throw new TypeError('a write is recorded with the SHA-256 of the sealed body')
    packName(record, types, packed, index * writeLength)
    packed.set(record.hash, index * writeLength + readLength)
  }
  return packed
}

function packName(record: EntryRecord, types: readonly string[], target: Buffer, at: number): void {
  const type = types.indexOf(record.type)
  if (type < 0) throw new Error('the header lacks a type')
  target.writeUInt16BE(type, at)
  writeId(checkUuid(record.id), target, at + 2)
  target.writeUInt32BE(record.version, at + 2 + idLength)
}

export function unpackReads(packed: Buffer, types: readonly string[]): NamedRecord[] {
  const records: NamedRecord[] = []
  for (let at = 0; at + readLength <= packed.length; at += readLength) records.push(unpackName(packed, at, types))
  return records
}

export function unpackWrites(packed: Buffer, types: readonly string[]): WrittenRecord[] {
  const records: WrittenRecord[] = []
  for (let at = 0; at + writeLength <= packed.length; at += writeLength) {
    records.push({ ...unpackName(packed, at, types), hash: packed.subarray(at + readLength, at + writeLength) })
  }
  return records
}

function unpackName(packed: Buffer, at: number, types: readonly string[]): NamedRecord {
  const type = types[packed.readUInt16BE(at)] ?? ''
  return { type, id: readUuid(packed, at + 2), version: packed.readUInt32BE(at + 2 + idLength) }
}
