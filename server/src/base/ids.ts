import { randomFillSync } from 'node:crypto'

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

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

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
  const time = Math.floor(at).toString(16).padStart(12, '0')
  const h = (i: number) => hex[entropy[i] ?? 0] ?? '00'
  const variant = hex[((entropy[0] ?? 0) & 0x3f) | 0x80] ?? '80'
  const text =
    time.slice(0, 8) +
    '-' +
    time.slice(8, 12) +
    '-8' +
    bucket.toString(16).padStart(3, '0') +
    '-' +
    variant +
    h(1) +
    '-' +
    h(2) +
    h(3) +
    h(4) +
    h(5) +
    h(6) +
    h(7)
  // oxlint-disable-next-line no-unsafe-type-assertion -- made here, so it is one
  return text as Id<Kind>
}

/** The shard that an id of ours names in its own text. */
export function bucketOf(id: Id<string>): Bucket {
  return Number.parseInt(id.slice(15, 18), 16)
}

/** 16 bytes of a UUID's text, appended at `offset`. */
export function writeId(id: string, target: Buffer, offset: number): void {
  target.write(id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24), offset, 'hex')
}

/** The id in 16 bytes from `offset`; undefined for the nil UUID, which names nothing. */
export function readId<Kind extends string>(source: Buffer, offset: number): Id<Kind> | undefined {
  const digits = source.toString('hex', offset, offset + 16)
  if (digits === nil) return undefined
  const text = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
  // oxlint-disable-next-line no-unsafe-type-assertion -- 32 digits of hex in groups are a UUID
  return text as Id<Kind>
}

const nil = '0'.repeat(32)
