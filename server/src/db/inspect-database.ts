import { Client } from 'pg'
import { findClaim } from './claim.ts'
import { endClient } from './end.ts'
import { findMissing } from './migrate.ts'
import type { DatabaseTarget } from './target.ts'

/**
 * Whether a start would take this database, which is left as it is. Throws MissingDatabase, ForeignDatabase,
 * MigrationFault.
 * @returns whether it has the tables of this version already, so that a start would make none
 */
export async function inspectDatabase(target: DatabaseTarget, keyring: string, known?: string): Promise<boolean> {
  const client = new Client({ ...target.connection('owner'), connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('set default_transaction_read_only = on')
    await findClaim(client, keyring, known)
    const { rows } = await client.query<{ there: boolean }>("select to_regclass('db.migration') is not null as there")
    return rows[0]?.there === true && (await findMissing(client)).length === 0
  } finally {
    await endClient(client)
  }
}
