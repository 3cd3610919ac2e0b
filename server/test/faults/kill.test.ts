import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { judge } from './aftermath.ts'
import { type Caller, openCaller } from './caller.ts'
import { acknowledged, canary, startLoad } from './load.ts'
import { prepare, randomFrom } from './setting.ts'
import {
  type Chartkeep,
  childrenOf,
  commandOf,
  isAlive,
  newChartkeep,
  postmasterOf,
  type Serving,
  signal,
} from './serving.ts'

const seed = Number(process.env['CHARTKEEP_KILL_SEED'] ?? 20_260)
const callers = 8
const acts = ['server', 'postmaster', 'backend'] as const

/** Asks until it is ready, which it may not say while there is no PostgreSQL. @returns milliseconds */
async function untilReady({ data }: Chartkeep, caller: Caller, gone: number): Promise<number> {
  const began = performance.now()
  for (;;) {
    const { status, took } = await caller.ask('/readyz')
    expect(took).toBeLessThan(11_000)
    // Asked for afterwards, so that a new one is not missed.
    const now = postmasterOf(data)
    if (status === 200) {
      expect(now !== undefined && now !== gone, 'it said ready while PostgreSQL was gone').toBe(true)
      return performance.now() - began
    }
    expect(performance.now() - began).toBeLessThan(60_000)
    await pause(25)
  }
}

/** The process id of PostgreSQL, once there is one. */
async function untilRunning({ data }: Chartkeep): Promise<number> {
  for (const began = performance.now(); performance.now() - began < 60_000; await pause(25)) {
    const pid = postmasterOf(data)
    if (pid !== undefined) return pid
  }
  throw new Error('PostgreSQL did not come back')
}

/** PostgreSQL's processes that work for the server; right after an outage there may be none yet. */
async function untilConnected(postmaster: number): Promise<number[]> {
  for (const began = performance.now(); performance.now() - began < 60_000; await pause(25)) {
    const backends = childrenOf(postmaster).filter((pid) => /chartkeep_app/.test(commandOf(pid)))
    if (backends.length > 0) return backends
  }
  throw new Error('the server did not connect again')
}

test(`nothing acknowledged is lost and nothing released is unrecorded, whatever is killed (seed ${seed})`, async () => {
  const random = randomFrom(seed)
  const chartkeep = await newChartkeep()
  let serving: Serving = await chartkeep.serve()
  const caller = openCaller(serving.url, serving.ca)
  const setting = await prepare(chartkeep, serving)
  const load = startLoad({ ...serving, ...setting, random }, callers)

  const outages: string[] = []
  const order = [...acts, ...acts, ...acts, 'pause' as const].toSorted(() => random() - 0.5)
  for (const act of order) {
    await pause(600 + random() * 1200)
    const postmaster = await untilRunning(chartkeep)
    const began = performance.now()
    if (act === 'server') {
      await serving.end('SIGKILL')
      serving = await chartkeep.serve()
      expect(postmasterOf(chartkeep.data), 'the PostgreSQL that ran on was taken over').toBe(postmaster)
    } else if (act === 'postmaster') {
      signal(postmaster, 'SIGKILL')
      while (isAlive(postmaster)) await pause(1)
      await untilReady(chartkeep, caller, postmaster)
    } else if (act === 'backend') {
      const backends = await untilConnected(postmaster)
      signal(backends[Math.floor(random() * backends.length)]!, 'SIGKILL')
      await untilReady(chartkeep, caller, 0)
    } else {
      signal(postmaster, 'SIGSTOP')
      await pause(2000)
      signal(postmaster, 'SIGCONT')
      await untilReady(chartkeep, caller, 0)
    }
    outages.push(`${act} ${Math.round(performance.now() - began)} ms`)
  }
  await pause(1500)
  const { kept } = load
  await expect.poll(() => acknowledged(kept)).toBeGreaterThan(50)
  await load.stop()

  const { wrong, unrecorded, summary } = await judge(chartkeep, serving, setting, kept)
  console.log(`${outages.join(', ')}; ${summary}`)
  expect.soft(kept.strange).toEqual([])
  expect.soft(wrong).toEqual([])
  expect.soft(unrecorded).toEqual([])
  expect.soft(kept.longestMs, 'no answer took longer than its limit').toBeLessThan(20_000)
  // The load was one: otherwise nothing was shown.
  expect(acknowledged(kept)).toBeGreaterThan(50)
  expect(kept.attempts.filter(({ outcome }) => outcome === 'unknown').length).toBeGreaterThan(0)

  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({
    code: 0,
    said: expect.stringContaining('The ledger is whole'),
  })
  await serving.end('SIGTERM')
  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({
    code: 0,
    said: expect.stringContaining(' 0 waiting'),
  })
  expect(chartkeep.logged()).toContain('"answered"')
  expect(chartkeep.logged()).not.toContain(canary)
  caller.close()
})
