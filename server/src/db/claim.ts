import { Client } from 'pg'
import type { DatabaseTarget } from './target.ts'

/** The database is another keyring's; nothing in it was changed. */
export class ForeignDatabase extends Error {}

/**
 * Notes whose database this is, before anything else is done to it: passwords of its roles follow from the keyring, and
 * must not be changed under a server that belongs to another. Throws ForeignDatabase.
 */
export async function claimDatabase(target: DatabaseTarget, keyring: string): Promise<void> {
  const client = new Client(target.connection('owner'))
  await client.connect()
  try {
    const { rows: known } = await client.query<{ there: boolean }>(
      "select to_regclass('db.claim') is not null as there",
    )
    if (known[0]?.there !== true) {
      await client.query(`begin; create schema if not exists db;
        create table if not exists db.claim (one integer primary key check (one = 1), keyring text not null); commit`)
    }
    await client.query('insert into db.claim (one, keyring) select 1, $1 where not exists (select from db.claim)', [
      keyring,
    ])
    const { rows } = await client.query<{ keyring: string }>('select keyring from db.claim')
    if (rows[0]?.keyring !== keyring) {
      throw new ForeignDatabase(
        'This database belongs to another keyring. Start with the keyring that was made with it; nothing was changed.',
      )
    }
  } finally {
    await client.end()
  }
}
