import { expect } from 'vitest'
import { openLog, Refusal } from '#base'
import { type Database, openDatabase } from '#db'
import { test as withDatabase } from '../../test/postgres.ts'

/** A second process, as far as the database can tell. */
const test = withDatabase.extend<{ other: Database }>({
  other: async ({ target }, use) => {
    const other = openDatabase(target, openLog('silent'))
    await use(other)
    await other.close()
  },
})

/** Holds the locks until told to let go. */
async function hold(db: Database, locks: readonly number[]): Promise<() => Promise<void>> {
  const { promise: started, resolve: start } = Promise.withResolvers<void>()
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  const holding = db.alone(locks, () => {
    start()
    return over
  })
  await started
  return () => {
    end()
    return holding
  }
}

/** Ends the connection that holds the locks, as an administrator or a failing network would. */
const cutLocks = `select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = 'chartkeep turns' and datname = current_database()`

test('of two processes that share a lock, one works at a time', async ({ db, other }) => {
  let working = 0
  let most = 0
  const work = async (): Promise<void> => {
    most = Math.max(most, ++working)
    await new Promise((resolve) => setTimeout(resolve, 5))
    working--
  }
  // Each process comes with one caller at a time, as after its own turns, and with locks in any order.
  const one = async (): Promise<void> => {
    for (let round = 0; round < 10; round++) await db.alone([3, 8], work)
  }
  const two = async (): Promise<void> => {
    for (let round = 0; round < 10; round++) await other.alone([8, 3, 8], work)
  }
  await Promise.all([one(), two()])
  expect(most).toBe(1)
})

test('locks without a number in common are held at once, over one connection', async ({ db, other, owner }) => {
  const { promise: all, resolve } = Promise.withResolvers<void>()
  let working = 0
  const work = async (): Promise<void> => {
    if (++working === 200) resolve()
    await all
  }
  const mine = Array.from({ length: 100 }, (_, lock) => db.alone([lock], work))
  const theirs = Array.from({ length: 100 }, (_, lock) => other.alone([100 + lock], work))
  await Promise.all([...mine, ...theirs])
  const { rows } = await owner.query(
    `select count(*)::integer as n from pg_stat_activity where application_name = 'chartkeep turns' and datname = current_database()`,
  )
  expect(rows).toEqual([{ n: 2 }])
})

test('work that fails gives its locks back', async ({ db, other }) => {
  const failing = db.alone([1, 2], () => Promise.reject(new Refusal('match-ambiguous')))
  await expect(failing).rejects.toMatchObject({ code: 'match-ambiguous' })
  expect(await other.alone([2, 1], async (held) => held())).toBe(true)
})

test('half of what was asked for is given back while waiting for the other half', async ({ db, other }) => {
  const letGo = await hold(other, [2])
  const waiting = db.alone([1, 2], async () => 'both')
  expect(await other.alone([1], async () => 'free')).toBe('free')
  await letGo()
  expect(await waiting).toBe('both')
})

test('whoever waits too long is told to try again, and holds nothing', async ({ db, other }) => {
  const letGo = await hold(other, [5])
  await expect(db.alone([4, 5], async () => 'never')).rejects.toMatchObject({ code: 'conflict' })
  await letGo()
  expect(await other.alone([4, 5], async () => 'free')).toBe('free')
})

test('a holder whose connection is lost knows it, and the next one has a new connection', async ({
  db,
  other,
  owner,
}) => {
  await db.alone([9], async (held) => {
    expect(held()).toBe(true)
    await owner.query(cutLocks)
    // PostgreSQL has let go: another has the lock.
    expect(await other.alone([9], async (theirs) => theirs())).toBe(true)
    await expect.poll(held).toBe(false)
  })
  expect(await db.alone([9], async (held) => held())).toBe(true)
})
