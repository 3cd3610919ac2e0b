import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SynthesisOptions, synthesize } from '../../../tools/synthetic/index.ts'
import { type Practice, startPractice } from '../practice.ts'
import { root } from '../repository.ts'

let practice: Practice

beforeAll(async () => {
  practice = await startPractice()
})

afterAll(() => practice.stop())

/** How many of the people invented for this practice are found by their record number. */
async function countPatients(): Promise<number> {
  const notes = JSON.parse(readFileSync(join(`${practice.data}.keys`, 'demo.json'), 'utf8')) as SynthesisOptions
  const authorization = `Bearer ${await practice.token()}`
  let found = 0
  for (const { patient } of synthesize(notes).patients()) {
    const [identifier] = patient.resource['identifier'] as { system: string; value: string }[]
    const query = `identifier=${encodeURIComponent(`${identifier!.system}|${identifier!.value}`)}`
    const { status, body } = await practice.ask(`/fhir/R4/Patient?${query}`, { headers: { authorization } })
    expect(status, body).toBe(200)
    found += (JSON.parse(body) as { total: number }).total
  }
  return found
}

test('a demonstration has an account for each role, a second clinician, and a client for all of FHIR', () => {
  expect(practice.accounts.map(({ role }) => role)).toEqual([
    ...['front-desk', 'nurse', 'clinician', 'clinician', 'biller', 'privacy-officer', 'administrator'],
  ])
  expect(practice.client.scope).toBe('system/*.cruds')
  expect(practice.fhir).toBe(`${practice.url}/fhir/R4`)
})

test('its passwords are long, and no two practices have the same', () => {
  expect(practice.accounts.filter(({ password }) => password.length < 15)).toEqual([])
  expect(new Set(practice.accounts.map(({ password }) => password)).size).toBe(practice.accounts.length)
})

test('its patients were brought in by an import', async () => {
  expect(await countPatients()).toBe(12)
})

test('what is secret about it is readable by its owner alone', () => {
  const secrets = ['demo.json', 'demo-client.jwk.json', 'root.key'].map((name) => join(`${practice.data}.keys`, name))
  expect(secrets.map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600, 0o600])
})

test('someone signs in with the password and the code that it printed', async () => {
  const nurse = practice.account('nurse')
  const headers = { 'content-type': 'application/json', 'x-chartkeep': '1', origin: practice.url }
  const first = await practice.ask('/office/sign-in', {
    ...{ method: 'POST', headers, body: JSON.stringify({ user: nurse.user, password: nurse.password }) },
  })
  expect(first.status, first.body).toBe(200)
  const cookie = [first.headers['set-cookie'] ?? []]
    .flat()
    .map((one) => one.split(';')[0])
    .join('; ')
  const second = await practice.ask('/office/sign-in/code', {
    ...{ method: 'POST', headers: { ...headers, cookie }, body: JSON.stringify({ code: practice.code(nurse) }) },
  })
  expect(second.status, second.body).toBe(200)
  expect(JSON.parse(second.body)).toMatchObject({ user: nurse.user, role: 'nurse' })
})

test('it is not served to a network', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'server/bin/chartkeep.mjs'), 'serve', '--data', practice.data, '--host', '0.0.0.0', '--port', '0'],
    { encoding: 'utf8' },
  )
  expect(stderr).toContain('This folder is a demonstration')
  expect(status).toBe(1)
})

test('killed without warning, it starts again with everything as it was', async () => {
  const before = practice
  practice = await practice.restart()
  expect(practice.accounts).toEqual(before.accounts)
  expect(practice.client).toEqual(before.client)
  expect(await countPatients()).toBe(12)
})
