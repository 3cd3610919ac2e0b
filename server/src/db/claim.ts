import { Client } from 'pg'
import { endClient } from './end.ts'
import type { DatabaseTarget } from './target.ts'

/** The database is another keyring's; nothing in it was changed. */
export class ForeignDatabase extends Error {}

/** The database is not the one that this installation had; nothing in it was changed. */
export class MissingDatabase extends Error {
  constructor() {
    super(
      'This practice had a database, and this is not it: it is empty, or another one. Nothing was made in its place. ' +
        'Is the volume of the database mounted, and does DATABASE_URL name the right one? If the database is lost, restore it from a backup.',
    )
  }
}

/**
 * Notes whose database this is, before anything else is done to it: passwords of its roles follow from the keyring, and
 * must not be changed under a server that belongs to another. Throws ForeignDatabase, MissingDatabase.
 * @param known the id that the installation's database was given when it was claimed; undefined: it has none yet
 * @returns the id of the database, for the installation to remember
 */
export async function claimDatabase(target: DatabaseTarget, keyring: string, known?: string): Promise<string> {
  const client = new Client({ ...target.connection('owner'), connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const found = await findClaim(client, keyring, known)
    return (found ?? (await makeClaim(client, keyring))).id
  } finally {
    await endClient(client)
  }
}

/** The claim, if there is one. Throws ForeignDatabase, MissingDatabase. */
export async function findClaim(client: Client, keyring: string, known?: string): Promise<Claim | undefined> {
  const found = await readClaim(client)
  if (known !== undefined && found?.id !== known) throw new MissingDatabase()
  if (found !== undefined && found.keyring !== keyring)
    throw new ForeignDatabase(
      'This database belongs to another keyring. Start with the keyring that was made with it; nothing was changed.',
    )
  return found
}

interface Claim {
  readonly keyring: string
  readonly id: string
}

async function readClaim(client: Client): Promise<Claim | undefined> {
  const { rows: known } = await client.query<{ there: boolean }>("select to_regclass('db.claim') is not null as there")
  if (known[0]?.there !== true) return undefined
  const { rows } = await client.query<Claim>('select keyring, id from db.claim')
  return rows[0]
}

async function makeClaim(client: Client, keyring: string): Promise<Claim> {
  await client.query(`begin; create schema if not exists db;
    create table if not exists db.claim (
      one integer primary key check (one = 1), keyring text not null, id uuid not null default gen_random_uuid());
    commit`)
  await client.query('insert into db.claim (one, keyring) values (1, $1) on conflict do nothing', [keyring])
  // Another may have been first.
  const claim = await findClaim(client, keyring)
  if (claim === undefined) throw new MissingDatabase()
  return claim
}
