// The database goes away for longer than a moment: what is said about it stays short, memory stays as it was, and once it
// is back the answers are whole before anyone is told that they are.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { openLog, Secret } from '#base'
import { socketTarget, startEmbedded } from '#db'
import { openCaller } from './caller.ts'
import { person, startLoad } from './load.ts'
import { newChartkeep, postmasterOf, signal } from './serving.ts'
import { prepare, randomFrom } from './setting.ts'
import { processesOf } from './tamper.ts'

const residentMegabytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

test('twenty seconds without a database: a short log, no more memory, and nobody is said not to exist', async () => {
  const chartkeep = await newChartkeep()
  const serving = await chartkeep.serve()
  const setting = await prepare(chartkeep, serving)
  const caller = openCaller(serving.url, serving.ca)
  const headers = { authorization: `Bearer ${setting.token}` }
  const find = () => caller.ask('/fhir/R4/Patient?given=one', { headers })
  const ready = async () => (await caller.ask('/readyz')).status
  expect((JSON.parse((await find()).body) as { total: number }).total).toBe(1)
  const load = startLoad({ ...serving, ...setting, random: randomFrom(7) }, 4)

  const conf = join(chartkeep.data, 'pg', 'postgresql.conf')
  const good = readFileSync(conf)
  appendFileSync(conf, 'no such setting\n')
  const before = chartkeep.logged().length
  const memory = residentMegabytes(serving.pid)
  signal(postmasterOf(chartkeep.data) ?? 0, 'SIGKILL')
  await expect.poll(ready, { timeout: 20_000 }).toBe(503)
  for (const began = performance.now(); performance.now() - began < 20_000; await pause(500)) {
    expect.soft(await ready()).toBe(503)
    expect.soft((await find()).status).toBe(503)
  }
  const said = chartkeep
    .logged()
    .slice(before)
    .split('\n')
    .filter((line) => line.startsWith('{') && !line.includes('"answered"'))
  const grown = residentMegabytes(serving.pid) - memory
  expect(said.length, 'lines about it').toBeLessThan(150)
  expect(grown, 'megabytes more').toBeLessThan(100)

  writeFileSync(conf, good)
  const back = performance.now()
  const acknowledged = () => load.kept.attempts.filter(({ outcome }) => outcome === 'acknowledged').length
  const written = acknowledged()
  // As soon as it answers at all, it answers for everyone.
  for (;;) {
    const { status, body } = await find()
    if (status === 200) {
      expect((JSON.parse(body) as { total: number }).total).toBe(1)
      if ((await ready()) === 200) break
    } else expect(status).toBe(503)
    expect(performance.now() - back).toBeLessThan(30_000)
    await pause(50)
  }
  await expect.poll(acknowledged, { timeout: 20_000 }).toBeGreaterThan(written)
  console.log(
    `${said.length} lines, ${Math.round(grown)} MB, first write ${Math.round(performance.now() - back)} ms after it could start`,
  )
  await load.stop()

  // And while it is away, a stop is a stop.
  appendFileSync(conf, 'no such setting\n')
  signal(postmasterOf(chartkeep.data) ?? 0, 'SIGKILL')
  await expect.poll(ready, { timeout: 20_000 }).toBe(503)
  const stopping = performance.now()
  await serving.end('SIGTERM')
  expect(performance.now() - stopping).toBeLessThan(40_000)
  expect(processesOf(chartkeep.data)).toEqual([])
  writeFileSync(conf, good)
  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({ code: 0 })
  caller.close()
})

test('a database of one’s own that is started again under load, again and again: all goes on, and the stop leaves nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-external-'))
  const password = new Secret(Buffer.from('owner-of-the-test'))
  const embedded = await startEmbedded(join(folder, 'data'), password, openLog('silent'))
  onTestFinished(async () => {
    await embedded.stop()
    rmSync(embedded.socketFolder, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  })
  const url = `postgresql://chartkeep_owner:owner-of-the-test@localhost/chartkeep?host=${embedded.socketFolder}`
  const chartkeep = await newChartkeep(join(folder, 'practice'), undefined, url)
  const serving = await chartkeep.serve()
  const setting = await prepare(chartkeep, serving)
  const caller = openCaller(serving.url, serving.ca)
  const load = startLoad({ ...serving, ...setting, random: randomFrom(8) }, 6)
  const acknowledged = () => load.kept.attempts.filter(({ outcome }) => outcome === 'acknowledged').length
  const took: number[] = []
  for (let round = 0; round < 5; round++) {
    await pause(1500)
    const postmaster = postmasterOf(join(folder, 'data')) ?? 0
    signal(postmaster, round % 2 === 0 ? 'SIGINT' : 'SIGQUIT')
    const began = performance.now()
    await expect.poll(() => postmasterOf(join(folder, 'data')) ?? postmaster, { timeout: 20_000 }).not.toBe(postmaster)
    const before = acknowledged()
    await expect.poll(acknowledged, { timeout: 30_000, message: 'a write after the restart' }).toBeGreaterThan(before)
    await expect.poll(async () => (await caller.ask('/readyz')).status, { timeout: 20_000 }).toBe(200)
    took.push(Math.round(performance.now() - began))
  }
  await load.stop()
  console.log(`writes again after ${took.join(', ')} ms`)
  expect(load.kept.strange).toEqual([])
  const made = await caller.ask('/fhir/R4/Patient', {
    method: 'POST',
    headers: { authorization: `Bearer ${setting.token}`, 'content-type': 'application/fhir+json' },
    body: JSON.stringify(person('afterwards')),
  })
  expect(made.status).toBe(201)
  // Restarted once more while it is told to stop.
  signal(postmasterOf(join(folder, 'data')) ?? 0, 'SIGINT')
  const stopping = performance.now()
  await serving.end('SIGTERM')
  expect(performance.now() - stopping).toBeLessThan(40_000)
  const target = socketTarget(embedded.socketFolder, 'chartkeep', () => password)
  const left = async () => {
    const owner = new pg.Client(target.connection('owner'))
    owner.on('error', () => undefined)
    try {
      await owner.connect()
      return (await owner.query(`select from pg_stat_activity where usename in ('chartkeep_app', 'chartkeep_reader')`))
        .rowCount
    } catch {
      return undefined
    } finally {
      await owner.end().catch(() => undefined)
    }
  }
  await expect.poll(left, { timeout: 20_000 }).toBe(0)
  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({ code: 0 })
  caller.close()
})
