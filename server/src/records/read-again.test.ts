import { expect, test } from 'vitest'
import { openReadAgain } from './read-again.ts'

test('a hundred calls while one reading is under way cost one more reading, and nobody is told before it is done', async () => {
  let readings = 0
  let finish: () => void = () => undefined
  const index = openReadAgain(
    () => {
      readings++
      return new Promise<void>((resolve) => (finish = resolve))
    },
    () => undefined,
  )
  const first = index.read()
  const later = Promise.all(Array.from({ length: 100 }, () => index.read()))
  expect([readings, index.done()]).toEqual([1, false])
  finish()
  await first
  await expect.poll(() => readings).toBe(2)
  expect(index.done()).toBe(false)
  finish()
  await later
  expect([readings, index.done()]).toEqual([2, true])
})

test('a reading that fails is tried again until it succeeds, or until nobody wants it any more', async () => {
  const faults: unknown[] = []
  let tries = 0
  const index = openReadAgain(
    async () => {
      if (++tries < 3) throw new Error('away')
    },
    (error) => faults.push(error),
  )
  await index.read()
  expect([tries, faults.length, index.done()]).toEqual([3, 2, true])
  const stopped = openReadAgain(
    () => Promise.reject(new Error('away')),
    () => stopped.stop(),
  )
  await stopped.read()
})
