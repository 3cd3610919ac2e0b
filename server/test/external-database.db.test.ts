import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, inject } from 'vitest'
import { openLog, systemClock } from '#base'
import { layoutOf, readInstallation, type SystemOptions } from '#cli'
import { type DatabaseTarget, ForeignDatabase, MissingDatabase } from '#db'
import { createKeyring } from '#keys'
import { openSystem } from '../src/main.ts'
import { superuserOf, test as database } from './postgres.ts'

interface Fixtures {
  folder: string
  /** The test's database, as DATABASE_URL names it. */
  url: string
}

const test = database.extend<Fixtures>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of a fixture's needs from its pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'chartkeep-external-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
  url: async ({ target }, use) => use(urlOf(target)),
})

function urlOf(target: DatabaseTarget): string {
  const { host, user, password, database: name } = target.connection('owner')
  return `postgresql://${user}:${String(password)}@localhost/${name}?host=${host}`
}

function optionsFor(folder: string, keys: string, keyring: string, databaseUrl: string): SystemOptions {
  const layout = layoutOf(join(folder, 'data'), keys)
  const installation = { layout, keyring, root: 'file', practice: 'Fenwick', demo: false } as const
  const source = { kind: 'file', path: join(keys, 'root.key') } as const
  return { installation, source, databaseUrl, witnesses: [layout.witness], clock: systemClock, log: openLog('silent') }
}

const rolePasswords = async (owner: pg.Client): Promise<unknown[]> =>
  (await owner.query("select rolname, rolpassword from pg_authid where rolname like 'chartkeep%' order by 1")).rows

test('a system works on a PostgreSQL that DATABASE_URL names, and leaves it running', async ({
  folder,
  url,
  keys,
  owner,
}) => {
  const system = await openSystem(optionsFor(folder, inject('cluster').keysFolder, keys.id, url))
  expect(system.db.kind).toBe('external')
  expect((await system.records()).patientCount(system.tenant)).toBe(0)
  await system.close()
  expect((await owner.query('select keyring from db.claim')).rows).toEqual([{ keyring: keys.id }])
})

test('the database of another keyring is left as it is, the passwords of its roles too', async ({
  folder,
  url,
  keys,
  owner,
}) => {
  await (await openSystem(optionsFor(folder, inject('cluster').keysFolder, keys.id, url))).close()
  const before = await rolePasswords(owner)
  const path = join(folder, 'other.keys')
  const other = await createKeyring(path, { kind: 'file', path: join(path, 'root.key') })
  await expect(openSystem(optionsFor(folder, path, other.id, url))).rejects.toThrow(ForeignDatabase)
  expect(await rolePasswords(owner)).toEqual(before)
})

test('an empty or another database in the place of the one that the practice had is refused and left as it is', async ({
  folder,
  url,
  keys,
  owner,
}) => {
  const options = optionsFor(folder, inject('cluster').keysFolder, keys.id, url)
  await (await openSystem(options)).close()
  const installation = readInstallation(options.installation.layout)
  expect(installation.database).toMatch(/^[0-9a-f-]{36}$/)
  const name = `empty_${keys.id.slice(0, 8)}`
  await owner.query(`create database ${name} owner chartkeep_owner`)
  const instead = new URL(url)
  instead.pathname = `/${name}`
  try {
    const elsewhere = { ...options, installation, databaseUrl: instead.toString() }
    await expect(openSystem(elsewhere)).rejects.toThrow(MissingDatabase)
    const empty = new pg.Client(superuserOf(name))
    await empty.connect()
    const schemas = "select from pg_namespace where nspname in ('db', 'identity', 'ledger', 'records')"
    expect((await empty.query(schemas)).rowCount).toBe(0)
    await empty.end()
    // With the right one it goes on.
    await (await openSystem({ ...options, installation })).close()
  } finally {
    await owner.query(`drop database ${name} with (force)`)
  }
})
