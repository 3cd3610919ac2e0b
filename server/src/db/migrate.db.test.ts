import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { test } from '../../test/postgres.ts'
import { migrate } from './migrate.ts'
import type { DatabaseTarget } from './target.ts'

// As docs/operations/external-postgresql.md has it made: an owner who may create roles and is no superuser.
test('an external database is migrated at every start by an owner who is no superuser', async ({
  target,
  owner,
  keys,
}) => {
  const name = `owner_${randomBytes(6).toString('hex')}`
  await owner.query(`create role ${name} login createrole password 'p'`)
  await owner.query(`grant chartkeep_app, chartkeep_reader to ${name} with admin option`)
  await owner.query(`create database ${name} owner ${name}`)
  try {
    const theirs: DatabaseTarget = {
      kind: 'external',
      connection: (role) => ({ ...target.connection(role), database: name, user: name, password: 'p' }),
    }
    const password = (role: string) => keys.password(role)
    expect(await migrate(theirs, password)).toBeGreaterThan(0)
    expect(await migrate(theirs, password)).toBe(0)
  } finally {
    await owner.query(`drop database ${name} with (force)`)
    await owner.query(`drop role ${name}`)
  }
})
