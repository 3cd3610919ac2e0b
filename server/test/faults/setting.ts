// What a load needs before it starts: patients, a record that all change, a token, and a clinician at a screen.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret as OtpSecret, TOTP } from 'otpauth'
import { expect } from 'vitest'
import { type Caller, openCaller } from './caller.ts'
import { type LoadTarget, observation, person } from './load.ts'
import type { Chartkeep, Serving } from './serving.ts'

export type Setting = Pick<LoadTarget, 'token' | 'patients' | 'shared' | 'cookie'> & {
  /** The clinician's account. */
  readonly account: string
}

export async function prepare(chartkeep: Chartkeep, serving: Serving): Promise<Setting> {
  const caller = openCaller(serving.url, serving.ca)
  const token = await chartkeep.token(serving)
  const patients: string[] = []
  for (const name of ['one', 'two', 'three', 'four', 'five', 'six'])
    patients.push(await create(caller, token, 'Patient', person(name)))
  const patient = patients[0]!
  const id = await create(caller, token, 'Observation', observation('shared', `Patient/${patient}`))
  const signedIn = await signIn(chartkeep, caller)
  caller.close()
  return { token, patients, shared: { patient, id }, ...signedIn }
}

/** Mulberry32: the same moments again for the same seed, as far as a real machine allows. */
export function randomFrom(start: number): () => number {
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
