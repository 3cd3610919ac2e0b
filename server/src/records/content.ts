import { Readable } from 'node:stream'
import { bucketOf, type Id, Refusal, writeId } from '#base'
import type { Database, Tx } from '#db'
import { Damaged, open, type PatientKey, seal } from '#keys'
import { contentOf, fillUp, paddedContent } from './padding.ts'

// The content of a Binary in sealed pieces, so that a gigabyte passes through without being held. A piece says in its
// associated data which record it belongs to, its number and whether it is the last: none can be left out, doubled,
// exchanged or cut off. The last is filled up, so that the database tells the length of no document, and ends with how
// much of it is content. Content is written before its record, and never changed: without a record it cannot be reached.

const pieceSize = 256 * 1024

function associatedData(tenant: number, id: Id<string>, number: number, last: boolean): Buffer {
  const aad = Buffer.alloc(26)
  aad.writeUInt8(0xc2, 0)
  aad.writeUInt32BE(tenant, 1)
  writeId(id, aad, 5)
  aad.writeUInt32BE(number, 21)
  aad.writeUInt8(last ? 1 : 0, 25)
  return aad
}

/** Where content belongs, and under which key. */
export interface ContentPlace {
  readonly tenant: number
  readonly id: Id<string>
  readonly key: PatientKey
}

/** Stores what the stream gives, up to `limit` bytes, and answers its size. An interrupted stream leaves nothing behind. */
export async function storeContent(
  db: Database,
  { tenant, id, key }: ContentPlace,
  stream: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<number> {
  let size = 0
  let number = 0
  const store = async (piece: Buffer, last: boolean): Promise<void> => {
    const before = number * pieceSize
    const plain = last ? fillUp(piece, paddedContent(before + piece.length, pieceSize) - before) : piece
    const body = seal(key.chunk, plain, associatedData(tenant, id, number, last))
    await db.transact(tenant, (tx) =>
      tx.query({
        name: 'records.store-chunk',
        text: 'insert into records.chunk (tenant, bucket, id, number, body) values ($1, $2, $3, $4, $5)',
        values: [tenant, bucketOf(id), id, number, body],
      }),
    )
    number++
  }
  try {
    for await (const { piece, last } of pieces(stream)) {
      size += piece.length
      if (size > limit) throw new Refusal('too-large')
      await store(piece, last)
    }
    // An upload that slept for hours may have been swept away meanwhile (sweep.ts).
    if ((await countPieces(db, tenant, id)) !== number) throw new Refusal('conflict')
    return size
  } catch (error) {
    await dropContent(db, tenant, id).catch(() => undefined)
    throw error
  }
}

/** The stream in pieces of one size; the last, which may be empty, is marked. */
async function* pieces(stream: AsyncIterable<Uint8Array>): AsyncGenerator<{ piece: Buffer; last: boolean }> {
  let held: Buffer[] = []
  let length = 0
  for await (const part of stream) {
    held.push(Buffer.from(part))
    length += part.length
    if (length <= pieceSize) continue
    const joined = Buffer.concat(held)
    let from = 0
    for (; joined.length - from > pieceSize; from += pieceSize)
      yield { piece: joined.subarray(from, from + pieceSize), last: false }
    held = [joined.subarray(from)]
    length = joined.length - from
  }
  yield { piece: Buffer.concat(held), last: true }
}

async function dropContent(db: Database, tenant: number, id: Id<string>): Promise<void> {
  await db.transact(tenant, (tx) =>
    tx.query({ text: 'delete from records.chunk where bucket = $1 and id = $2', values: [bucketOf(id), id] }),
  )
}

async function countPieces(db: Database, tenant: number, id: Id<string>): Promise<number> {
  const { rows } = await db.transact(tenant, (tx) =>
    tx.query<{ count: number }>({
      name: 'records.count-chunks',
      text: 'select count(*)::integer as count from records.chunk where bucket = $1 and id = $2',
      values: [bucketOf(id), id],
    }),
  )
  return rows[0]?.count ?? 0
}

/** Content that can be read as a whole or in part. */
export interface Content {
  readonly size: number
  /** The bytes from `from` up to `end`, which is left out: all of them, if not said. */
  read(from?: number, end?: number): Readable
}

/**
 * The content's size, and its pieces one by one; undefined when there are none. A piece that is missing or altered breaks
 * the stream: what came before it was whole. Throws 'record-damaged' when it is the last.
 */
export async function openContent(db: Database, { tenant, id, key }: ContentPlace): Promise<Content | undefined> {
  const { rows } = await db.transact(tenant, (tx) =>
    tx.query<{ number: number; body: Buffer }>({
      name: 'records.read-last-chunk',
      text: 'select number, body from records.chunk where bucket = $1 and id = $2 order by number desc limit 1',
      values: [bucketOf(id), id],
    }),
  )
  const [found] = rows
  if (found === undefined) return undefined
  const { number: before, body } = found
  const last = contentOf(openPiece(key, body, associatedData(tenant, id, before, true))) ?? damaged()
  const size = before * pieceSize + last.length
  async function* generate(from: number, end: number): AsyncGenerator<Buffer> {
    for (let number = Math.floor(from / pieceSize); number * pieceSize < end; number++) {
      const piece = number < before ? await readPiece(db, { tenant, id, key }, number) : last
      const start = number * pieceSize
      const part = piece.subarray(Math.max(0, from - start), end - start)
      if (part.length > 0) yield part
    }
  }
  const options = { objectMode: false, highWaterMark: pieceSize }
  return { size, read: (from = 0, end = size) => Readable.from(generate(from, Math.min(end, size)), options) }
}

async function readPiece(db: Database, { tenant, id, key }: ContentPlace, number: number): Promise<Buffer> {
  const { rows } = await db.transact(tenant, (tx) =>
    tx.query<{ body: Buffer }>({
      name: 'records.read-chunk',
      text: 'select body from records.chunk where bucket = $1 and id = $2 and number = $3',
      values: [bucketOf(id), id, number],
    }),
  )
  if (rows[0] === undefined) throw new Refusal('record-damaged')
  const piece = openPiece(key, rows[0].body, associatedData(tenant, id, number, false))
  if (piece.length !== pieceSize) throw new Refusal('record-damaged')
  return piece
}

/**
 * What is wrong with the pieces of one content, undefined when they are whole: each opens under its number, none is missing,
 * and the last is the one that was stored as the last. `needed`: there have to be some.
 */
export async function faultInContent(
  tx: Tx,
  { tenant, id, key }: ContentPlace,
  needed: boolean,
): Promise<string | undefined> {
  const opens = (body: Buffer, number: number, last: boolean): Buffer | undefined =>
    opensAs(key, body, associatedData(tenant, id, number, last))
  let before: Buffer | undefined
  for (let next = 0; ;) {
    const { rows } = await tx.query<{ number: number; body: Buffer }>({
      text: `select number, body from records.chunk where bucket = $1 and id = $2 and number >= $3 order by number limit ${piecesAtOnce}`,
      values: [bucketOf(id), id, next],
    })
    for (const { number, body } of rows) {
      if (number !== next) return 'lacks a piece of its content'
      if (before !== undefined && opens(before, number - 1, false)?.length !== pieceSize) return notWhole
      before = body
      next++
    }
    if (rows.length === piecesAtOnce) continue
    if (before === undefined) return needed ? 'lacks its content: the pieces were removed' : undefined
    const last = opens(before, next - 1, true)
    return last === undefined || contentOf(last) === undefined ? notWhole : undefined
  }
}

/** Whether the first piece opens, be it the last too. */
export async function opensFirst(tx: Tx, { tenant, id, key }: ContentPlace): Promise<boolean> {
  const { rows } = await tx.query<{ body: Buffer }>({
    text: 'select body from records.chunk where bucket = $1 and id = $2 and number = 0',
    values: [bucketOf(id), id],
  })
  const body = rows[0]?.body
  return (
    body !== undefined &&
    [false, true].some((last) => opensAs(key, body, associatedData(tenant, id, 0, last)) !== undefined)
  )
}

function opensAs(key: PatientKey, body: Buffer, aad: Buffer): Buffer | undefined {
  try {
    return open(key.chunk, body, aad)
  } catch (error) {
    if (error instanceof Damaged) return undefined
    throw error
  }
}

const piecesAtOnce = 8
const notWhole = 'has content that is not what was stored: a piece was altered, exchanged, added or cut off'

function damaged(): never {
  throw new Refusal('record-damaged')
}

function openPiece(key: PatientKey, body: Buffer, aad: Buffer): Buffer {
  try {
    return open(key.chunk, body, aad)
  } catch (error) {
    if (error instanceof Damaged) throw new Refusal('record-damaged', { cause: error })
    throw error
  }
}
