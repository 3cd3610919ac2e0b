import { expect, test } from 'vitest'
import { type HashQueue, HashQueues } from './hash-queue.ts'

/** Work that ends when the test says so; `begun` names what has started, in order. */
function bench() {
  const queues = new HashQueues()
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const enter = (queue: HashQueue, name: string) =>
    queues.admit(queue).run(async () => {
      begun.push(name)
      await new Promise<void>((resolve) => ends.set(name, resolve))
    })
  const end = async (name: string) => {
    ends.get(name)?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { queues, begun, enter, end }
}

test('a flood of sign-ins leaves one hash free, which a live session gets at once', async () => {
  const { begun, enter } = bench()
  for (let at = 0; at < 60; at++) void enter('stranger', `stranger ${at}`)
  void enter('session', 'unlock')
  await Promise.resolve()
  expect(begun).toEqual(['stranger 0', 'stranger 1', 'unlock'])
})

test('live sessions come before sign-ins, and known workstations before strangers', async () => {
  const { begun, enter, end } = bench()
  for (const name of ['a', 'b', 'c', 'd']) void enter('stranger', name)
  for (const name of ['known 1', 'known 2']) void enter('workstation', name)
  for (const name of ['sign 1', 'sign 2']) void enter('session', name)
  await Promise.resolve()
  expect(begun).toEqual(['a', 'b', 'sign 1'])
  await end('a')
  await end('sign 1')
  await end('b')
  expect(begun).toEqual(['a', 'b', 'sign 1', 'sign 2', 'known 1', 'known 2'])
})

test('each queue takes 64 and then says to come again, whatever became of the others', () => {
  const { queues } = bench()
  const admitted = Array.from({ length: 64 }, () => queues.admit('stranger'))
  expect(() => queues.admit('stranger')).toThrow(
    expect.objectContaining({ code: 'sign-in-throttled', remedy: expect.stringContaining('again in some seconds') }),
  )
  for (const queue of ['workstation', 'session'] as const) expect(() => queues.admit(queue)).not.toThrow()
  admitted[0]?.leave()
  expect(() => queues.admit('stranger')).not.toThrow()
})

test('strangers from one address take half of their queue at most', () => {
  const { queues } = bench()
  const admitted = Array.from({ length: 32 }, () => queues.admit('stranger', '10.0.0.1'))
  expect(() => queues.admit('stranger', '10.0.0.1')).toThrow(expect.objectContaining({ code: 'sign-in-throttled' }))
  for (let at = 0; at < 32; at++) queues.admit('stranger', '10.0.0.2')
  expect(() => queues.admit('stranger', '10.0.0.3')).toThrow(expect.objectContaining({ code: 'sign-in-throttled' }))
  for (const admission of admitted) admission.leave()
  expect(() => queues.admit('stranger', '10.0.0.1')).not.toThrow()
})

test('what live sessions have done leaves no more room for sign-ins than before', async () => {
  const { queues, begun, enter } = bench()
  for (let at = 0; at < 3; at++) await queues.admit('session').run(async () => 'unlocked')
  for (let at = 0; at < 4; at++) void enter('stranger', `stranger ${at}`)
  await Promise.resolve()
  expect(begun).toEqual(['stranger 0', 'stranger 1'])
})

test('work that fails gives its place to the next', async () => {
  const queues = new HashQueues()
  const failing = Array.from({ length: 10 }, () =>
    queues.admit('stranger').run(() => Promise.reject(new Error('argon2 failed'))),
  )
  expect((await Promise.allSettled(failing)).every(({ status }) => status === 'rejected')).toBe(true)
  await expect(queues.admit('stranger').run(async () => 'done')).resolves.toBe('done')
})
