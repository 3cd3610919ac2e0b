import { once as onceOf } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { createServer } from 'node:net'
import { connect } from 'node:tls'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judge } from './aftermath.ts'
import { type Answered, type Caller, openCaller } from './caller.ts'
import { acknowledged, canary, observation, person, startLoad } from './load.ts'
import {
  askForToken,
  type Chartkeep,
  isAlive,
  newChartkeep,
  postmasterOf,
  type Serving,
  signal,
  workersOf,
} from './serving.ts'
import { prepare, randomFrom } from './setting.ts'

const seed = Number(process.env['CHARTKEEP_KILL_SEED'] ?? 20_261)
const fhirJson = { 'content-type': 'application/fhir+json' }

/** Which worker gave the answer, by the log. */
async function workerOf(chartkeep: Chartkeep, { headers }: Answered): Promise<number> {
  const request = String(headers['x-request-id'])
  const line = await expect
    .poll(() =>
      chartkeep
        .logged()
        .split('\n')
        .find((one) => one.includes(request) && one.endsWith('}')),
    )
    .toBeDefined()
    .then(() =>
      chartkeep
        .logged()
        .split('\n')
        .find((one) => one.includes(request)),
    )
  return (JSON.parse(line ?? '{}') as { worker: number }).worker
}

/** Two callers whose connections are with different workers. */
async function callersApart(chartkeep: Chartkeep, { url, ca }: Serving): Promise<[Caller, Caller]> {
  const one = openCaller(url, ca)
  const first = await workerOf(chartkeep, await one.ask('/healthz'))
  for (;;) {
    const other = openCaller(url, ca)
    if ((await workerOf(chartkeep, await other.ask('/healthz'))) !== first) return [one, other]
    other.close()
  }
}

async function until(what: string, done: () => boolean | Promise<boolean>): Promise<number> {
  const began = performance.now()
  while (!(await done())) {
    if (performance.now() - began > 60_000) throw new Error(`not in time: ${what}`)
    await pause(20)
  }
  return performance.now() - began
}

test(`two workers under load, one of them killed: nothing is lost, nothing unrecorded (seed ${seed})`, async () => {
  const random = randomFrom(seed)
  const chartkeep = await newChartkeep()
  const serving = await chartkeep.serve('--workers', '2')
  const setting = await prepare(chartkeep, serving)
  const load = startLoad({ ...serving, ...setting, random }, 8)
  const returned: number[] = []
  for (let round = 0; round < 4; round++) {
    await pause(800 + random() * 800)
    const before = workersOf(serving.pid)
    expect(before).toHaveLength(2)
    const victim = before[round % 2]!
    signal(victim, 'SIGKILL')
    await until('the worker is gone', () => !isAlive(victim))
    returned.push(await until('another has come', () => workersOf(serving.pid).length === 2))
    // Long enough that it serves, and is the one to be killed.
    await pause(1500)
  }
  await pause(1000)
  const { kept } = load
  await expect.poll(() => acknowledged(kept)).toBeGreaterThan(50)
  await load.stop()

  const { wrong, unrecorded, summary } = await judge(chartkeep, serving, setting, kept)
  console.log(`back after ${returned.map((ms) => Math.round(ms)).join(', ')} ms; ${summary}`)
  expect.soft(kept.strange).toEqual([])
  expect.soft(wrong).toEqual([])
  expect.soft(unrecorded).toEqual([])
  expect(acknowledged(kept)).toBeGreaterThan(50)
  const workers = new Set([...chartkeep.logged().matchAll(/"worker":(\d+),"request"/g)].map(([, worker]) => worker))
  expect([...workers].toSorted(), 'both have answered').toEqual(['1', '2'])
  expect(chartkeep.logged()).not.toContain(canary)

  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({ code: 0 })
  await serving.end('SIGTERM')
  expect(postmasterOf(chartkeep.data), 'PostgreSQL ends with the server').toBeUndefined()
  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({
    code: 0,
    said: expect.stringContaining(' 0 waiting'),
  })
})

test('a worker that hangs is ended, and another serves in its place', async () => {
  const chartkeep = await newChartkeep()
  const serving = await chartkeep.serve('--workers', '2')
  // Both serve: one that is still starting has longer.
  for (const caller of await callersApart(chartkeep, serving)) caller.close()
  const [victim = 0, healthy = 0] = workersOf(serving.pid)
  signal(victim, 'SIGSTOP')
  const took = await until('the worker is gone', () => !isAlive(victim))
  await until('another has come', () => workersOf(serving.pid).length === 2)
  console.log(`ended after ${Math.round(took)} ms`)
  expect(workersOf(serving.pid)).toContain(healthy)
  expect(chartkeep.logged()).toContain('a worker does not answer and is ended')
  const [one, other] = await callersApart(chartkeep, serving)
  for (const caller of [one, other]) expect((await caller.ask('/healthz')).status).toBe(200)
  for (const caller of [one, other]) caller.close()
  await serving.end('SIGTERM')
  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({ code: 0 })
})

test('a primary that is killed leaves none serving, and the next start goes on', async () => {
  const chartkeep = await newChartkeep()
  const serving = await chartkeep.serve('--workers', '2')
  const setting = await prepare(chartkeep, serving)
  const load = startLoad({ ...serving, ...setting, random: randomFrom(seed) }, 4)
  await pause(1500)
  const workers = workersOf(serving.pid)
  const postmaster = postmasterOf(chartkeep.data)
  expect(workers).toHaveLength(2)
  await serving.end('SIGKILL')
  await until('the workers are gone', () => !workers.some(isAlive))
  const caller = openCaller(serving.url, serving.ca)
  expect((await caller.ask('/healthz')).status).toBe(0)
  caller.close()
  expect(postmasterOf(chartkeep.data), 'PostgreSQL runs on').toBe(postmaster)

  const next = await chartkeep.serve('--workers', '2')
  await pause(1000)
  await load.stop()
  const { wrong, unrecorded } = await judge(chartkeep, next, setting, load.kept)
  expect({ wrong, unrecorded }).toEqual({ wrong: [], unrecorded: [] })
  await next.end('SIGTERM')
  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({
    code: 0,
    said: expect.stringContaining(' 0 waiting'),
  })
})

test('a start with workers that cannot listen says why, and leaves nothing behind', async () => {
  const chartkeep = await newChartkeep()
  const taken = createServer().listen(0, '127.0.0.1')
  await onceOf(taken, 'listening')
  const address = taken.address()
  const port = String(typeof address === 'object' ? address?.port : address)
  const { code, said } = await chartkeep.command('serve', '--workers', '2', '--port', port)
  taken.close()
  expect(code).toBe(1)
  expect(said).toMatch(/The port is taken by another program/)
  expect(postmasterOf(chartkeep.data)).toBeUndefined()
  expect(await chartkeep.command('serve', '--workers', 'many')).toMatchObject({ code: 2 })
})

test('two workers are one server: conditions, sessions, assertions, events, metrics', async () => {
  const chartkeep = await newChartkeep()
  const serving = await chartkeep.serve('--workers', '2')
  const { token, patients, cookie } = await prepare(chartkeep, serving)
  const [one, other] = await callersApart(chartkeep, serving)
  const asProgram = { authorization: `Bearer ${token}` }
  const asPerson = { cookie, 'x-chartkeep': '1', 'sec-fetch-site': 'same-origin' }

  // 64 callers, each with a connection of its own, so 32 with each worker.
  const callers = Array.from({ length: 64 }, () => openCaller(serving.url, serving.ca))
  // One is looked up in the database, one in memory.
  const once = {
    'identifier=urn:example:load|once': {
      ...person('once'),
      identifier: [{ system: 'urn:example:load', value: 'once' }],
    },
    'family=Twicely&given=Only': { resourceType: 'Patient', name: [{ family: 'Twicely', given: ['Only'] }] },
  }
  for (const [condition, resource] of Object.entries(once)) {
    const create = {
      method: 'POST',
      headers: { ...asProgram, ...fhirJson, 'if-none-exist': condition },
      body: JSON.stringify(resource),
    }
    const answers = await Promise.all(callers.map((caller) => caller.ask('/fhir/R4/Patient', create)))
    const statuses = Map.groupBy(answers, ({ status }) => status)
    expect([...statuses.keys()].toSorted()).toEqual([200, 201])
    expect(statuses.get(201)).toHaveLength(1)
  }
  for (const caller of callers) caller.close()

  // What one worker saves is told in the streams of the other.
  const events = await follow(serving, `/office/patients/${patients[0]}/events`, asPerson)
  for (const caller of [one, other]) {
    const made = await caller.ask('/fhir/R4/Observation', {
      method: 'POST',
      headers: { ...asProgram, ...fhirJson },
      body: JSON.stringify(observation('told', `Patient/${patients[0]}`)),
    })
    const id = /Observation\/([0-9a-f-]{36})/.exec(made.headers.location ?? '')?.[1] ?? 'none'
    await until('the change is told', () => events.text().includes(id))
  }

  // A locked session is locked for both, and its stream ends in whichever worker it is.
  for (const caller of [one, other])
    expect((await caller.ask('/office/session', { headers: asPerson })).status).toBe(200)
  await one.ask('/office/lock', { method: 'POST', headers: asPerson })
  await until('the other knows', async () => {
    const { body } = await other.ask('/office/session', { headers: asPerson })
    return body.includes('"locked":true')
  })
  await events.over
  expect((await other.ask('/office/sign-out', { method: 'POST', headers: asPerson })).status).toBe(204)
  await until('the one knows', async () => (await one.ask('/office/session', { headers: asPerson })).status === 401)

  // S-10: an assertion is used once, whichever worker it comes to.
  const form = chartkeep.tokenForm(serving)
  expect((await askForToken(one, form)).status).toBe(200)
  expect((await askForToken(other, form)).status).toBe(401)

  // A session of TLS goes on with either.
  expect(await resumed(serving)).toBe(true)

  // One answer has the metrics of all.
  const collector = readFileSync(join(`${chartkeep.data}.keys`, 'metrics.token'), 'utf8').trim()
  const { body } = await one.ask('/metrics', { headers: { authorization: `Bearer ${collector}` } })
  for (const worker of ['primary', '1', '2'])
    expect(body).toMatch(new RegExp(`^process_resident_memory_bytes\\{worker="${worker}"\\} \\d+`, 'm'))
  expect(body).toMatch(/^chartkeep_workers\{worker="primary"\} 2$/m)

  // The root of the keyring is in no argument and no variable of a worker.
  const root = readFileSync(join(`${chartkeep.data}.keys`, 'root.key'))
  for (const pid of workersOf(serving.pid))
    for (const place of ['cmdline', 'environ'])
      for (const form of [root, root.toString('hex'), root.toString('base64')])
        expect(readFileSync(`/proc/${pid}/${place}`).includes(form)).toBe(false)
  one.close()
  other.close()
  await serving.end('SIGTERM')
})

async function follow({ url, ca }: Serving, path: string, headers: Record<string, string>) {
  let text = ''
  const asking = request(new URL(path, url), { ca, headers, agent: false })
  asking.end()
  const [incoming] = (await onceOf(asking, 'response')) as [IncomingMessage]
  incoming.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { text: () => text, over: onceOf(incoming, 'close') }
}

/** Whether four connections, which come to the workers in turn, go on with the session of a first one. */
async function resumed({ url, ca }: Serving): Promise<boolean> {
  const { port, hostname } = new URL(url)
  const place = { port: Number(port), host: hostname, servername: hostname, ca }
  const first = connect(place).resume()
  const [session] = (await onceOf(first, 'session')) as [Buffer]
  first.destroy()
  const each: boolean[] = []
  for (let round = 0; round < 4; round++) {
    const socket = connect({ ...place, session })
    await onceOf(socket, 'secureConnect')
    each.push(socket.isSessionReused())
    socket.destroy()
  }
  return each.every(Boolean)
}
