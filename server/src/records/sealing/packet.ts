import type { KeyObject } from 'node:crypto'
import { placeLength } from '../body.ts'
import { parseRow } from '../row.ts'
import { openPiece, type Piece, type SealedBody, sealPiece } from './piece.ts'

/*
 * Packets between threads: one block of memory that changes hands, for a message of many objects costs more than sealing
 * what is in them. Numbers are 32 bits, little-endian.
 *
 *   asked     for each piece: its key's number, length of place and body, place, body
 *   sealed    for each: length of the body, its hash (32), the body
 *   opened    for each: length of the text or `damaged`, the text
 */
export type Work = 'seal' | 'open'

export interface Asked {
  readonly work: Work
  readonly keys: readonly KeyObject[]
  readonly packet: ArrayBuffer
}

const damaged = 0xff_ff_ff_ff
const hashLength = 32

export function ask(work: Work, pieces: readonly Piece[]): Asked {
  const keys = new Map<KeyObject, number>()
  let size = 0
  for (const { row } of pieces) size += 8 + placeLength + row.body.length
  const packet = Buffer.allocUnsafeSlow(size)
  let end = 0
  for (const { key, row } of pieces) {
    let number = keys.get(key)
    if (number === undefined) keys.set(key, (number = keys.size))
    end = packet.writeUInt32LE(number, end)
    end = packet.writeUInt32LE(placeLength + row.body.length, end)
    end += row.place.copy(packet, end)
    end += row.body.copy(packet, end)
  }
  return { work, keys: [...keys.keys()], packet: packet.buffer }
}

/** What the other thread makes of a packet: the packet that answers it. */
export function carryOut({ work, keys, packet }: Asked): ArrayBuffer {
  const parts: Buffer[] = []
  for (const piece of piecesIn(Buffer.from(packet), keys)) {
    if (work === 'seal') {
      const { body, hash: digest } = sealPiece(piece)
      parts.push(number(body.length), digest, body)
    } else {
      const text = openPiece(piece)
      parts.push(number(text?.length ?? damaged), text ?? Buffer.alloc(0))
    }
  }
  return join(parts)
}

function* piecesIn(packet: Buffer, keys: readonly KeyObject[]): Generator<Piece> {
  for (let at = 0; at < packet.length;) {
    const key = keys[packet.readUInt32LE(at)]
    if (key === undefined) throw new Error('a piece has a key')
    const end = at + 8 + packet.readUInt32LE(at + 4)
    yield { key, row: parseRow({ row: packet.subarray(at + 8, end) }) }
    at = end
  }
}

export function readSealed(answer: ArrayBuffer): SealedBody[] {
  const packet = Buffer.from(answer)
  const sealed: SealedBody[] = []
  for (let at = 0; at < packet.length;) {
    const from = at + 4 + hashLength
    const end = from + packet.readUInt32LE(at)
    sealed.push({ body: packet.subarray(from, end), hash: packet.subarray(at + 4, from) })
    at = end
  }
  return sealed
}

export function readOpened(answer: ArrayBuffer): (Buffer | undefined)[] {
  const packet = Buffer.from(answer)
  const opened: (Buffer | undefined)[] = []
  for (let at = 0; at < packet.length;) {
    const length = packet.readUInt32LE(at)
    const end = at + 4 + (length === damaged ? 0 : length)
    opened.push(length === damaged ? undefined : packet.subarray(at + 4, end))
    at = end
  }
  return opened
}

function number(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** In memory of its own, which can be handed over. */
function join(parts: readonly Buffer[]): ArrayBuffer {
  const all = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0))
  let end = 0
  for (const part of parts) end += part.copy(all, end)
  return all.buffer
}
