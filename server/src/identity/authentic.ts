import { type KeyObject, timingSafeEqual } from 'node:crypto'
import { hmacSha256, type Keyring } from '#keys'
import type { StateKind } from '#ledger'

/** What a code is over: whose state it is, which one of its states, and all that the state grants. */
export interface Statement {
  readonly kind: StateKind | 'ticket' | 'seen'
  readonly tenant: number
  readonly id: string
  readonly version: number
  /** Text, numbers, null and lists of them; bytes as hexadecimal text. Each kind names the same ones in one order. */
  readonly facts: Readonly<Record<string, unknown>>
}

export const codeLength = 16

/**
 * 128 bits of HMAC-SHA256 under the keyring. JSON with a fixed order of names is one text for one state, and the place
 * stands in it: the code fits no other row, table, tenant or version.
 */
export function codeOf(keys: Keyring, { kind, tenant, id, version, facts }: Statement): Buffer {
  const text = JSON.stringify(['chartkeep/identity/1', kind, tenant, id, version, facts])
  return hmacSha256(keyOf(keys), Buffer.from(text)).subarray(0, codeLength)
}

export function isCode(code: Buffer, stored: unknown): boolean {
  return Buffer.isBuffer(stored) && stored.length === codeLength && timingSafeEqual(code, stored)
}

const keyOf = (keys: Keyring): KeyObject => keys.hmacKey('identity/state')

/**
 * A value, or undefined when the columns it is read from hold what was never written there: null, bytes that do not
 * open, another type. Whatever is thrown on the way says just that.
 */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** Unix ms of a column; throws for what is no time. */
export function timeOf(value: Date): number {
  const time = value.getTime()
  if (!Number.isFinite(time)) throw new RangeError('not a time')
  return time
}

/** The same of a column that may be null. */
export function timeOrNull(value: Date | null): number | null {
  return value === null ? null : timeOf(value)
}

export function hexOf(value: Buffer): string {
  if (!Buffer.isBuffer(value)) throw new TypeError('not bytes')
  return value.toString('hex')
}
