import { expect } from 'vitest'
import { observation } from '../fixtures.ts'
import { test } from '../rest-rig.ts'

const mrn = (value: string) => `identifier=urn:mrn|${value}`
const numbered = (value: string, over: object = {}) => ({
  resourceType: 'Patient',
  name: [{ family: 'Zwyssig' }],
  identifier: [{ system: 'urn:mrn', value }],
  ...over,
})
const organization = (name: string) => ({ resourceType: 'Organization', name })
const jsonPatch = { 'content-type': 'application/json-patch+json' }
const statuses = (answers: readonly { status: number }[]) => Object.groupBy(answers, ({ status }) => String(status))
const counts = (answers: readonly { status: number }[]) =>
  Object.fromEntries(Object.entries(statuses(answers)).map(([status, all]) => [status, all?.length]))
const many = <T>(work: (at: number) => Promise<T>) => Promise.all(Array.from({ length: 64 }, (_, at) => work(at)))

test('R-06: a conditional update changes the one that meets the condition, or creates it', async ({
  rest: { fhir },
}) => {
  const created = await fhir('PUT', `/Patient?${mrn('MRN-1')}`, numbered('MRN-1'))
  expect([created.status, created.headers['etag']]).toEqual([201, 'W/"1"'])
  const id = String(created.json['id'])
  const updated = await fhir('PUT', `/Patient?${mrn('MRN-1')}`, numbered('MRN-1', { gender: 'female' }))
  expect([updated.status, updated.json['id'], updated.headers['etag']]).toEqual([200, id, 'W/"2"'])
  const same = await fhir('PUT', `/Patient?${mrn('MRN-1')}`, numbered('MRN-1', { id }))
  expect([same.status, same.headers['etag']]).toEqual([200, 'W/"3"'])
  const stale = await fhir('PUT', `/Patient?${mrn('MRN-1')}`, numbered('MRN-1'), { 'if-match': 'W/"1"' })
  expect(stale.status).toBe(412)
  // Another id than that of the match, and an id where nothing matches: ids are given here.
  const other = '01890a5d-ac96-8abc-b123-0123456789ab'
  for (const value of ['MRN-1', 'MRN-2']) {
    const refused = await fhir('PUT', `/Patient?${mrn(value)}`, numbered(value, { id: other }))
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('leave the id out')])
  }
  await fhir('POST', '/Patient', numbered('MRN-1'))
  expect((await fhir('PUT', `/Patient?${mrn('MRN-1')}`, numbered('MRN-1'))).status).toBe(412)
})

test('R-06: an update of what is not here creates nothing: 405', async ({ rest: { fhir } }) => {
  const id = '01890a5d-ac96-8abc-b123-0123456789ab'
  for (const address of [id, 'an.id.of.theirs']) {
    const refused = await fhir('PUT', `/Organization/${address}`, { ...organization('x'), id: address })
    expect([address, refused.status]).toEqual([address, 405])
  }
})

test('R-08: a conditional delete removes one, none, and of several none', async ({ rest: { fhir } }) => {
  const { json } = await fhir('POST', '/Patient', numbered('MRN-1'))
  expect((await fhir('DELETE', `/Patient?${mrn('MRN-1')}`)).status).toBe(204)
  expect((await fhir('GET', `/Patient/${String(json['id'])}`)).status).toBe(410)
  expect((await fhir('DELETE', `/Patient?${mrn('MRN-1')}`)).status).toBe(204)
  await fhir('POST', '/Patient', numbered('MRN-2'))
  await fhir('POST', '/Patient', numbered('MRN-2'))
  expect((await fhir('DELETE', `/Patient?${mrn('MRN-2')}`)).status).toBe(412)
  expect((await fhir('GET', `/Patient?${mrn('MRN-2')}`)).json['total']).toBe(2)
})

const noConditions = ['', '?', '?_format=json', '?_id=', '?_count=1', '?_sort=_id', '?_total=none', '?_summary=count']

test('R-06, R-08: without a criterion nothing is updated, patched or deleted', async ({ rest: { fhir, make } }) => {
  const id = await make(organization('alone'))
  for (const query of noConditions) {
    expect([query, (await fhir('DELETE', `/Organization${query}`)).status]).toEqual([query, 400])
    expect([query, (await fhir('PUT', `/Organization${query}`, organization('x'))).status]).toEqual([query, 400])
    const patch = JSON.stringify([{ op: 'replace', path: '/name', value: 'x' }])
    expect([query, (await fhir('PATCH', `/Organization${query}`, patch, jsonPatch)).status]).toEqual([query, 400])
  }
  expect((await fhir('GET', `/Organization/${id}`)).json).toMatchObject({ name: 'alone' })
  // A criterion that is not known is not left out: it would be met by all.
  expect((await fhir('DELETE', '/Organization?canary=1')).status).toBe(400)
})

test('R-02: a conditional read answers 304 for what the reader has', async ({ rest: { fhir, make } }) => {
  const id = await make(organization('x'))
  const { headers } = await fhir('GET', `/Organization/${id}`)
  const again = (name: string, value: string) => fhir('GET', `/Organization/${id}`, undefined, { [name]: value })
  expect((await again('if-none-match', 'W/"1"')).status).toBe(304)
  expect((await again('if-none-match', 'W/"2"')).status).toBe(200)
  expect((await again('if-modified-since', String(headers['last-modified']))).status).toBe(304)
  expect((await again('if-modified-since', 'Mon, 02 Mar 2020 10:00:00 GMT')).status).toBe(200)
})

test('R-07: JSON Patch and FHIRPath Patch, against a version, judged as if it had been sent', async ({
  rest: { fhir, make, patient, entries },
}) => {
  const id = await make(observation(await patient()))
  const at = `/Observation/${id}`
  const patch = [
    { op: 'test', path: '/status', value: 'final' },
    { op: 'replace', path: '/status', value: 'amended' },
  ]
  const send = (body: unknown, version?: number, headers: Record<string, string> = jsonPatch) =>
    fhir('PATCH', at, JSON.stringify(body), {
      ...headers,
      ...(version === undefined ? {} : { 'if-match': `W/"${version}"` }),
    })
  expect((await send(patch)).status).toBe(400)
  const before = (await entries()).length
  const patched = await send(patch, 1)
  expect([patched.status, patched.headers['etag'], patched.json['status']]).toEqual([200, 'W/"2"', 'amended'])
  expect((await entries()).slice(before)).toMatchObject([
    { action: 'update', records: [{ id, version: 2, before: 1, changed: true }] },
  ])
  expect((await send(patch, 1)).status).toBe(412)
  expect((await send(patch, 2)).status).toBe(422)
  expect((await send([{ op: 'replace', path: '/status', value: 'CANARY-VALUE' }], 2)).status).toBe(422)
  expect((await send([{ op: 'replace', path: '/id', value: 'x' }], 2)).status).toBe(400)
  expect((await send([{ op: 'remove', path: '/subject' }], 2)).status).toBe(422)
  expect((await send([{ op: 'canary' }], 2)).status).toBe(400)
  expect((await send('<diff/>', 2, { 'content-type': 'application/xml-patch+xml' })).status).toBe(415)
  const parameters = {
    resourceType: 'Parameters',
    parameter: [
      {
        name: 'operation',
        part: [
          { name: 'type', valueCode: 'replace' },
          { name: 'path', valueString: 'Observation.value' },
          { name: 'value', valueString: 'high' },
        ],
      },
    ],
  }
  const chosen = await send(parameters, 2, { 'content-type': 'application/fhir+json' })
  expect([chosen.status, chosen.json['valueString'], chosen.json['valueQuantity']]).toEqual([200, 'high', undefined])
  expect((await fhir('DELETE', at)).status).toBe(204)
  expect((await send(patch, 4)).status).toBe(410)
  expect(
    (
      await fhir('PATCH', '/Observation/01890a5d-ac96-8abc-b123-0123456789ab', '[]', {
        ...jsonPatch,
        'if-match': 'W/"1"',
      })
    ).status,
  ).toBe(404)
})

test('R-07: a conditional patch changes the one that meets the condition', async ({ rest: { fhir } }) => {
  await fhir('POST', '/Patient', numbered('MRN-1'))
  const patch = JSON.stringify([{ op: 'add', path: '/gender', value: 'female' }])
  const patched = await fhir('PATCH', `/Patient?${mrn('MRN-1')}`, patch, jsonPatch)
  expect([patched.status, patched.json['gender']]).toEqual([200, 'female'])
  expect((await fhir('PATCH', `/Patient?${mrn('MRN-2')}`, patch, jsonPatch)).status).toBe(404)
  await fhir('POST', '/Patient', numbered('MRN-1'))
  expect((await fhir('PATCH', `/Patient?${mrn('MRN-1')}`, patch, jsonPatch)).status).toBe(412)
})

test('R-07, H-A06: what a role does not see it can neither test nor change by a patch', async ({
  rest: { fhir, make, patient, desk },
}) => {
  const reasonCode = [{ text: 'canary' }]
  const id = await make({
    ...{ resourceType: 'Appointment', status: 'booked', start: '2026-03-02T10:00:00Z', end: '2026-03-02T10:20:00Z' },
    ...{ reasonCode, participant: [{ actor: { reference: `Patient/${await patient()}` }, status: 'accepted' }] },
  })
  const front = await desk('front-desk')
  const patch = (operations: object[], version: number) =>
    front.fhir('PATCH', `/Appointment/${id}`, operations, { ...jsonPatch, 'if-match': `W/"${version}"` })
  const right = await patch([{ op: 'test', path: '/reasonCode', value: reasonCode }], 1)
  const wrong = await patch([{ op: 'test', path: '/reasonCode', value: 'nothing' }], 1)
  expect([right.status, right.text.replaceAll(/Reference [^.]*/g, '')]).toEqual([
    422,
    wrong.text.replaceAll(/Reference [^.]*/g, ''),
  ])
  expect((await patch([{ op: 'add', path: '/reasonCode', value: [{ text: 'x' }] }], 1)).text).not.toContain(
    'reasonCode',
  )
  expect((await fhir('GET', `/Appointment/${id}`)).json).toMatchObject({ reasonCode })
})

test('R-07: a signed note is not patched', async ({ rest: { fhir, make, patient } }) => {
  const note = await make({
    ...{ resourceType: 'DocumentReference', status: 'current', docStatus: 'final', type: { text: 'note' } },
    ...{
      subject: { reference: `Patient/${await patient()}` },
      content: [{ attachment: { contentType: 'text/plain' } }],
    },
  })
  const patch = JSON.stringify([{ op: 'replace', path: '/type/text', value: 'other' }])
  const refused = await fhir('PATCH', `/DocumentReference/${note}`, patch, { ...jsonPatch, 'if-match': 'W/"1"' })
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('record-signed')])
})

test('R-05, R-06, R-07: of 64 at once, one condition makes one record, one version is changed once', async ({
  rest: { fhir },
}) => {
  const created = await many(() => fhir('POST', '/Patient', numbered('MRN-1'), { 'if-none-exist': mrn('MRN-1') }))
  expect(counts(created)).toEqual({ 200: 63, 201: 1 })
  expect(new Set(created.map(({ json }) => json['id'])).size).toBe(1)
  const [id] = created.map(({ json }) => String(json['id']))

  const put = await many((at) => fhir('PUT', `/Patient?${mrn('MRN-2')}`, numbered('MRN-2', { active: at % 2 === 0 })))
  expect(counts(put)).toEqual({ 200: 63, 201: 1 })
  expect((await fhir('GET', `/Patient?${mrn('MRN-2')}`)).json['total']).toBe(1)

  const first = { 'if-match': 'W/"1"' }
  const updated = await many(() => fhir('PUT', `/Patient/${id}`, numbered('MRN-1', { id }), first))
  expect(counts(updated)).toEqual({ 200: 1, 412: 63 })
  const second = { 'if-match': 'W/"2"' }
  const patch = JSON.stringify([{ op: 'add', path: '/gender', value: 'female' }])
  const patched = await many(() => fhir('PATCH', `/Patient/${id}`, patch, { ...jsonPatch, ...second }))
  expect(counts(patched)).toEqual({ 200: 1, 412: 63 })
  const third = { 'if-match': 'W/"3"' }
  const conditional = await many(() => fhir('PUT', `/Patient?${mrn('MRN-1')}`, numbered('MRN-1'), third))
  expect(counts(conditional)).toEqual({ 200: 1, 412: 63 })
  const blind = await many(() => fhir('PATCH', `/Patient?${mrn('MRN-1')}`, patch, jsonPatch))
  expect(counts(blind)).toEqual({ 200: 64 })
  const removed = await many(() => fhir('DELETE', `/Patient?${mrn('MRN-1')}`))
  expect(counts(removed)).toEqual({ 204: 64 })
})
