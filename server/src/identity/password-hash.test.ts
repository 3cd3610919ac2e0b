import { createSecretKey, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { fullCost, openHasher } from './password-hash.ts'

const light = { memory: 64, passes: 1, lanes: 1 }
const pepper = createSecretKey(randomBytes(32))

test('P-07 the default is argon2id with 64 MiB, 3 passes and a 128-bit salt', async () => {
  const hasher = openHasher(pepper)
  const stored = await hasher.make('lantern gossip waffle harbor')
  expect(stored).toMatchObject({ memory: 65_536, passes: 3, lanes: 1 })
  expect(stored.salt).toHaveLength(16)
  expect(await hasher.matches('lantern gossip waffle harbor', stored)).toBe(true)
  expect(await hasher.matches('lantern gossip waffle harbour', stored)).toBe(false)
})

test('P-02 nothing is cut off: a difference at character 65 and at 128 matters', async () => {
  const hasher = openHasher(pepper, light)
  const text = 'a'.repeat(128)
  const stored = await hasher.make(text)
  expect(await hasher.matches(text.slice(0, 64) + 'b' + text.slice(65), stored)).toBe(false)
  expect(await hasher.matches(text.slice(0, 127) + 'b', stored)).toBe(false)
  expect(await hasher.matches(text, stored)).toBe(true)
})

test('P-07 two hashes of one password differ, and a hash is worth nothing without the keyring', async () => {
  const hasher = openHasher(pepper, light)
  const [one, two] = [await hasher.make('x'), await hasher.make('x')]
  expect(one.hash.equals(two.hash)).toBe(false)
  expect(await openHasher(createSecretKey(randomBytes(32)), light).matches('x', one)).toBe(false)
})

test('P-07 a hash of another cost is known as outdated and still verifies', async () => {
  const before = await openHasher(pepper, light).make('x')
  const now = openHasher(pepper, { ...light, passes: 2 })
  expect(now.outdated(before)).toBe(true)
  expect(await now.matches('x', before)).toBe(true)
  expect(now.outdated(await now.make('x'))).toBe(false)
  for (const other of [{ memory: 128 }, { lanes: 2 }])
    expect(openHasher(pepper, { ...light, ...other }).outdated(before)).toBe(true)
  expect(openHasher(pepper).cost).toEqual(fullCost)
})

test('a place in a queue is given back when the work is done or has failed', async () => {
  const hasher = openHasher(pepper, light)
  for (let at = 0; at < 70; at++) {
    await hasher.within('stranger', async () => 'done')
    await hasher.within('stranger', () => Promise.reject(new Error('wrong'))).catch(() => undefined)
  }
  await expect(hasher.within('stranger', async () => 'done')).resolves.toBe('done')
})

test('an unknown user costs one hash, like a known one, and is never right', async () => {
  const hasher = openHasher(pepper, light)
  const stored = await hasher.make('x')
  const before = hasher.computed
  expect(await hasher.matches('x', stored)).toBe(true)
  expect(hasher.computed - before).toBe(1)
  expect(await hasher.matches('x', undefined)).toBe(false)
  expect(hasher.computed - before).toBe(2)
})
