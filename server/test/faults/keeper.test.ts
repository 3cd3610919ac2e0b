import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openCaller } from './caller.ts'
import { childrenOf, isAlive, newChartkeep, type Serving, signal } from './serving.ts'

async function answers({ url, ca }: Pick<Serving, 'url' | 'ca'>): Promise<boolean> {
  const caller = openCaller(url, ca)
  const { status } = await caller.ask('/readyz')
  caller.close()
  return status === 200
}

const patience = { timeout: 120_000, interval: 200 }

test('one process that hangs is ended and started again, one that rests is not', async () => {
  const chartkeep = await newChartkeep()
  const serving = await chartkeep.serve()
  // A computer that is suspended, or busy with something else for a while.
  for (const pid of [serving.keeper, serving.pid]) signal(pid, 'SIGSTOP')
  await pause(12_000)
  for (const pid of [serving.keeper, serving.pid]) signal(pid, 'SIGCONT')
  expect(await answers(serving)).toBe(true)
  expect(childrenOf(serving.keeper)).toContain(serving.pid)
  signal(serving.pid, 'SIGSTOP')
  await expect.poll(() => isAlive(serving.pid), patience).toBe(false)
  await expect.poll(() => answers(serving), patience).toBe(true)
  expect(childrenOf(serving.keeper)).not.toContain(serving.pid)
  expect(chartkeep.logged()).toContain('the server does not answer and is ended')
  await serving.end('SIGTERM')
})

test('one that ends by itself is started again, and a stop ends both', async () => {
  const chartkeep = await newChartkeep()
  const serving = await chartkeep.serve()
  signal(serving.pid, 'SIGKILL')
  await expect.poll(() => isAlive(serving.pid), patience).toBe(false)
  await expect.poll(() => answers(serving), patience).toBe(true)
  const [second = 0] = childrenOf(serving.keeper)
  signal(serving.keeper, 'SIGTERM')
  await serving.ended
  expect([isAlive(serving.keeper), isAlive(second)]).toEqual([false, false])
})

test('a server does not outlive its keeper, and one that cannot start is not tried again', async () => {
  const chartkeep = await newChartkeep()
  const serving = await chartkeep.serve()
  signal(serving.keeper, 'SIGKILL')
  await expect.poll(() => isAlive(serving.pid), patience).toBe(false)
  expect(await chartkeep.command('serve', '--port', 'many')).toMatchObject({ code: 2 })
})
