import { randomFillSync } from 'node:crypto'
import { digitOf, readUuid, uuidPlaces } from './uuid.ts'

declare const kind: unique symbol
/** A UUID that has been checked to be one, and names one particular kind of thing. */
export type Id<Kind extends string> = string & { readonly [kind]: Kind }

/** Shard key: 0 to 4095. A patient and everything in that patient's compartment share one. */
export type Bucket = number

export const bucketCount = 4096

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Lower-case UUID text → Id, or undefined. Upper case is refused: an id has one spelling. */
export function parseId<Kind extends string>(text: string): Id<Kind> | undefined {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the one place where text becomes an Id
  return UUID.test(text) ? (text as Id<Kind>) : undefined
}

// Random bytes come from a pool: one system call serves 256 ids.
const pool = Buffer.allocUnsafe(4096)
let used = pool.length

function takeRandom(length: number): Buffer {
  if (used + length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += length
  return pool.subarray(used - length, used)
}

/**
 * UUIDv8 (RFC 9562): 48 bits of Unix milliseconds, 12 bits of bucket, 62 random bits.
 * @param bucket 0 to 4095; omitted, the record draws its own.
 */
export function newId<Kind extends string>(at: number, bucket?: Bucket): Id<Kind> {
  const random = takeRandom(10)
  const drawn = bucket ?? random.readUInt16BE(8) & 0xfff
  return formatId(at, drawn, random)
}

/** The id with these parts; `entropy` gives its 62 last bits (8 bytes are read). */
export function formatId<Kind extends string>(at: number, bucket: Bucket, entropy: Uint8Array): Id<Kind> {
  const time = Math.floor(at)
  parts.writeUIntBE(time, 0, 6)
  parts[6] = 0x80 | (bucket >> 8)
  parts[7] = bucket & 0xff
  parts[8] = ((entropy[0] ?? 0) & 0x3f) | 0x80
  for (let i = 1; i < 8; i++) parts[8 + i] = entropy[i] ?? 0
  return idAt(parts, 0)
}

const parts = Buffer.alloc(16)

function idAt<Kind extends string>(bytes: Uint8Array, at: number): Id<Kind> {
  // oxlint-disable-next-line no-unsafe-type-assertion -- 32 digits of hex in groups are a UUID
  return readUuid(bytes, at) as Id<Kind>
}

/** The shard that an id of ours names in its own text. */
export function bucketOf(id: Id<string>): Bucket {
  return Number.parseInt(id.slice(15, 18), 16)
}

/** 16 bytes of a UUID's text, at `offset`. */
export function writeId(id: string, target: Buffer, offset: number): void {
  let at = offset
  for (const place of uuidPlaces) target[at++] = (digitAt(id, place) << 4) | digitAt(id, place + 1)
}

const digitAt = (id: string, at: number): number => (digitOf[id.charCodeAt(at)] ?? 0) & 15

/** The id in 16 bytes from `offset`; undefined for the nil UUID, which names nothing. */
export function readId<Kind extends string>(source: Buffer, offset: number): Id<Kind> | undefined {
  for (let at = offset; at < offset + 16; at++) if (source[at] !== 0) return idAt(source, offset)
  return undefined
}
