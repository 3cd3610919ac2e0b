import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, escapeIdentifier, escapeLiteral } from 'pg'
import type { Secret } from '#base'
import { endClient } from './end.ts'
import { type DatabaseTarget, roleNames } from './target.ts'

interface Migration {
  readonly module: string
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** Thrown when the database and the shipped migrations do not belong together; nothing was changed. */
export class MigrationFault extends Error {}

const source = join(import.meta.dirname, '..')
// Any number, the same for every Chartkeep: one migrates at a time.
const migrationLock = 7_242_801

/** Every module's `migrations/NNNN-name.sql`, in the order of their names within a module. */
function findMigrations(root = source): Migration[] {
  const found: Migration[] = []
  for (const module of readdirSync(root).toSorted()) {
    const folder = join(root, module, 'migrations')
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder).toSorted()) {
      if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name))
        throw new MigrationFault(`${module}/migrations/${name} is not named NNNN-name.sql.`)
      const sql = readFileSync(join(folder, name), 'utf8')
      found.push({ module, name, sql, checksum: createHash('sha256').update(sql).digest('hex') })
    }
  }
  return found
}

/**
 * Brings the schema up to what this version needs: forward only, each migration in one transaction under one advisory
 * lock. A migration whose text changed after it ran, or one the database has and we do not, stops the start.
 */
export async function migrate(
  target: DatabaseTarget,
  password: (role: 'app' | 'reader') => Secret,
  migrations = findMigrations(),
): Promise<number> {
  const client = new Client({ ...target.connection('owner'), connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await client.query(`create schema if not exists db;
      create table if not exists db.migration (
        module text not null, name text not null, checksum text not null, applied timestamptz not null default now(),
        primary key (module, name))`)
    for (const role of ['app', 'reader'] as const) await ensureRole(client, roleNames[role], password(role))
    return await applyMissing(client, migrations)
  } finally {
    await endClient(client)
  }
}

/** Made without privileges; one that has gained some is refused, because row-level security would not hold for it. */
async function ensureRole(client: Client, name: string, password: Secret): Promise<void> {
  const { rows } = await client.query<{ privileged: boolean }>(
    'select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as privileged from pg_roles where rolname = $1',
    [name],
  )
  const [role] = rows
  if (role?.privileged === true)
    throw new MigrationFault(`The database role ${name} may do more than it should. Make it an ordinary role again.`)
  // An owner who is no superuser may give a role its password, but not so much as name the other attributes.
  const verb = role === undefined ? 'create' : 'alter'
  const attributes = role === undefined ? 'nosuperuser nocreatedb nocreaterole nobypassrls' : ''
  // A role statement takes no parameters: the name is ours and the password is quoted by the driver.
  await client.query(
    `${verb} role ${escapeIdentifier(name)} login ${attributes} password ${escapeLiteral(password.reveal().toString())}`,
  )
}

/** Those that did not run yet. Throws MigrationFault when one was changed since, or is not known here. */
export async function findMissing(
  client: Client,
  migrations: readonly Migration[] = findMigrations(),
): Promise<readonly Migration[]> {
  const { rows } = await client.query<{ module: string; name: string; checksum: string }>(
    'select module, name, checksum from db.migration',
  )
  const applied = new Map(rows.map((row) => [`${row.module}/${row.name}`, row.checksum]))
  for (const { module, name, checksum } of migrations) {
    const before = applied.get(`${module}/${name}`)
    if (before !== undefined && before !== checksum)
      throw new MigrationFault(
        `${module}/${name} was changed after it had run here. Install the version that wrote this database.`,
      )
    applied.delete(`${module}/${name}`)
  }
  const [unknown] = applied.keys()
  if (unknown !== undefined)
    throw new MigrationFault(
      `This database was written by a newer version: it has ${unknown}, which this one does not know.`,
    )
  const done = new Set(rows.map((row) => `${row.module}/${row.name}`))
  return migrations.filter(({ module, name }) => !done.has(`${module}/${name}`))
}

async function applyMissing(client: Client, migrations: readonly Migration[]): Promise<number> {
  const missing = await findMissing(client, migrations)
  for (const { module, name, sql, checksum } of missing) {
    await client.query('begin')
    await client.query(sql)
    await client.query('insert into db.migration (module, name, checksum) values ($1, $2, $3)', [
      module,
      name,
      checksum,
    ])
    await client.query('commit')
  }
  return missing.length
}
