import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { inject, test as base } from 'vitest'
import { openLog } from '#base'
import { type Database, type DatabaseTarget, openDatabase, roleNames, socketTarget } from '#db'
import { type Keyring, openKeyring } from '#keys'
import { scratchIsMemory } from './scratch.ts'

export interface Fixtures {
  /** A migrated database of this test's own. */
  db: Database
  keys: Keyring
  target: DatabaseTarget
  /** A connection as the cluster's superuser, who may do what an attacker with the database could. */
  owner: pg.Client
}

/** The way in of the one who owns every file of the cluster; only the tests' own cluster has such a role. */
export function superuserOf(database: string): pg.ClientConfig {
  const { socketFolder, superuserPassword } = inject('cluster')
  return { host: socketFolder, port: 5432, database, user: 'test_superuser', password: superuserPassword }
}

// Copying files costs two checkpoints, which are cheap in memory alone.
const cloneStrategy = scratchIsMemory ? 'file_copy' : 'wal_log'

/** `test` with real PostgreSQL: each test has a database of its own, cloned from the migrated template. */
export const test = base.extend<Fixtures>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of a fixture's needs from its pattern
  keys: async ({}, use) => {
    const { keysFolder } = inject('cluster')
    await use(await openKeyring(keysFolder, { kind: 'file', path: join(keysFolder, 'root.key') }))
  },
  target: async ({ keys }, use) => {
    const { socketFolder } = inject('cluster')
    const name = `test_${randomBytes(6).toString('hex')}`
    const template = new pg.Client(superuserOf('postgres'))
    await template.connect()
    await template.query(
      `create database ${name} template chartkeep strategy ${cloneStrategy} owner ${roleNames.owner}`,
    )
    await use(socketTarget(socketFolder, name, (role) => keys.password(role)))
    await template.query(`drop database ${name} with (force)`)
    await template.end()
  },
  db: async ({ target }, use) => {
    const db = openDatabase(target, openLog('silent'))
    await use(db)
    await db.close()
  },
  owner: async ({ target }, use) => {
    const owner = new pg.Client(superuserOf(String(target.connection('owner').database)))
    owner.on('error', () => undefined)
    await owner.connect()
    await use(owner)
    await owner.end().catch(() => undefined)
  },
})
