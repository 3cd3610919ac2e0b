import { expect } from 'vitest'
import { listOf, type Reply } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { test } from '../rest-rig.ts'

const entriesOf = ({ json }: Reply) => listOf(json['entry'])
const typesOf = (reply: Reply) => entriesOf(reply).map(({ resource }) => String(resource?.['resourceType']))
const document = (patient: string, over: object = {}) => ({
  ...{ resourceType: 'DocumentReference', status: 'current', subject: { reference: `Patient/${patient}` } },
  ...{ type: { coding: [{ system: 'http://loinc.org', code: '34133-9' }] }, date: '2026-03-01T10:00:00Z' },
  content: [{ attachment: { contentType: 'text/plain', url: 'https://example.com/1' } }],
  ...over,
})

test('R-14: $everything has implants, tasks and the content of documents, and nothing of another chart', async ({
  rest: { fhir, make, patient, listening },
}) => {
  const [who, other] = [await patient(), await patient()]
  const binary = (over: object = {}) =>
    make({ resourceType: 'Binary', contentType: 'text/plain', data: Buffer.from('a scan').toString('base64'), ...over })
  const context = (id: string) => ({ securityContext: { reference: `Patient/${id}` } })
  const [own, absolute, free, foreign] = [
    await binary(context(who)),
    await binary(context(who)),
    await binary(),
    await binary(context(other)),
  ]
  const urls = [`Binary/${own}`, `${listening.url}/fhir/R4/Binary/${absolute}`, `Binary/${free}`, `Binary/${foreign}`]
  await make(document(who, { content: urls.map((url) => ({ attachment: { contentType: 'text/plain', url } })) }))
  const implant = await make({ resourceType: 'Device', patient: { reference: `Patient/${who}` } })
  const scale = await make({ resourceType: 'Device', deviceName: [{ name: 'scale', type: 'other' }] })
  const theirs = await make(observation(other))
  await make({
    ...observation(who),
    device: { reference: `Device/${scale}` },
    hasMember: [{ reference: `Observation/${theirs}` }],
  })
  await make({
    ...{ resourceType: 'Task', status: 'requested', intent: 'order', for: { reference: `Patient/${who}` } },
  })
  await make({ resourceType: 'Device', patient: { reference: `Patient/${other}` } })

  const all = await fhir('GET', `/Patient/${who}/$everything`)
  expect(typesOf(all).toSorted()).toEqual([
    ...['Binary', 'Binary', 'Binary', 'Device', 'Device', 'DocumentReference', 'Observation', 'Patient', 'Task'],
  ])
  const ids = entriesOf(all).map(({ resource }) => resource?.['id'])
  expect(ids).toEqual(expect.arrayContaining([own, absolute, free, implant, scale]))
  for (const { resource } of entriesOf(all).filter(({ resource: one }) => String(one?.['resourceType']) === 'Binary'))
    expect(Buffer.from(String(resource?.['data']), 'base64').toString()).toBe('a scan')
  expect(typesOf(await fhir('GET', `/Patient/${who}/$everything?_type=Device`))).toEqual(['Patient', 'Device'])
  expect(typesOf(await fhir('GET', `/Patient/${other}/$everything`)).toSorted()).toEqual([
    'Device',
    'Observation',
    'Patient',
  ])
})

test('R-14: $docref finds documents by the time of care and the type, and without a time the newest', async ({
  rest: { fhir, make, patient },
}) => {
  const [who, other] = [await patient(), await patient()]
  const stay = { context: { period: { start: '2026-01-01', end: '2026-01-05' } } }
  const note = { type: { coding: [{ system: 'http://loinc.org', code: '11506-3' }] } }
  const summary = await make(document(who, stay))
  const newest = await make(document(who, { ...note, date: '2026-03-02T10:00:00Z' }))
  await make(document(who, { status: 'superseded' }))
  await make(document(other))
  const found = async (query: string) => {
    const reply = await fhir('GET', `/DocumentReference/$docref?patient=${who}${query}`)
    expect(reply.status, reply.text).toBe(200)
    return entriesOf(reply).map(({ resource }) => resource?.['id'])
  }
  expect(await found('')).toEqual([newest])
  expect(await found('&start=2026-01-03')).toEqual([newest, summary])
  expect(await found('&start=2026-01-03&end=2026-01-04')).toEqual([summary])
  expect(await found('&end=2025')).toEqual([])
  expect(await found('&start=2020&type=http://loinc.org|34133-9')).toEqual([summary])
  expect(await found('&start=2020&on-demand=true')).toEqual([])
  const asked = await fhir('POST', '/DocumentReference/$docref', {
    resourceType: 'Parameters',
    parameter: [
      { name: 'patient', valueId: who },
      { name: 'type', valueCodeableConcept: note.type },
    ],
  })
  expect(entriesOf(asked).map(({ resource }) => resource?.['id'])).toEqual([newest])
  for (const query of ['', '?patient=canary', `?patient=${who}&start=canary`, `?patient=${who}&on-demand=canary`])
    expect((await fhir('GET', `/DocumentReference/$docref${query}`)).status).toBe(400)
})

test('R-04: a document or collection is kept as a Bundle, in the chart of the one whom it is about', async ({
  rest: { fhir, make, patient },
}) => {
  const [who, other] = [await patient(), await patient()]
  const urn = 'urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a001'
  const bundle = (type: string, ...entry: object[]) => ({
    ...{ resourceType: 'Bundle', type, timestamp: '2026-03-01T10:00:00Z', entry },
    identifier: { system: 'urn:doc', value: '1' },
  })
  const inside = (id: string, fullUrl = urn) => ({
    fullUrl,
    resource: { ...observation(id), performer: [{ reference: 'urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a002' }] },
  })
  const id = await make(bundle('collection', inside(who)))
  const read = await fhir('GET', `/Bundle/${id}`)
  // What it says leads to its own entries, and stays as it was written.
  expect(read.json).toMatchObject(bundle('collection', inside(who)))
  expect(typesOf(await fhir('GET', `/Patient/${who}/$everything`))).toContain('Bundle')
  await make(bundle('collection', inside(who), inside(other, 'urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a003')))
  expect(typesOf(await fhir('GET', `/Patient/${other}/$everything`))).not.toContain('Bundle')
  expect((await fhir('GET', '/Bundle?identifier=urn:doc|1')).json['total']).toBe(2)
  const changed = { ...bundle('collection', inside(who)), id, timestamp: '2026-03-02T10:00:00Z' }
  expect((await fhir('PUT', `/Bundle/${id}`, changed, { 'if-match': 'W/"1"' })).status).toBe(200)
  const within = { resource: bundle('collection', inside(who)), request: { method: 'POST', url: 'Bundle' } }
  expect((await fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [within] })).status).toBe(200)
  for (const type of ['transaction', 'batch', 'searchset', 'history']) {
    const refused = await fhir('POST', '/Bundle', { resourceType: 'Bundle', type })
    expect([type, refused.status, refused.text]).toEqual([type, 422, expect.stringContaining('Bundle.type')])
  }
  // Nobody of that id is here.
  const nobody = bundle('collection', inside('01890a5d-ac96-8abc-b123-0123456789ab'))
  expect((await fhir('POST', '/Bundle', nobody)).status).toBe(422)
})

test('R-14: $validate judges resources of every type, those too that are not kept', async ({ rest: { fhir } }) => {
  const good: object[] = [
    { resourceType: 'Bundle', type: 'collection' },
    { resourceType: 'Bundle', type: 'searchset', total: 0 },
    { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'invalid' }] },
    { resourceType: 'Parameters' },
    {
      ...{ resourceType: 'AuditEvent', recorded: '2026-03-01T10:00:00Z', source: { observer: { display: 'x' } } },
      ...{ type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110100' } },
      agent: [{ requestor: true }],
    },
  ]
  for (const resource of good) {
    const { resourceType: type } = resource as { resourceType: string }
    const sent =
      type === 'Parameters' ? { resourceType: 'Parameters', parameter: [{ name: 'resource', resource }] } : resource
    const fine = await fhir('POST', `/${type}/$validate`, sent)
    expect([type, fine.status, fine.text.includes('"error"')]).toEqual([type, 200, false])
    const wrong = {
      resourceType: 'Parameters',
      parameter: [{ name: 'resource', resource: { ...resource, canary: 1 } }],
    }
    const judged = await fhir('POST', `/${type}/$validate`, wrong)
    expect([type, judged.status, judged.text.includes('"error"')]).toEqual([type, 200, true])
  }
})
