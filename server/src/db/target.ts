import { readFileSync } from 'node:fs'
import type { ClientConfig } from 'pg'
import type { Secret } from '#base'
import { sessionOptions } from './session.ts'

/** Which role a connection has: the owner migrates, the app serves (no DDL), the reader verifies. */
export type DatabaseRole = 'owner' | 'app' | 'reader'

export const roleNames = { owner: 'chartkeep_owner', app: 'chartkeep_app', reader: 'chartkeep_reader' } as const

/** Where the database is and how each role gets in. */
export interface DatabaseTarget {
  readonly kind: 'embedded' | 'external'
  connection(role: DatabaseRole): ClientConfig
}

export function socketTarget(
  socketFolder: string,
  database: string,
  password: (role: DatabaseRole) => Secret,
): DatabaseTarget {
  return {
    kind: 'embedded',
    connection: (role) => ({
      host: socketFolder,
      port: 5432,
      database,
      user: roleNames[role],
      password: password(role).reveal().toString(),
      options: sessionOptions,
    }),
  }
}

/** Thrown for a DATABASE_URL that would send records in the clear or to an unproven server. */
export class UnsafeDatabaseUrl extends Error {}

/**
 * An external PostgreSQL 16+. The URL names a role that may create roles; the app and reader roles are made with
 * passwords derived from the keyring. Refused without `sslmode=verify-full`, a Unix socket apart.
 */
export function urlTarget(text: string, password: (role: DatabaseRole) => Secret): DatabaseTarget {
  if (!URL.canParse(text))
    throw new UnsafeDatabaseUrl(
      'DATABASE_URL is not a URL of the form postgresql://user:password@host/database?sslmode=verify-full.',
    )
  const url = new URL(text)
  if (!['postgres:', 'postgresql:'].includes(url.protocol))
    throw new UnsafeDatabaseUrl('DATABASE_URL must begin with postgresql://.')
  const socket =
    url.searchParams.get('host') ?? (url.hostname.startsWith('%2F') ? decodeURIComponent(url.hostname) : '')
  const overSocket = socket.startsWith('/')
  if (!overSocket && url.searchParams.get('sslmode') !== 'verify-full') {
    throw new UnsafeDatabaseUrl(
      'DATABASE_URL must say sslmode=verify-full: without it, whoever answers first could read every statement.',
    )
  }
  const rootCertificate = url.searchParams.get('sslrootcert')
  const base: ClientConfig = {
    host: overSocket ? socket : url.hostname,
    port: url.port === '' ? 5432 : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)) || 'chartkeep',
    options: sessionOptions,
    ...(overSocket
      ? {}
      : {
          ssl: {
            rejectUnauthorized: true,
            minVersion: 'TLSv1.2',
            ...(rootCertificate === null ? {} : { ca: readFileSync(rootCertificate, 'utf8') }),
          },
        }),
  }
  return {
    kind: 'external',
    connection: (role) =>
      role === 'owner'
        ? { ...base, user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
        : { ...base, user: roleNames[role], password: password(role).reveal().toString() },
  }
}
