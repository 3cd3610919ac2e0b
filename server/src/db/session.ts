import type { ClientBase } from 'pg'

/** The database is set up so that what it acknowledges need not last, or is not what is there. */
export class UnsafeDatabase extends Error {}

/**
 * What we rely on, set by each connection for itself: it comes before whatever somebody has set for a role, a database or
 * the whole server. Names are looked for in the catalogue alone, so that nothing of another schema is taken for ours.
 */
const settings = {
  synchronous_commit: 'on',
  row_security: 'on',
  search_path: 'pg_catalog,pg_temp',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  lock_timeout: '0',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
  bytea_output: 'hex',
  datestyle: 'ISO,MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
} as const

/** As a connection's `options`: white space in a value is escaped (PostgreSQL, "options" of libpq). */
export const sessionOptions = Object.entries(settings)
  .map(([name, value]) => `-c ${name}=${value.replaceAll(' ', String.raw`\ `)}`)
  .join(' ')

/** What the server must be, which a connection cannot set. */
const expected = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  session_replication_role: 'origin',
  row_security: 'on',
  zero_damaged_pages: 'off',
  ignore_checksum_failure: 'off',
} as const

const looking = `select ${Object.keys(expected)
  .map((name) => `current_setting('${name}') as ${name}`)
  .join(', ')}`

/** Throws UnsafeDatabase, naming each setting that is not as it must be. */
export async function requireSafe(client: ClientBase): Promise<void> {
  const { rows } = await client.query<Record<string, string>>(looking)
  const wrong = Object.entries(expected).filter(([name, value]) => rows[0]?.[name] !== value)
  if (wrong.length === 0) return
  throw new UnsafeDatabase(
    `The database does not keep what it is given: ${wrong.map(([name, value]) => `${name} is ${rows[0]?.[name]} and has to be ${value}`).join(', ')}. ` +
      'Set it in postgresql.conf, or take back what was set for the role or the database. Nothing was served.',
  )
}
