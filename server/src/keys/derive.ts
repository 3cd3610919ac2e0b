import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import type { Secret } from '#base'

/** 32 bytes of HKDF-SHA256 (RFC 5869). The purpose keeps keys of one secret apart; no two uses share one. */
export function deriveBytes(from: Secret, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', from.reveal(), Buffer.alloc(0), `chartkeep/1/${purpose}`, 32))
}

/** As a KeyObject, because `node:crypto` takes one several times faster than bytes. */
export function deriveKey(from: Secret, purpose: string): KeyObject {
  const bytes = deriveBytes(from, purpose)
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}
