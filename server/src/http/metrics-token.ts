import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Secret } from '#base'
import { readPrivate, writeDurably } from './tls/store.ts'

/**
 * The bearer token for /metrics: 256 random bits in `metrics.token` (0600) of the keys folder, made at first start. A
 * token of its own, because a collector is no person and must be able to do nothing else.
 */
export function openMetricsToken(keysFolder: string): Secret {
  const path = join(keysFolder, 'metrics.token')
  const kept = readPrivate(path)?.trim()
  if (kept !== undefined && kept !== '') return new Secret(Buffer.from(kept))
  const made = randomBytes(32).toString('base64url')
  writeDurably(path, `${made}\n`, 0o600)
  return new Secret(Buffer.from(made))
}
