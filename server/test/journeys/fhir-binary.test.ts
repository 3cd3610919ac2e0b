import { expect } from 'vitest'
import { test } from '../rest-rig.ts'

const content = Buffer.from('canary').toString('base64')
const binary = (context?: string) => ({
  ...{ resourceType: 'Binary', contentType: 'text/plain', data: content },
  ...(context === undefined ? {} : { securityContext: { reference: context } }),
})

test('S-21: who may see a Binary is who may see the record of its security context', async ({
  rest: { fhir, make, patient, entries },
  rig,
}) => {
  const who = await patient()
  const consent = await make({
    ...{ resourceType: 'Consent', status: 'active', patient: { reference: `Patient/${who}` } },
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    policyRule: { text: 'x' },
  })
  const ofPatient = await make(binary(`Patient/${who}`))
  const ofConsent = await make(binary(`Consent/${consent}`))
  const ofNobody = await make(binary())
  const ask = async (id: string, ...scopes: string[]) => {
    const { authorization } = await rig.token(...scopes)
    const { status, text } = await fhir('GET', `/Binary/${id}`, undefined, { authorization, accept: 'text/plain' })
    return [status, text.includes('canary')]
  }
  expect(await ask(ofPatient, 'system/Binary.r')).toEqual([403, false])
  expect(await ask(ofPatient, 'system/Patient.r')).toEqual([403, false])
  expect(await ask(ofPatient, 'system/Binary.r', 'system/Patient.r')).toEqual([200, true])
  expect(await ask(ofConsent, 'system/Binary.r', 'system/Patient.r')).toEqual([403, false])
  expect(await ask(ofConsent, 'system/Binary.r', 'system/Consent.r')).toEqual([200, true])
  expect(await ask(ofNobody, 'system/Binary.r')).toEqual([200, true])
  // A rule for rows of the context's type is a rule for its content.
  const only = (id: string) => ask(ofConsent, 'system/Binary.r', `system/Consent.r?_id=${id}`)
  expect(await only(consent)).toEqual([200, true])
  expect(await only(who)).toEqual([404, false])
  const granted = (await entries()).filter(({ types, outcome }) => types.includes('Binary') && outcome === 'done')
  expect(granted.at(-1)).toMatchObject({ action: 'read', records: [{ id: ofConsent }] })
  await fhir('DELETE', `/Consent/${consent}`)
  expect(await ask(ofConsent, 'system/Binary.r', 'system/Consent.r')).toEqual([404, false])
})

test('S-21: there is no other way to a Binary than its id', async ({ rest: { fhir, make, patient }, rig }) => {
  const who = await patient()
  const id = await make(binary(`Patient/${who}`))
  await make({
    ...{ resourceType: 'Provenance', target: [{ reference: `Binary/${id}` }], recorded: '2026-03-01T10:00:00Z' },
    agent: [{ who: { display: 'x' } }],
  })
  const { authorization } = await rig.token('system/Binary.rs', 'system/Provenance.rs')
  const ask = (path: string) => fhir('GET', path, undefined, { authorization })
  expect(await ask(`/Binary?_id=${id}`)).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  expect((await ask(`/Binary/${id}/_history/1`)).status).toBe(405)
  expect((await ask('/Binary/_history')).status).toBe(404)
  const included = await ask(`/Provenance?target=Binary/${id}&_include=Provenance:target`)
  expect([included.status, included.text.includes('"resourceType":"Binary"')]).toEqual([200, false])
  const entry = [{ request: { method: 'GET', url: `Binary/${id}` } }]
  const batch = await fhir('POST', '', { resourceType: 'Bundle', type: 'batch', entry }, { authorization })
  expect([batch.status, batch.text.includes(content)]).toEqual([200, false])
})

test('S-21: a Binary is stored only for a record that is here', async ({ rest: { fhir } }) => {
  const nowhere = '01890a5d-ac96-8abc-b123-0123456789ab'
  for (const context of [
    `Patient/${nowhere}`,
    `Consent/${nowhere}`,
    'https://elsewhere.example/Patient/1',
    'urn:uuid:x',
  ])
    expect([context, (await fhir('POST', '/Binary', binary(context))).status]).toEqual([context, 422])
})

test('R-02: a part of a document is sent when it is asked for, after its entry', async ({
  rest: { fhir, entries },
}) => {
  const bytes = Buffer.alloc(600_000, 'canary ')
  const made = await fhir('POST', '/Binary', bytes, { 'content-type': 'text/plain' })
  const id = String(made.json['id'])
  const modified = String(made.headers['last-modified'])
  const ask = (range: string, more: Record<string, string> = {}) =>
    fhir('GET', `/Binary/${id}`, undefined, { range, accept: 'text/plain', ...more })
  const before = (await entries()).length
  for (const [range, from, end] of [
    ['bytes=0-0', 0, 1],
    ['bytes=262143-262144', 262_143, 262_145],
    ['bytes=599990-', 599_990, 600_000],
    ['bytes=-5', 599_995, 600_000],
    ['bytes=-9999999', 0, 600_000],
    ['bytes=500000-9999999', 500_000, 600_000],
  ] as const) {
    const part = await ask(range)
    expect([range, part.status, part.headers['content-range']]).toEqual([range, 206, `bytes ${from}-${end - 1}/600000`])
    expect(part.bytes.equals(bytes.subarray(from, end))).toBe(true)
  }
  expect((await entries()).length - before).toBe(6)
  for (const range of ['bytes=600000-', 'bytes=-0']) {
    const { status, headers } = await ask(range)
    expect([range, status, headers['content-range']]).toEqual([range, 416, 'bytes */600000'])
  }
  // What is not understood, or several at once, is answered with the whole.
  for (const range of ['bytes=5-1', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=canary', 'bytes=-']) {
    const whole = await ask(range)
    expect([range, whole.status, whole.bytes.length, whole.headers['accept-ranges']]).toEqual([
      ...[range, 200, 600_000, 'bytes'],
    ])
  }
  for (const [ifRange, status] of [
    ['W/"1"', 206],
    ['"1"', 206],
    [modified, 206],
    ['W/"2"', 200],
    ['Mon, 02 Mar 2020 10:00:00 GMT', 200],
  ] as const)
    expect([ifRange, (await ask('bytes=0-9', { 'if-range': ifRange })).status]).toEqual([ifRange, status])
  const within = await fhir('GET', `/Binary/${id}`, undefined, { range: 'bytes=0-9', accept: 'application/fhir+json' })
  expect([within.status, Buffer.from(String(within.json['data']), 'base64').length]).toEqual([200, 600_000])
})

test('H-T06, H-B14: a document about a patient’s record stands in the patient’s access history', async ({
  rest: { fhir, make, patient, entries },
}) => {
  const who = await patient()
  const observation = await make({
    ...{ resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: `Patient/${who}` } },
  })
  const document = await make(binary(`Observation/${observation}`))
  await fhir('GET', `/Binary/${document}`)
  const of = (await entries()).filter(({ records }) => records.some(({ id }) => id === document))
  expect(of.map(({ action }) => action)).toEqual(['create', 'read'])
  expect(of.map(({ patients }) => patients)).toEqual([[who], [who]])
})

test('a stored document is shown without content that is not its own', async ({ rest: { fhir } }) => {
  const created = await fhir('POST', '/Binary', binary(), { prefer: 'return=representation' })
  expect(created.status).toBe(201)
  expect(created.text).not.toContain('"data":""')
})
