import { expect } from 'vitest'
import { observation } from '../fixtures.ts'
import { type Json, listOf } from '../desk.ts'
import { test } from '../rest-rig.ts'

// No record outside a chart, none for a patient who is not there, and no part of one in the place of the whole.

const jsonPatch = { 'content-type': 'application/json-patch+json' }
const absent = '01890a5d-ac96-8abc-b123-0123456789ab'
const bundle = (type: string, ...entry: object[]) => ({ resourceType: 'Bundle', type, entry })
const expressions = (outcome: Json | undefined): unknown[] =>
  listOf(outcome?.['issue']).flatMap((issue) => listOf(issue['expression']))

const basic = { resourceType: 'Basic', code: { text: 'x' } }

/** How a subject may be written that leads to nobody's chart. */
const astray: [string, object][] = [
  ['a bare id', { reference: 'b341' }],
  ['a bare id of our form', { reference: absent }],
  ['a type in the wrong case', { reference: `patient/${absent}` }],
  ['an id that was not given here', { reference: 'Patient/b341' }],
  ['a patient who is not here', { reference: `Patient/${absent}` }],
  ['a group that is not here', { reference: `Group/${absent}` }],
  ['a urn', { reference: `urn:uuid:${absent}` }],
  ['another server’s patient', { reference: 'https://example.com/fhir/Patient/1' }],
  ['an address that is no record', { reference: 'https://example.com/' }],
  ['a search', { reference: 'Group?identifier=urn:mrn|none' }],
  ['a contained patient', { reference: '#p' }],
  ['a name alone', { display: 'Canary' }],
  ['a number alone', { identifier: { system: 'urn:mrn', value: 'MRN-77Q' } }],
]

test('R-17: what is about somebody is in a chart, or is refused at every door and names the element', async ({
  rest: { fhir, patient, make },
}) => {
  const id = await make(observation(await patient()))
  const contained = [{ resourceType: 'Patient', id: 'p' }]
  for (const [form, subject] of astray) {
    const resource = {
      ...observation(absent),
      ...('reference' in subject && subject.reference === '#p' ? { contained } : {}),
      subject,
    }
    const patch = JSON.stringify([
      ...('contained' in resource ? [{ op: 'add', path: '/contained', value: contained }] : []),
      { op: 'replace', path: '/subject', value: subject },
    ])
    const ifMatch = { 'if-match': 'W/"1"' }
    const doors = {
      create: await fhir('POST', '/Observation', resource),
      update: await fhir('PUT', `/Observation/${id}`, { ...resource, id }, ifMatch),
      patch: await fhir('PATCH', `/Observation/${id}`, patch, { ...jsonPatch, ...ifMatch }),
      'conditional create': await fhir('POST', '/Observation', resource, { 'if-none-exist': 'identifier=urn:x|1' }),
      'conditional update': await fhir('PUT', '/Observation?identifier=urn:x|1', resource),
      transaction: await fhir(
        'POST',
        '',
        bundle('transaction', { resource, request: { method: 'POST', url: 'Observation' } }),
      ),
    }
    for (const [door, { status, json, text }] of Object.entries(doors)) {
      expect([form, door, status, text]).toEqual([form, door, 422, expect.stringContaining('subject')])
      expect(expressions(json)).toContainEqual(expect.stringContaining('subject'))
    }
    const batch = await fhir('POST', '', bundle('batch', { resource, request: { method: 'POST', url: 'Observation' } }))
    expect([form, listOf(batch.json['entry'])[0]?.['response']?.['status']]).toEqual([form, '422'])
  }
  expect((await fhir('GET', '/Observation?_summary=count')).json['total']).toBe(1)
  // An allowed other type is one: it is here.
  const group = await make({ resourceType: 'Group', type: 'animal', actual: true })
  expect(
    (await fhir('POST', '/Observation', { ...observation(absent), subject: { reference: `Group/${group}` } })).status,
  ).toBe(201)
})

test('R-18: what _elements and _summary give is a part, and is not saved in the place of the whole', async ({
  rest: { fhir, patient },
}) => {
  const id = await patient()
  for (const asked of ['_elements=name', '_summary=true', '_summary=text', '_summary=data']) {
    const { json } = await fhir('GET', `/Patient?_id=${id}&${asked}`)
    const part = listOf(json['entry'])[0]?.['resource']
    const put = await fhir('PUT', `/Patient/${id}`, part, { 'if-match': 'W/"1"' })
    expect([asked, put.status, expressions(put.json)]).toEqual([asked, 422, ['Patient.meta.tag[0]']])
    expect((await fhir('PUT', `/Patient?_id=${id}`, part)).status).toBe(422)
    expect((await fhir('POST', '/Patient', part)).status).toBe(422)
    const request = { method: 'PUT', url: `Patient/${id}`, ifMatch: 'W/"1"' }
    expect((await fhir('POST', '', bundle('transaction', { resource: part, request }))).status).toBe(422)
    const batch = await fhir('POST', '', bundle('batch', { resource: part, request }))
    expect(listOf(batch.json['entry'])[0]?.['response']?.['status']).toBe('422')
  }
  const tag = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }
  for (const system of [undefined, 'http://hl7.org/fhir/v3/ObservationValue', 'urn:oid:2.16.840.1.113883.5.1063'])
    expect((await fhir('POST', '/Basic', { ...basic, meta: { tag: [{ ...tag, system }] } })).status).toBe(422)
  const patch = JSON.stringify([{ op: 'add', path: '/meta/tag', value: [tag] }])
  expect((await fhir('PATCH', `/Patient/${id}`, patch, { ...jsonPatch, 'if-match': 'W/"1"' })).status).toBe(422)
  const whole = await fhir('GET', `/Patient/${id}`)
  expect([whole.headers['etag'], whole.json['birthDate']]).toEqual(['W/"1"', '1961-03-12'])
})

test('R-18: a read, of a version and in a batch too, gives the part that is asked for', async ({
  rest: { fhir, patient },
}) => {
  const at = `/Patient/${await patient()}`
  const found = async (query: string): Promise<unknown> => {
    const { json } = await fhir('GET', `/Patient?_id=${at.slice(9)}&${query}`)
    return listOf(json['entry'])[0]?.['resource']
  }
  for (const query of ['_elements=name', '_elements=name,gender', '_summary=true', '_summary=text', '_summary=data']) {
    const part = await fhir('GET', `${at}?${query}`)
    expect([part.status, part.headers['etag']]).toEqual([200, 'W/"1"'])
    expect(part.json).toEqual(await found(query))
    expect((await fhir('GET', `${at}/_history/1?${query}`)).json).toEqual(part.json)
    const batch = await fhir(
      'POST',
      '',
      bundle('batch', { request: { method: 'GET', url: `${at.slice(1)}?${query}` } }),
    )
    expect(listOf(batch.json['entry'])[0]?.['resource']).toEqual(part.json)
    expect((await fhir('PUT', at, part.json, { 'if-match': 'W/"1"' })).status).toBe(422)
  }
  expect((await fhir('GET', `${at}?_summary=false`)).json).toEqual((await fhir('GET', at)).json)
  for (const query of ['_summary=count', '_summary=x', '_elements=', '_elements=a%2Fb'])
    expect([query, (await fhir('GET', `${at}?${query}`)).status]).toEqual([query, 400])
})

test('R-08: a patient is not deleted unseen, nor while a chart stands', async ({ rest: { fhir, patient, make } }) => {
  const id = await patient()
  const at = `/Patient/${id}`
  const result = await make(observation(id))
  expect((await fhir('DELETE', at)).status).toBe(400)
  const transaction = (...requests: object[]) =>
    fhir('POST', '', bundle('transaction', ...requests.map((request) => ({ request }))))
  expect((await transaction({ method: 'DELETE', url: `Patient/${id}` })).status).toBe(400)
  expect((await fhir('DELETE', at, undefined, { 'if-match': 'W/"2"' })).status).toBe(412)
  const standing = await fhir('DELETE', at, undefined, { 'if-match': 'W/"1"' })
  expect([standing.status, standing.text]).toEqual([409, expect.stringContaining('chart-stands')])
  expect((await fhir('DELETE', '/Patient?identifier=urn:mrn|MRN-77Q')).status).toBe(409)
  const removal = { method: 'DELETE', url: `Patient/${id}`, ifMatch: 'W/"1"' }
  expect((await transaction(removal)).status).toBe(409)
  // With all that is in the chart it goes.
  expect((await transaction(removal, { method: 'DELETE', url: `Observation/${result}` })).status).toBe(200)
  expect((await fhir('GET', at)).status).toBe(410)
})

test('R-17: nothing new refers to what was deleted, a patient or any other record', async ({
  rest: { fhir, patient, make },
}) => {
  const [gone, here] = [await patient(), await patient()]
  const encounter = await make({
    ...{ resourceType: 'Encounter', status: 'finished', subject: { reference: `Patient/${here}` } },
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  })
  const within = { ...observation(here), encounter: { reference: `Encounter/${encounter}` } }
  const result = await make(within)
  expect((await fhir('DELETE', `/Patient/${gone}`, undefined, { 'if-match': 'W/"1"' })).status).toBe(204)
  expect((await fhir('DELETE', `/Encounter/${encounter}`)).status).toBe(204)
  const refused: [object, string][] = [
    [observation(gone), 'Observation.subject'],
    [{ ...observation(here), performer: [{ reference: `Patient/${gone}` }] }, 'Observation.performer[0]'],
    [within, 'Observation.encounter'],
  ]
  for (const [resource, element] of refused) {
    const created = await fhir('POST', '/Observation', resource)
    expect([created.status, expressions(created.json)]).toEqual([422, [element]])
    const entry = { resource, request: { method: 'POST', url: 'Observation' } }
    const sent = await fhir('POST', '', bundle('transaction', entry))
    expect([sent.status, expressions(sent.json)]).toEqual([
      422,
      [element.replace('Observation', 'Bundle.entry[0].resource')],
    ])
    expect((await fhir('PUT', '/Observation?identifier=urn:x|1', resource)).status).toBe(422)
  }
  const binary = await fhir('POST', '/Binary', 'scan', {
    ...{ 'content-type': 'text/plain', 'x-security-context': `Patient/${gone}` },
  })
  expect([binary.status, expressions(binary.json)]).toEqual([422, ['Binary.securityContext']])
  // What it referred to before may stay, or nobody could put right what is wrong with it.
  const update = await fhir('PUT', `/Observation/${result}`, { ...within, id: result }, { 'if-match': 'W/"1"' })
  expect(update.status).toBe(200)
})

test('R-08: of a deletion and records for the patient that are written at once, one side loses', async ({
  rest: { fhir, patient },
}) => {
  for (let round = 0; round < 6; round++) {
    const id = await patient()
    const [removed, ...made] = await Promise.all([
      fhir('DELETE', `/Patient/${id}`, undefined, { 'if-match': 'W/"1"' }),
      ...Array.from({ length: 6 }, () => fhir('POST', '/Observation', observation(id))),
    ])
    const created = made.filter(({ status }) => status === 201).length
    expect([204, 409]).toContain(removed.status)
    expect([removed.status, created > 0]).toEqual([removed.status, removed.status === 409])
    expect(made.every(({ status }) => status === 201 || status === 422)).toBe(true)
  }
})

test('R-17: whoever else decides whose chart it is must be here too, and is named', async ({ rest: { fhir } }) => {
  const other = { reference: `Patient/${absent}` }
  const resources: [object, string][] = [
    [{ resourceType: 'List', status: 'current', mode: 'working', subject: other }, 'List.subject'],
    [
      {
        ...{ resourceType: 'Provenance', target: [other], recorded: '2026-01-01T00:00:00Z' },
        agent: [{ who: { display: 'x' } }],
      },
      'Provenance.target[0]',
    ],
    [{ resourceType: 'Task', status: 'draft', intent: 'order', for: other }, 'Task.for'],
    [{ resourceType: 'Device', patient: other }, 'Device.patient'],
    [{ ...basic, subject: other }, 'Basic.subject'],
  ]
  for (const [resource, element] of resources) {
    const { resourceType } = resource as { resourceType: string }
    const { status, json, text } = await fhir('POST', `/${resourceType}`, resource)
    expect([element, status, expressions(json)], text).toEqual([element, 422, [element]])
  }
})
