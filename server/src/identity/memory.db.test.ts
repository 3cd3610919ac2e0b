import { expect } from 'vitest'
import { test } from '../../test/postgres.ts'
import { Memory } from './memory.ts'
import { announce } from './notices.ts'

test('N-07 what is remembered is trusted for less than a second without asking, whatever became of the notices', async ({
  db,
}) => {
  let elapsed = 0
  const memory = new Memory<{ readonly tenant: number }>(db, () => elapsed)
  await memory.whenFresh(1)
  await memory.load('session', async () => ({ tenant: 1 }))
  const change = { kind: 'session', id: '01890a5d-ac96-8abc-b123-0123456789ab' } as const
  // Elsewhere, and the notice of it is lost.
  await db.transact(1, (tx) => announce(tx, 1, change))

  elapsed = 499
  expect(memory.whenFresh(1)).toBeUndefined()
  expect(memory.get('session')).toBeDefined()
  elapsed = 1000
  await memory.whenFresh(1)
  expect(memory.get('session')).toBeUndefined()
})

test('N-07 who is asked for when the database was last asked a second ago waits for its answer', async ({ db }) => {
  let elapsed = 0
  const memory = new Memory<{ readonly tenant: number }>(db, () => elapsed)
  expect(memory.whenFresh(1)).toBeInstanceOf(Promise)
  await memory.whenFresh(1)
  elapsed = 999
  expect(memory.whenFresh(1)).toBeUndefined()
  elapsed = 5000
  expect(memory.whenFresh(1)).toBeInstanceOf(Promise)
  await memory.whenFresh(1)
})
