import { hash, randomBytes } from 'node:crypto'

/**
 * What a session, a ticket or an access token looks like outside: 4 bytes of tenant and 256 random bits, as 48
 * characters of base64url. It says nothing but where to look; the database keeps its SHA-256, which is enough for a
 * secret of this entropy.
 */
export function newOpaque(tenant: number): string {
  const bytes = randomBytes(36)
  bytes.writeUInt32BE(tenant, 0)
  return bytes.toString('base64url')
}

const form = /^[A-Za-z0-9_-]{48}$/

/** The tenant that the text names, or undefined when it cannot be one of ours. */
export function tenantOf(opaque: string): number | undefined {
  if (opaque.length !== 48 || !form.test(opaque)) return undefined
  const tenant = Buffer.from(opaque.slice(0, 6), 'base64url').readUInt32BE(0)
  return tenant >= 1 && tenant <= 0x7fff_ffff ? tenant : undefined
}

/** What the database and the cache know it by. */
export function digestOf(opaque: string): Buffer {
  return hash('sha256', opaque, 'buffer')
}
