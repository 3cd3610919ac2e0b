import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answered, type Practice, startPractice } from '../practice.ts'

let practice: Practice
let authorization: string

beforeAll(async () => {
  practice = await startPractice({ patients: 3 })
  authorization = `Bearer ${await practice.token()}`
})

afterAll(() => practice.stop())

const create = (): Promise<Answered> =>
  practice.ask('/fhir/R4/Patient', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Patient', gender: 'female' }),
  })

async function until(status: number, ask: () => Promise<Answered>): Promise<Answered[]> {
  const answers: Answered[] = []
  for (let waited = 0; waited < 60_000; waited += 50) {
    const answer = await ask()
    answers.push(answer)
    if (answer.status === status) return answers
    await pause(50)
  }
  throw new Error(`never ${status}: ${answers.at(-1)?.status}`)
}

test('while PostgreSQL is away requests are refused with 503, and it comes back by itself', async () => {
  expect((await create()).status).toBe(201)
  const postmaster = Number.parseInt(readFileSync(join(practice.data, 'pg', 'postmaster.pid'), 'utf8'), 10)
  process.kill(postmaster, 'SIGKILL')
  const answers = await until(201, create)
  const refused = answers.slice(0, -1)
  expect(refused.filter(({ status }) => status !== 503)).toEqual([])
  expect(
    refused.every(({ body }) => (JSON.parse(body) as { resourceType: string }).resourceType === 'OperationOutcome'),
  ).toBe(true)
  const [ready] = (await until(200, () => practice.ask('/readyz'))).slice(-1)
  expect(JSON.parse(ready!.body)).toMatchObject({ database: true })
  const id = (JSON.parse(answers.at(-1)!.body) as { id: string }).id
  expect((await practice.ask(`/fhir/R4/Patient/${id}`, { headers: { authorization } })).status).toBe(200)
})
