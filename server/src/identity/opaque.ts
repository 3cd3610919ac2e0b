import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import { sha256 } from '#base'

const tenantLength = 4
const secretLength = 32
const tagLength = 12

/**
 * What a session, a ticket or an access token looks like outside: 4 bytes of tenant, 256 random bits and a tag that only
 * the keyring makes, as 64 characters of base64url. It says nothing but where to look. The database keeps its SHA-256,
 * which is enough for a secret of this entropy; the tag lets a flood of invented ones cost no query.
 */
export function newOpaque(key: KeyObject, tenant: number): string {
  const bytes = randomBytes(tenantLength + secretLength)
  bytes.writeUInt32BE(tenant, 0)
  return Buffer.concat([bytes, tagOf(key, bytes)]).toString('base64url')
}

/** Characters of each. */
export const opaqueLength = 64
const form = /^[A-Za-z0-9_-]{64}$/

/** The tenant that the text names, or undefined when it cannot be one of ours. */
export function tenantOf(opaque: string): number | undefined {
  if (!form.test(opaque)) return undefined
  const tenant = Buffer.from(opaque, 'base64url').readUInt32BE(0)
  return tenant >= 1 && tenant <= 0x7fff_ffff ? tenant : undefined
}

/** It was made here, once, and is spelt as it was made: worth asking the database about. */
export function isGenuine(key: KeyObject, opaque: string): boolean {
  if (!form.test(opaque)) return false
  const bytes = Buffer.from(opaque, 'base64url')
  const body = bytes.subarray(0, tenantLength + secretLength)
  const tag = bytes.subarray(tenantLength + secretLength)
  return timingSafeEqual(tag, tagOf(key, body))
}

function tagOf(key: KeyObject, bytes: Buffer): Buffer {
  return createHmac('sha256', key).update(bytes).digest().subarray(0, tagLength)
}

/** What the database and the cache know it by. */
export function digestOf(opaque: string): Buffer {
  return sha256(opaque)
}
