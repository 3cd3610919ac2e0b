import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Secret as OtpSecret, TOTP } from 'otpauth'
import { expect, test } from 'vitest'
import { compare, findEverything, findNewPatients, readLedger, unrecorded } from './aftermath.ts'
import { type Caller, openCaller } from './caller.ts'
import { canary, observation, person, startLoad } from './load.ts'
import { type Chartkeep, childrenOf, isAlive, newChartkeep, postmasterOf, type Serving, signal } from './serving.ts'

const seed = Number(process.env['CHARTKEEP_KILL_SEED'] ?? 20_260)
const callers = 8
const acts = ['server', 'postmaster', 'backend'] as const

/** Mulberry32: the same moments again for the same seed, as far as a real machine allows. */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

async function create(caller: Caller, token: string, type: string, resource: object): Promise<string> {
  const { status, headers, body } = await caller.ask(`/fhir/R4/${type}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    body: JSON.stringify(resource),
  })
  expect(status, body).toBe(201)
  return /\/([0-9a-f-]{36})\//.exec(headers.location ?? '')?.[1] ?? ''
}

/** A clinician at a screen, with the second factor enrolled on the way. */
async function signIn({ folder, command }: Chartkeep, caller: Caller): Promise<{ cookie: string; account: string }> {
  const password = 'quokka-lintel-saffron-drum'
  const file = join(folder, 'password-of-nora')
  writeFileSync(file, password, { mode: 0o600 })
  const added = ['--user', 'nora', '--name', 'Nora Quist', '--role', 'clinician', '--password-file', file]
  expect(await command('user', 'add', ...added)).toMatchObject({ code: 0 })
  let cookie = ''
  const office = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const headers = { 'x-chartkeep': '1', 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
    const answer = await caller.ask(`/office${path}`, {
      method: 'POST',
      headers: cookie === '' ? headers : { ...headers, cookie },
      body: JSON.stringify(body),
    })
    expect(answer.status, answer.body).toBe(200)
    cookie = (answer.headers['set-cookie'] ?? [])
      .map((line) => line.split(';')[0] ?? '')
      .filter((pair) => !pair.endsWith('='))
      .join('; ')
    return JSON.parse(answer.body) as Record<string, unknown>
  }
  const { secret } = await office('/sign-in', { user: 'nora', password })
  const code = new TOTP({ secret: OtpSecret.fromBase32(String(secret)) }).generate()
  const { account } = await office('/sign-in/code', { code })
  return { cookie, account: String(account) }
}

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
    expect(performance.now() - began).toBeLessThan(30_000)
    await pause(25)
  }
}

test(`nothing acknowledged is lost and nothing released is unrecorded, whatever is killed (seed ${seed})`, async () => {
  const random = randomFrom(seed)
  const chartkeep = await newChartkeep()
  let serving: Serving = await chartkeep.serve()
  const caller = openCaller(serving.url, serving.ca)
  const token = await chartkeep.token(serving)
  const patients: string[] = []
  for (const name of ['one', 'two', 'three', 'four', 'five', 'six'])
    patients.push(await create(caller, token, 'Patient', person(name)))
  const patient = patients[0]!
  const resource = observation('shared', `Patient/${patient}`)
  const shared = { patient, id: await create(caller, token, 'Observation', resource) }
  const { cookie, account } = await signIn(chartkeep, caller)
  const load = startLoad({ ...serving, token, patients, shared, cookie, random }, callers)

  const outages: string[] = []
  const order = [...acts, ...acts, ...acts, 'pause' as const].toSorted(() => random() - 0.5)
  for (const act of order) {
    await pause(600 + random() * 1200)
    const postmaster = postmasterOf(chartkeep.data) ?? 0
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
      const backends = childrenOf(postmaster).filter((pid) =>
        /chartkeep_app/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')),
      )
      signal(backends[Math.floor(random() * backends.length)] ?? postmaster, 'SIGKILL')
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
  await load.stop()

  const { kept } = load
  const asking = { caller, token: await chartkeep.token(serving) }
  const found = await findEverything(asking, [...patients, ...(await findNewPatients(asking, kept))])
  const entries = await readLedger(chartkeep.data, [chartkeep.clientId, account])
  const outcomes = Map.groupBy(kept.attempts, ({ outcome }) => outcome)
  console.log(
    `${outages.join(', ')}; ${[...kept.counts].map(([name, count]) => `${name} ${count}`).join(', ')};`,
    [...outcomes].map(([outcome, { length }]) => `${outcome} ${length}`).join(', '),
    `; longest answer ${Math.round(kept.longestMs)} ms`,
  )
  expect.soft(kept.strange).toEqual([])
  expect.soft(compare(kept, found)).toEqual([])
  expect.soft(unrecorded(kept, entries)).toEqual([])
  expect.soft(kept.longestMs, 'no answer took longer than its limit').toBeLessThan(20_000)
  // The load was one: otherwise nothing was shown.
  expect(outcomes.get('acknowledged')?.length).toBeGreaterThan(200)
  expect(outcomes.get('unknown')?.length).toBeGreaterThan(0)

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
  expect(readdirSync(chartkeep.data)).not.toContain('core')
  caller.close()
})
