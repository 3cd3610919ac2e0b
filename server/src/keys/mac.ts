import { hash, type KeyObject } from 'node:crypto'
import { sha256 } from '#base'

const blockLength = 64
const hashLength = 32

interface Mac {
  /** The key under each of the two pads, with room behind it for what is hashed after it. */
  readonly inner: Buffer
  readonly outer: Buffer
}

const macs = new WeakMap<KeyObject, Mac>()
// Longer messages than are common here get a block of their own.
const room = 1024

function macOf(key: KeyObject): Mac {
  let mac = macs.get(key)
  if (mac === undefined) {
    const bytes = key.export()
    if (bytes.length > blockLength) throw new Error('a key is no longer than a block')
    const padded = (pad: number, behind: number): Buffer => {
      const block = Buffer.alloc(blockLength + behind)
      for (let i = 0; i < blockLength; i++) block[i] = (bytes[i] ?? 0) ^ pad
      return block
    }
    mac = { inner: padded(0x36, room), outer: padded(0x5c, hashLength) }
    bytes.fill(0)
    macs.set(key, mac)
  }
  return mac
}

/**
 * HMAC-SHA256 (RFC 2104), 32 bytes, for many short messages under one key: by two one-shot hashes, a third of the time of
 * `createHmac`, whose objects are dear to make and dearer to collect.
 */
export function hmacSha256(key: KeyObject, message: Buffer): Buffer {
  const { inner, outer } = macOf(key)
  const length = blockLength + message.length
  const first = message.length <= room ? inner : Buffer.allocUnsafeSlow(length)
  if (first !== inner) inner.copy(first, 0, 0, blockLength)
  message.copy(first, blockLength)
  outer.write(hash('sha256', first.subarray(0, length), 'binary'), blockLength, 'latin1')
  return sha256(outer)
}
