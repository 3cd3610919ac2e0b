import { expect } from 'vitest'
import { listOf, type Reply } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { test } from '../rest-rig.ts'

// What references within a transaction lead to (R4 http, 3.1.0.11.2; bundle, 2.36.4.1).

const transaction = (...entry: object[]) => ({ resourceType: 'Bundle', type: 'transaction', entry })
const made = ({ json }: Reply, at: number) => listOf(json['entry'])[at]?.['resource']
const places = ({ json }: Reply) =>
  listOf(json['issue']).flatMap(({ expression }) => listOf(expression).map((one) => String(one)))
const post = (resource: { resourceType: string }, over: object = {}, request: object = {}) => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...request },
  ...over,
})
const numbered = (resourceType: string, value: string, over: object = {}) => ({
  ...{ resourceType, identifier: [{ system: 'urn:mrn', value }] },
  ...over,
})

test('R-09: a conditional reference is met by what the same transaction creates or changes', async ({
  rest: { fhir, make },
}) => {
  const patient = numbered('Patient', '1', { name: [{ family: 'Zwyssig' }] })
  const there = await make(numbered('Organization', 'old', { name: 'o' }))
  const result = {
    ...observation('x'),
    subject: { reference: 'Patient?identifier=urn:mrn|1' },
    performer: [
      { reference: 'Practitioner?identifier=urn:mrn|2' },
      { reference: 'Organization?identifier=urn:mrn|new' },
    ],
  }
  const sent = (condition: object = {}) =>
    fhir(
      'POST',
      '',
      transaction(
        post(result),
        post(numbered('Practitioner', '2'), {}, { ifNoneExist: 'identifier=urn:mrn|2' }),
        post(patient, {}, condition),
        {
          resource: numbered('Organization', 'new', { id: there, name: 'o' }),
          request: { method: 'PUT', url: `Organization/${there}` },
        },
      ),
    )
  const first = await sent({ ifNoneExist: 'identifier=urn:mrn|1' })
  expect(first.status, first.text).toBe(200)
  const who = made(first, 2)?.['id']
  const performer = [
    { reference: `Practitioner/${String(made(first, 1)?.['id'])}` },
    { reference: `Organization/${there}` },
  ]
  expect(made(first, 0)).toMatchObject({ subject: { reference: `Patient/${String(who)}` }, performer })
  expect((await fhir('GET', `/Observation?subject=Patient/${String(who)}`)).json['total']).toBe(1)
  // The same again finds what is there: conditional creates, and the references that mean them.
  const second = await sent({ ifNoneExist: 'identifier=urn:mrn|1' })
  expect(made(second, 0)).toMatchObject({ subject: { reference: `Patient/${String(who)}` }, performer })
  // A second patient of that number is one too many.
  const third = await sent()
  expect([third.status, places(third)]).toEqual([412, ['Bundle.entry[0].resource.subject']])
})

test('R-09: a reference to a version of an entry leads to the version that it makes', async ({
  rest: { fhir, patient },
}) => {
  const [urn, address] = ['urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a001', 'http://example.org/fhir/Patient/7']
  const who = await patient()
  const provenance = (reference: string) => ({
    ...{ resourceType: 'Provenance', target: [{ reference }], recorded: '2026-01-01T00:00:00Z' },
    agent: [{ who: { display: 'an import' } }],
  })
  const version = { meta: { versionId: '4' } }
  const cases: [string, string, object][] = [
    [urn, `${urn}/_history/4`, version],
    [urn, `${urn}/_history/1`, {}],
    [address, `${address}/_history/4`, version],
    [address, 'Patient/7/_history/4', version],
  ]
  for (const [fullUrl, reference, over] of cases) {
    const sent = await fhir(
      'POST',
      '',
      transaction(post({ resourceType: 'Patient', ...over }, { fullUrl }), {
        ...post(provenance(reference), { fullUrl: 'http://example.org/fhir/Provenance/1' }),
      }),
    )
    expect([reference, sent.status, sent.text.slice(0, 300)]).toEqual([reference, 200, expect.anything()])
    const target = [{ reference: `Patient/${String(made(sent, 0)?.['id'])}/_history/1` }]
    expect(made(sent, 1)).toMatchObject({ target })
  }
  // Of an update it is the next one; a version that is there is meant as it is written.
  const full = { resourceType: 'Patient', id: who, name: [{ family: 'Zwyssig' }], meta: { versionId: '1' } }
  const put = { resource: full, request: { method: 'PUT', url: `Patient/${who}`, ifMatch: 'W/"1"' } }
  const sent = await fhir(
    'POST',
    '',
    transaction(
      { ...put, fullUrl: urn },
      post(provenance(`${urn}/_history/1`)),
      post(provenance(`Patient/${who}/_history/1`)),
    ),
  )
  expect(made(sent, 1)).toMatchObject({ target: [{ reference: `Patient/${who}/_history/2` }] })
  expect(made(sent, 2)).toMatchObject({ target: [{ reference: `Patient/${who}/_history/1` }] })
  // Another version of the entry's resource is in no transaction.
  const other = transaction(
    post({ resourceType: 'Patient', ...version }, { fullUrl: urn }),
    post(provenance(`${urn}/_history/3`)),
  )
  const refused = await fhir('POST', '', other)
  expect([refused.status, places(refused)]).toEqual([422, ['Bundle.entry[1].resource.target[0]']])
})

test('R-15: outside of a transaction a urn and a condition lead nowhere, and the element is named', async ({
  rest: { fhir, patient },
}) => {
  const who = await patient()
  for (const reference of ['urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a001', 'Practitioner?identifier=urn:mrn|1']) {
    const refused = await fhir('POST', '/Observation', { ...observation(who), performer: [{ reference }] })
    expect([refused.status, places(refused)]).toEqual([422, ['Observation.performer[0]']])
    expect(refused.text).not.toContain(reference)
  }
})
