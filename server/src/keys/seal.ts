import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from 'node:crypto'
import { Damaged } from './fault.ts'

const ivLength = 12
const tagLength = 16

// IVs come from a pool: a system call for each would be two thirds of the cost of sealing a small record. 96 random
// bits are safe for 2^32 messages under one key (SP 800-38D, 8.3); a patient has a key of their own.
const pool = Buffer.allocUnsafe(ivLength * 4096)
let used = pool.length

function takeIv(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += ivLength
  return pool.subarray(used - ivLength, used)
}

/**
 * AES-256-GCM: iv (12) | ciphertext | tag (16).
 * @param aad where the bytes belong (tenant, type, id, version …): they open nowhere else.
 */
export function seal(key: KeyObject, plain: Uint8Array, aad: Uint8Array): Buffer {
  const iv = takeIv()
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(aad)
  const body = cipher.update(plain)
  cipher.final() // GCM is a stream: there is nothing left to give out
  return Buffer.concat([iv, body, cipher.getAuthTag()], ivLength + body.length + tagLength)
}

/** The plain bytes; throws Damaged when sealed under another key, for another place, or changed since. */
export function open(key: KeyObject, sealed: Uint8Array, aad: Uint8Array): Buffer {
  if (sealed.length < ivLength + tagLength) throw new Damaged()
  const end = sealed.length - tagLength
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivLength), { authTagLength: tagLength })
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(end))
  const plain = decipher.update(sealed.subarray(ivLength, end))
  try {
    decipher.final()
  } catch {
    plain.fill(0)
    throw new Damaged()
  }
  return plain
}
