import { expect, test } from 'vitest'
import { batch } from './batch.ts'

test('what queues while a flush runs goes out together in the next', async () => {
  const sizes: number[] = []
  const double = batch<number, number>({
    limit: 100,
    flush: async (inputs) => {
      sizes.push(inputs.length)
      await new Promise((resolve) => setTimeout(resolve, 5))
      return inputs.map((input) => input * 2)
    },
  })
  const first = double(1)
  await new Promise((resolve) => setTimeout(resolve, 1))
  const others = Array.from({ length: 50 }, (_, index) => double(index))
  expect(await first).toBe(2)
  expect(await Promise.all(others)).toEqual(Array.from({ length: 50 }, (_, index) => index * 2))
  expect(sizes).toEqual([1, 50])
})

test('a flush takes no more than its limit', async () => {
  const sizes: number[] = []
  const echo = batch<number, number>({ limit: 8, flush: async (inputs) => (sizes.push(inputs.length), inputs) })
  await Promise.all(Array.from({ length: 20 }, (_, index) => echo(index)))
  expect(sizes).toEqual([8, 8, 4])
})

test('lanes share what queues, but none gets less than it is worth', async () => {
  const sizes: number[] = []
  const echo = batch<number, number>({
    ...{ limit: 100, lanes: 2, least: 8 },
    flush: async (inputs) => {
      sizes.push(inputs.length)
      await new Promise((resolve) => setTimeout(resolve, 5))
      return inputs
    },
  })
  await Promise.all(Array.from({ length: 40 }, (_, index) => echo(index)))
  expect(sizes.slice(0, 2)).toEqual([20, 10])
  expect(sizes.reduce((sum, size) => sum + size)).toBe(40)
  sizes.length = 0
  await Promise.all(Array.from({ length: 6 }, (_, index) => echo(index)))
  expect(sizes).toEqual([6])
})

test('an error for one input reaches only its caller, a failing flush all of that batch and no later one', async () => {
  let broken = false
  const half = batch<number, number>({
    limit: 10,
    flush: async (inputs) => {
      if (broken) throw new Error('all')
      return inputs.map((input) => (input % 2 === 0 ? input / 2 : new Error('odd')))
    },
  })
  const settled = await Promise.allSettled([half(4), half(3)])
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  broken = true
  expect((await Promise.allSettled([half(4), half(2)])).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  broken = false
  expect(await half(8)).toBe(4)
})
