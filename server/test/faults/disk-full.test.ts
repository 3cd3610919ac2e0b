import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { judge } from './aftermath.ts'
import { openCaller } from './caller.ts'
import { acknowledged, canary, startLoad } from './load.ts'
import { newChartkeep, postmasterOf, signal } from './serving.ts'
import { prepare, randomFrom } from './setting.ts'
import { processesOf } from './tamper.ts'

const seed = 4711
const callers = 6
const size = '180m'

/** A small disk of the test's own at the folder; undefined when this machine does not let us make one. */
function mountSmallDisk(folder: string): { unmount(): void } | undefined {
  mkdirSync(folder, { recursive: true })
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0755`, 'tmpfs', folder])
  return status === 0 ? { unmount: () => void execFileSync('umount', ['--lazy', folder]) } : undefined
}

/** Keeps the disk full until told to stop, whatever others free. */
function fill(folder: string): { stop(): Promise<void> } {
  const path = join(folder, 'ballast')
  const ballast = openSync(path, 'a')
  const stopping = new AbortController()
  const filling = (async () => {
    while (!stopping.signal.aborted) {
      for (const bytes of [1 << 20, 1 << 12]) {
        try {
          for (;;) if (writeSync(ballast, Buffer.alloc(bytes)) < bytes) break
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        }
      }
      await pause(20)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await filling
      closeSync(ballast)
      rmSync(path)
    },
  }
}

test('a full disk loses nothing that was acknowledged, releases nothing unrecorded, and is got over', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-faults-'))
  const disk = mountSmallDisk(join(folder, 'data'))
  if (disk === undefined) {
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    console.warn('SKIPPED: a small disk can only be made by root, on Linux, with the right to mount.')
    context.skip()
  }
  const chartkeep = await newChartkeep(folder, disk?.unmount)
  const serving = await chartkeep.serve()
  const caller = openCaller(serving.url, serving.ca)
  const setting = await prepare(chartkeep, serving)
  const load = startLoad({ ...serving, ...setting, random: randomFrom(seed) }, callers)
  const { kept } = load
  const ready = async (): Promise<number> => (await caller.ask('/readyz')).status

  await expect.poll(() => acknowledged(kept)).toBeGreaterThan(10)
  const before = acknowledged(kept)

  const full = fill(chartkeep.data)
  // The space that PostgreSQL holds in reserve is used up first.
  for (let waited = 0; (await ready()) === 200; waited += 50) {
    expect(waited).toBeLessThan(60_000)
    await pause(50)
  }
  // Now and then PostgreSQL finds a page or two, and then it is right to say ready: something was released since.
  const lies: number[] = []
  let refused = 0
  for (const began = performance.now(); performance.now() - began < 5000;) {
    const released = kept.released.length
    const status = await ready()
    await pause(250)
    if (status === 503) refused++
    else if (kept.released.length === released) lies.push(Math.round(performance.now() - began))
  }
  const during = acknowledged(kept)
  expect.soft(lies, 'ready while nothing could be recorded').toEqual([])
  expect(refused).toBeGreaterThan(5)

  await full.stop()
  const freed = performance.now()
  while (acknowledged(kept) === during || (await ready()) !== 200) {
    expect(performance.now() - freed).toBeLessThan(60_000)
    await pause(50)
  }
  const took = performance.now() - freed
  await pause(1500)
  await load.stop()

  const { wrong, unrecorded, summary } = await judge(chartkeep, serving, setting, kept)
  console.log(`works again ${Math.round(took)} ms after there was space; ${summary}`)
  expect.soft(kept.strange).toEqual([])
  expect.soft(wrong).toEqual([])
  expect.soft(unrecorded).toEqual([])
  expect.soft(kept.longestMs, 'no answer took longer than its limit').toBeLessThan(20_000)
  expect(kept.counts.get('POST 503')).toBeGreaterThan(0)
  expect(kept.counts.get('GET 503')).toBeGreaterThan(0)
  expect(acknowledged(kept)).toBeGreaterThan(before + 10)

  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({
    code: 0,
    said: expect.stringContaining('The ledger is whole'),
  })
  await serving.end('SIGTERM')
  expect(chartkeep.logged()).toContain('No space left on device')
  expect(chartkeep.logged()).not.toContain(canary)
  caller.close()
})

test('a start on a full disk says so, ends and leaves nothing; with space again it serves', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-faults-'))
  const disk = mountSmallDisk(join(folder, 'data'))
  if (disk === undefined) {
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    context.skip()
  }
  const chartkeep = await newChartkeep(folder, disk?.unmount)
  const serving = await chartkeep.serve()
  const full = fill(chartkeep.data)
  await pause(500)
  await serving.end('SIGKILL')
  const postmaster = postmasterOf(chartkeep.data)
  if (postmaster !== undefined) signal(postmaster, 'SIGKILL')
  await expect.poll(() => postmasterOf(chartkeep.data), { timeout: 20_000 }).toBeUndefined()
  const start = chartkeep.begin()
  expect(await Promise.race([start.ended, pause(120_000, 'it does not end')]), start.said()).toBe(1)
  expect(start.said()).toMatch(/disk is full|PostgreSQL did not start|No space left/i)
  expect(processesOf(chartkeep.data)).toEqual([])
  await full.stop()
  const again = await chartkeep.serve()
  await again.end('SIGTERM')
  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({ code: 0 })
})
