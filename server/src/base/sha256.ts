import { hash } from 'node:crypto'

/**
 * SHA-256 (FIPS 180-4), 32 bytes. By way of text, into node's pool: a Buffer that `hash` makes has memory of its own, which
 * takes three times as long, and more when it is collected.
 */
export function sha256(bytes: Uint8Array | string): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1')
}
