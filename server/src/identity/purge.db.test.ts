import { randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { test } from '../../test/identity.ts'
import { purge } from './purge.ts'

const hour = 3_600_000
const day = 24 * hour

/** By table: a row that is as old as this many milliseconds, as a list of columns and of values. */
const rows: readonly [string, string, (then: Date) => readonly [string, unknown[]]][] = [
  [
    'ticket',
    'an hour after its end',
    (then) => ['digest, account, tries, expires', [randomBytes(32), randomUUID(), 0, then]],
  ],
  [
    'token',
    'an hour after its end',
    (then) => ['digest, client, scopes, issued, expires', [randomBytes(32), randomUUID(), [], then, then]],
  ],
  [
    'session',
    'a day after its end',
    (then) => [
      'id, digest, account, role, workstation, idle_seconds, started, seen, expires, ended',
      [randomUUID(), randomBytes(32), randomUUID(), 'nurse', 'room-3', 300, then, then, then, then],
    ],
  ],
  ['assertion', 'a day after its end', (then) => ['client, jti, expires', [randomUUID(), randomBytes(32), then]]],
  [
    'throttle',
    '30 days after the last failure',
    (then) => ['lane, failures, in_a_row, last', [randomBytes(32), 1, 90, then]],
  ],
  [
    'throttle',
    '30 days after the last failure',
    (then) => ['lane, failures, in_a_row, last, account', [randomBytes(32), 1, 19, then, randomUUID()]],
  ],
  [
    'known_workstation',
    '180 days after the last sign-in there',
    (then) => ['account, workstation, last', [randomUUID(), randomBytes(32), then]],
  ],
]
const keptFor: Readonly<Record<string, number>> = {
  ...{ 'an hour after its end': hour, 'a day after its end': day },
  ...{ '30 days after the last failure': 30 * day, '180 days after the last sign-in there': 180 * day },
}

test.for(rows)(
  'a row of identity.%s is taken away %s, and not before',
  async ([table, when, columnsOf], { practice, owner }) => {
    const { identity, clock } = practice
    const insert = async (age: number): Promise<void> => {
      const [columns, values] = columnsOf(new Date(clock.now() - age))
      const places = values.map((_, at) => `$${at + 1}`).join(', ')
      await owner.query(`insert into identity.${table} (tenant, ${columns}) values (1, ${places})`, values)
    }
    const count = async (): Promise<number> => (await owner.query(`select from identity.${table}`)).rowCount ?? 0
    const age = keptFor[when] ?? 0
    await insert(age)
    await purge(identity.parts, 1)
    expect(await count()).toBe(1)
    await insert(age + 1)
    await purge(identity.parts, 2)
    expect(await count()).toBe(2)
    await purge(identity.parts, 1)
    expect(await count()).toBe(1)
  },
)

test('a lane of an account that is closed stays closed, and a session that has not ended stays', async ({
  practice,
  owner,
}) => {
  const long = new Date(practice.clock.now() - 1000 * day)
  await owner.query(
    `insert into identity.throttle (tenant, lane, failures, in_a_row, last, account) values (1, 'x', 0, 20, $1, $2)`,
    [...[long, randomUUID()]],
  )
  await owner.query(
    `insert into identity.session (tenant, id, digest, account, role, workstation, idle_seconds, started, seen, expires)
      values (1, $1, 'x', $1, 'nurse', 'room-3', 300, $2, $2, $2)`,
    [randomUUID(), long],
  )
  await purge(practice.identity.parts, 1)
  expect((await owner.query('select from identity.throttle')).rowCount).toBe(1)
  expect((await owner.query('select from identity.session')).rowCount).toBe(1)
})
