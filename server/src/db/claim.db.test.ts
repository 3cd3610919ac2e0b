import { expect } from 'vitest'
import { test } from '../../test/postgres.ts'
import { claimDatabase, ForeignDatabase } from './claim.ts'

test('a database is claimed by the first keyring that comes, and by no other', async ({ target, owner }) => {
  await claimDatabase(target, 'first')
  await claimDatabase(target, 'first')
  await expect(claimDatabase(target, 'second')).rejects.toThrow(ForeignDatabase)
  expect((await owner.query('select keyring from db.claim')).rows).toEqual([{ keyring: 'first' }])
})

test('two who come at once do not both have it', async ({ target }) => {
  const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd'].map((keyring) => claimDatabase(target, keyring)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
})
