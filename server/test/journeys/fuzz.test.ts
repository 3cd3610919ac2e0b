import { expect } from 'vitest'
import { defaultLimits } from '#http'
import { synthesize, transactionOf } from '../../../tools/synthetic/index.ts'
import { listOf, type Reply } from '../desk.ts'
import { test } from '../rest-rig.ts'
import { echo, Fuzz, type FuzzRequest, type Ground } from './fuzz-grammar.ts'

const seeds = ['a quiet morning', 'a broken client', 'a patient attacker']
const perSeed = 1200
const sampleTypes = 'Patient Observation Condition MedicationRequest Encounter DocumentReference Immunization CarePlan'

test('R-15, R-16: nothing that is sent makes the server fail, hang, repeat what it was sent, or grow', async ({ rest }) => {
  const ground = await settle(rest.fhir)
  const statuses = new Map<number, number>()
  const sizes: number[] = []
  for (const seed of seeds) {
    const fuzz = new Fuzz(seed, ground)
    for (let turn = 0; turn < perSeed; turn++) {
      const { method, path: written, body, headers }: FuzzRequest = fuzz.request()
      // What no client can put on a line of HTTP is not sent.
      const path = written.replaceAll(/[^\x21-\x7e]|#/g, '%20')
      const began = performance.now()
      const { status, text } = await rest.fhir(method, path, body, headers)
      const name = `${seed} ${turn}: ${method} ${path.slice(0, 300)}`
      expect(status, `${name} ${text.slice(0, 300)}`).toBeLessThan(500)
      expect(performance.now() - began, name).toBeLessThan(defaultLimits.seconds.write * 1000)
      if (status >= 400) {
        expect(text, name).not.toContain(echo)
        expect(method === 'HEAD' || text.includes('"resourceType":"OperationOutcome"'), `${name} ${text}`).toBe(true)
      }
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    global.gc?.()
    sizes.push(process.memoryUsage().rss)
  }
  // It got somewhere: requests were carried out as well as refused, in many ways.
  for (const status of [200, 201, 400, 404, 412, 415, 422]) expect(statuses.get(status), String(status)).toBeGreaterThan(0)
  // What the first thousand made it load stays; the rest leaves nothing behind.
  expect((sizes.at(-1) ?? 0) - (sizes[0] ?? 0)).toBeLessThan(200e6)
  // Nothing was half done: the store still answers, and every record that there was is whole.
  for (const record of ground.records.slice(0, 50)) expect([200, 410]).toContain((await rest.fhir('GET', `/${record}`)).status)
}, 240_000) // oxfmt-ignore

/** A few charts, and what may be asked of them. */
async function settle(fhir: (method: string, path: string, body?: unknown) => Promise<Reply>): Promise<Ground> {
  const options = { seed: 'fuzz', patients: 3, today: '2026-11-20' } as const
  const all = synthesize(options)
  const people = [...synthesize(options).patients()].flatMap(({ entries }) => entries.slice(0, 120))
  const { status, text, json } = await fhir('POST', '', transactionOf([...all.entries, ...people]))
  expect(status, text.slice(0, 500)).toBe(200)
  const entries = listOf(json['entry'])
  const resources = entries.flatMap(({ resource }) => (resource === undefined ? [] : [resource as unknown as Record<string, unknown>]))
  const wanted = resources.filter(({ resourceType }) => sampleTypes.split(' ').includes(String(resourceType)))
  return { records: wanted.map(({ resourceType, id }) => `${String(resourceType)}/${String(id)}`), resources: wanted }
} // oxfmt-ignore
