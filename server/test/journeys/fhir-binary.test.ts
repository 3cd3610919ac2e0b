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
