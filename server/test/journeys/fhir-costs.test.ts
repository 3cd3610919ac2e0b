import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
// oxlint-disable-next-line chartkeep/boundaries -- the test is about what lies on either side of this limit
import { defaultJudgeLimits } from '../../src/fhir/judge/judge.ts'
import { test } from '../rest-rig.ts'

const contained = (size: number): object[] =>
  Array.from({ length: size }, (_, at) => ({
    ...{ resourceType: 'Observation', id: `o${at}`, status: 'final', code: { text: 'x' } },
  }))

test('R-16: while a large body is judged, others are answered', async ({ rig, rest: { fhir } }) => {
  const size = 60_000
  const large = {
    ...{ resourceType: 'Observation', status: 'unheard-of', code: { text: 'x' }, contained: contained(size) },
    hasMember: Array.from({ length: size }, (_, at) => ({ reference: `#o${at}` })),
  }
  let judged = false
  const refused = fhir('POST', '/Observation', large).finally(() => (judged = true))
  let meanwhile = 0
  while (!judged) {
    expect((await rig.ask('/healthz', { method: 'GET' })).status).toBe(200)
    meanwhile++
    await pause(5) // one address may ask 500 times a second
  }
  const { status, json } = await refused
  expect([status, json['resourceType']]).toEqual([422, 'OperationOutcome'])
  // Judged where requests are answered, it leaves room for one or two.
  expect(meanwhile).toBeGreaterThan(10)
})

test('a large transaction is judged entry by entry, and names the one that is wrong', async ({ rest: { fhir } }) => {
  const entry = Array.from({ length: 1000 }, (_, at) => ({
    request: { method: 'POST', url: 'Organization' },
    resource: { resourceType: 'Organization', name: `Organization number ${at}, of a long list${'.'.repeat(500)}` },
  }))
  const bundle = { resourceType: 'Bundle', type: 'transaction', entry }
  expect(JSON.stringify(bundle).length).toBeGreaterThan(defaultJudgeLimits.smallBytes)
  const wrong = {
    ...bundle,
    entry: entry.with(900, { ...entry[0]!, resource: { resourceType: 'Organization', name: '' } }),
  }
  const refused = await fhir('POST', '/', wrong)
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('Bundle.entry[900].resource.name')])
  const batch = await fhir('POST', '/', { ...wrong, type: 'batch' })
  const answers = batch.json['entry'] as unknown as { response: { status: string } }[]
  expect(answers.flatMap(({ response: { status } }, at) => (status === '201' ? [] : [at, status]))).toEqual([
    900,
    '422',
  ])
  expect((await fhir('POST', '/', bundle)).status).toBe(200)
})

test('a patch by FHIRPath is carried out, and what it makes is judged', async ({ rest: { fhir, patient } }) => {
  const id = await patient()
  const patch = (path: string, value: string) =>
    fhir(
      'PATCH',
      `/Patient/${id}`,
      {
        resourceType: 'Parameters',
        parameter: [
          {
            name: 'operation',
            part: [
              { name: 'type', valueCode: 'replace' },
              { name: 'path', valueString: path },
              { name: 'value', valueCode: value },
            ],
          },
        ],
      },
      { 'if-match': 'W/"1"' },
    )
  expect((await patch('Patient.gender', 'unheard-of')).status).toBe(422)
  expect((await patch("Patient.gender.where(matches('(a|a)*$'))", 'male')).json['gender']).toBe('male')
})
