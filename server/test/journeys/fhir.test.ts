import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { listOf } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { test } from '../rest-rig.ts'

const patient = (over: object = {}) => ({
  resourceType: 'Patient',
  name: [{ family: 'Zwyssig', given: ['Quirina'] }],
  birthDate: '1961-03-12',
  identifier: [{ system: 'urn:mrn', value: 'MRN-1' }],
  ...over,
})

test('R-02, R-04, R-06: create, read, change with If-Match, delete, and the history of it all', async ({
  rest: { fhir },
}) => {
  const created = await fhir('POST', '/Patient', patient())
  expect(created.status).toBe(201)
  expect(created.headers).toMatchObject({
    etag: 'W/"1"',
    location: expect.stringMatching(/\/Patient\/[0-9a-f-]{36}\/_history\/1$/),
  })
  const id = String(created.json['id'])
  const made = await fhir('POST', '/Observation', observation(id))
  const observed = `/Observation/${String(made.json['id'])}`
  expect((await fhir('GET', observed)).text).toBe(made.text)
  expect((await fhir('GET', observed, undefined, { 'if-none-match': 'W/"1"' })).status).toBe(304)
  expect((await fhir('PUT', observed, { ...made.json, status: 'amended' })).status).toBe(400)
  const changed = await fhir('PUT', observed, { ...made.json, status: 'amended' }, { 'if-match': 'W/"1"' })
  expect([changed.status, changed.headers['etag']]).toEqual([200, 'W/"2"'])
  expect((await fhir('PUT', observed, { ...made.json, status: 'final' }, { 'if-match': 'W/"1"' })).status).toBe(412)
  expect((await fhir('GET', `${observed}/_history/1`)).json['status']).toBe('final')
  expect((await fhir('DELETE', observed)).status).toBe(204)
  expect((await fhir('DELETE', observed)).status).toBe(204)
  expect((await fhir('GET', observed)).status).toBe(410)
  const history = await fhir('GET', `${observed}/_history`)
  expect(listOf(history.json['entry']).map((entry) => entry['request']?.['method'])).toEqual(['DELETE', 'PUT', 'POST'])
  expect((await fhir('GET', '/Observation/01890a5d-ac96-8abc-b123-0123456789ab')).status).toBe(404)
})

test('R-09: a transaction with urn:uuid and conditional references, whole or not at all', async ({
  rest: { fhir },
}) => {
  await fhir('POST', '/Practitioner', {
    resourceType: 'Practitioner',
    identifier: [{ system: 'urn:npi', value: '77' }],
    name: [{ family: 'Ito' }],
  })
  const bundle = (reference: string) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: 'urn:uuid:aaaaaaaa-0000-4000-8000-000000000002',
        request: { method: 'POST', url: 'Encounter' },
        resource: {
          resourceType: 'Encounter',
          status: 'finished',
          class: { code: 'AMB' },
          subject: { reference: 'urn:uuid:aaaaaaaa-0000-4000-8000-000000000001' },
          participant: [{ individual: { reference } }],
        },
      },
      {
        fullUrl: 'urn:uuid:aaaaaaaa-0000-4000-8000-000000000001',
        request: { method: 'POST', url: 'Patient' },
        resource: patient(),
      },
      {
        request: { method: 'POST', url: 'Observation' },
        resource: {
          ...observation('x'),
          subject: { reference: 'urn:uuid:aaaaaaaa-0000-4000-8000-000000000001' },
          encounter: { reference: 'urn:uuid:aaaaaaaa-0000-4000-8000-000000000002' },
        },
      },
    ],
  })
  const good = await fhir('POST', '', bundle('Practitioner?identifier=urn:npi|77'))
  expect(good.status).toBe(200)
  const [encounter, subject, observed] = listOf(good.json['entry'])
  expect(observed?.['resource']).toMatchObject({
    subject: { reference: `Patient/${String(subject?.['resource']?.['id'])}` },
    encounter: { reference: `Encounter/${String(encounter?.['resource']?.['id'])}` },
  })
  expect(encounter?.['resource']).toMatchObject({
    participant: [{ individual: { reference: expect.stringMatching(/^Practitioner\/[0-9a-f-]{36}$/) } }],
  })

  const count = async () => listOf((await fhir('GET', '/Patient?family=zwyssig')).json['entry']).length
  const before = await count()
  for (const reference of ['Practitioner?identifier=urn:npi|78', 'urn:uuid:aaaaaaaa-0000-4000-8000-00000000dead']) {
    const bad = await fhir('POST', '', bundle(reference))
    expect([bad.status, bad.json['resourceType']]).toEqual([422, 'OperationOutcome'])
  }
  expect(await count()).toBe(before)
})

test('R-09: who prefers it gets a transaction’s answer without what was sent', async ({ rest: { fhir } }) => {
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ request: { method: 'POST', url: 'Patient' }, resource: patient() }],
  }
  const answer = await fhir('POST', '', bundle, { prefer: 'return=minimal' })
  const [entry] = answer.json['entry'] as unknown as { resource?: unknown; response: { location: string } }[]
  expect(entry?.resource).toBeUndefined()
  expect(entry?.response.location).toMatch(/\/Patient\/[0-9a-f-]{36}\/_history\/1$/)
})

test('R-09: a batch does each entry on its own', async ({ rest: { fhir }, rig }) => {
  const answer = await fhir('POST', '', {
    resourceType: 'Bundle',
    type: 'batch',
    entry: [
      { request: { method: 'POST', url: 'Patient' }, resource: patient() },
      { request: { method: 'GET', url: 'Patient/01890a5d-ac96-8abc-b123-0123456789ab' } },
      { request: { method: 'POST', url: 'Patient' }, resource: { resourceType: 'Patient', gender: 'blue' } },
      { request: { method: 'GET', url: 'Patient?family=zwyssig' } },
    ],
  })
  const entries = listOf(answer.json['entry'])
  expect(entries.map((entry) => entry['response']?.['status'])).toEqual(['201', '404', '422', '200'])
  expect(entries[3]?.['resource']?.['total']).toBe(1)
  expect((await rig.refusals()).length).toBe(2)
})

test('R-05: the same conditional create by many at once makes one record', async ({ rest: { fhir } }) => {
  const tries = await Promise.all(
    Array.from({ length: 12 }, () =>
      fhir('POST', '/Patient', patient(), { 'if-none-exist': 'identifier=urn:mrn|MRN-1' }),
    ),
  )
  expect(tries.map(({ status }) => status).toSorted()).toEqual([...Array.from({ length: 11 }, () => 200), 201])
  await fhir('POST', '/Patient', patient())
  expect((await fhir('POST', '/Patient', patient(), { 'if-none-exist': 'identifier=MRN-1' })).status).toBe(412)
})

test('R-15: what a resource claims of a profile must be true, as far as the profile is held', async ({
  rest: { fhir },
}) => {
  const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|8.0.0'
  const claiming = (profile: string, over: object = {}) => patient({ meta: { profile: [profile] }, ...over })
  const bad = await fhir('POST', '/Patient', claiming(usCore, { identifier: [{ value: 'CANARY-VALUE' }] }))
  expect([bad.status, bad.text.includes('CANARY')]).toEqual([422, false])
  expect(listOf(bad.json['issue']).flatMap((issue) => issue['expression'] ?? [])).toContain(
    'Patient.identifier[0].system',
  )
  expect((await fhir('POST', '/Patient', claiming(usCore))).status).toBe(201)
  const stranger = claiming('http://profiles.example/patient', { identifier: [{ value: '1' }] })
  expect((await fhir('POST', '/Patient', stranger)).status).toBe(201)
})

const hostile: [string, string | Buffer, number][] = [
  ['cut off', '{"resourceType":"Patient"', 400],
  ['nested without end', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, 400],
  ['with a key twice', '{"resourceType":"Patient","gender":"male","gender":"female"}', 400],
  ['with __proto__', '{"resourceType":"Patient","__proto__":{"polluted":true}}', 400],
  ['in no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), 400],
  ['an array', '[]', 422],
  ['of another type', '{"resourceType":"Observation","status":"final","code":{"text":"x"}}', 400],
  ['of no type', '{"resourceType":"Canary"}', 422],
  ['with an unknown element', '{"resourceType":"Patient","canaryElement":"CANARY-VALUE"}', 422],
  ['with a wrong required code', '{"resourceType":"Patient","gender":"CANARY-VALUE"}', 422],
  ['with an empty array', '{"resourceType":"Patient","name":[]}', 422],
  [
    'with two values of a choice',
    '{"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2020-01-01"}',
    422,
  ],
  [
    'with script in its narrative',
    '{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\"><script>alert(1)</script></div>"}}',
    422,
  ],
]

test.for(hostile)(
  'R-15: a body %s is refused with an OperationOutcome that repeats nothing of it',
  async ([, body, status], { rest: { fhir } }) => {
    const answer = await fhir('POST', '/Patient', body)
    expect(answer.status).toBe(status)
    expect(answer.json['resourceType']).toBe('OperationOutcome')
    expect(answer.text).not.toMatch(/canary|CANARY|alert|polluted/)
  },
)

test('R-01, R-10, R-15: what is not offered is said plainly', async ({ rest: { fhir }, rig }) => {
  expect((await fhir('GET', '/Canary/1')).status).toBe(404)
  expect((await fhir('GET', '/Patient/not..an/_id')).status).toBe(404)
  expect((await fhir('POST', '/Patient', '<Patient/>', { 'content-type': 'application/fhir+xml' })).status).toBe(415)
  expect((await fhir('GET', '/Patient?family=x', undefined, { accept: 'application/fhir+xml' })).status).toBe(406)
  expect((await fhir('GET', '/Observation?code=8480-6&_filter=x')).status).toBe(400)
  expect((await fhir('GET', '/Patient?family=x&canary=1', undefined, { prefer: 'handling=strict' })).status).toBe(400)
  expect((await fhir('GET', '/Patient?family=x&canary=1')).status).toBe(200)
  expect((await fhir('GET', '/Patient?birthdate=yesterday')).status).toBe(400)
  expect((await rig.ask('/fhir/R4/Patient?family=x')).status).toBe(401)
  expect((await rig.ask('/fhir/R4/metadata')).status).toBe(200)
})

test('S-14, S-21: a token reads what its scope says and nothing else, with nothing told of what is there', async ({
  rest: { fhir },
  rig,
}) => {
  const created = await fhir('POST', '/Patient', patient())
  const id = String(created.json['id'])
  const { authorization } = await rig.token('system/Observation.rs')
  const refused = await fhir('GET', `/Patient/${id}`, undefined, { authorization })
  expect(refused.status).toBe(403)
  expect(refused.headers['www-authenticate']).toContain('insufficient_scope')
  expect(
    (await fhir('GET', '/Patient/01890a5d-ac96-8abc-b123-0123456789ab', undefined, { authorization })).status,
  ).toBe(403)
  expect((await fhir('GET', `/Observation?patient=${id}`, undefined, { authorization })).status).toBe(200)
})

test('S-23: one forbidden entry refuses the whole transaction', async ({ rest: { fhir }, rig }) => {
  const { authorization } = await rig.token('system/Patient.crus')
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { request: { method: 'POST', url: 'Patient' }, resource: patient() },
      { request: { method: 'POST', url: 'Organization' }, resource: { resourceType: 'Organization', name: 'x' } },
    ],
  }
  expect((await fhir('POST', '', bundle, { authorization })).status).toBe(403)
  expect((await fhir('GET', '/Patient?family=zwyssig', undefined, { authorization })).json['total']).toBe(0)
})

test('a document of 40 MB goes in and out in pieces, to the byte', async ({ rest: { fhir }, rig }) => {
  const id = String((await fhir('POST', '/Patient', patient())).json['id'])
  const content = Buffer.alloc(40 * 1024 * 1024)
  for (let at = 0; at < content.length; at += 4) content.writeUInt32LE((at * 2_654_435_761) % 2 ** 32, at)
  const { authorization } = await rig.token('system/Binary.cr', 'system/Patient.r')
  const stored = await rig.ask('/fhir/R4/Binary', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/dicom', 'x-security-context': `Patient/${id}` },
    body: content,
  })
  expect(stored.status).toBe(201)
  const location = new URL(String(stored.headers['location'])).pathname.replace(/\/_history.*/, '')
  const got = await new Promise<Buffer>((resolve, reject) => {
    void rig.connect().then((socket) => {
      const chunks: Buffer[] = []
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.on('close', () => resolve(Buffer.concat(chunks)))
      socket.on('error', reject)
      socket.write(
        `GET ${location} HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\naccept: application/dicom\r\nconnection: close\r\n\r\n`,
      )
    }, reject)
  })
  const head = got.indexOf('\r\n\r\n')
  expect(got.toString('latin1', 0, head)).toMatch(/content-disposition: attachment/i)
  expect(got.subarray(head + 4).equals(content)).toBe(true)
})

test('R-01: what a program reads is compressed when it takes that, what a browser reads is not', async ({
  rest: { fhir, patient, desk },
  rig,
}) => {
  const who = await patient()
  for (let at = 0; at < 20; at++) await fhir('POST', '/Observation', observation(who))
  const path = `/Observation?patient=${who}`
  const plain = await fhir('GET', path)
  expect([plain.headers['content-encoding'], plain.headers['vary']]).toEqual([undefined, 'accept-encoding'])
  for (const [accepted, encoding] of [
    ['gzip', 'gzip'],
    ['br;q=1.0, gzip;q=0.8', 'gzip'],
    ['gzip;q=0', undefined],
    ['identity', undefined],
  ] as const) {
    const answer = await fhir('GET', path, undefined, { 'accept-encoding': accepted })
    expect([accepted, answer.headers['content-encoding']]).toEqual([accepted, encoding])
    const bytes = encoding === undefined ? answer.bytes : gunzipSync(answer.bytes)
    expect(JSON.parse(bytes.toString())).toMatchObject({ type: 'searchset', total: 20 })
    expect(answer.headers['content-length']).toBe(String(answer.bytes.length))
  }
  // Small answers are not worth it, and what is written is not echoed so.
  const headers = { 'accept-encoding': 'gzip' }
  expect((await fhir('GET', `/Patient/${who}`, undefined, headers)).headers['content-encoding']).toBeUndefined()
  const large = { ...observation(who), note: [{ text: 'x'.repeat(10_000) }] }
  expect((await fhir('POST', '/Observation', large, headers)).headers['content-encoding']).toBeUndefined()
  // A browser sends its cookie with what somebody else made up (BREACH).
  const clinician = await desk('clinician')
  expect((await clinician.fhir('GET', path, undefined, headers)).headers['content-encoding']).toBeUndefined()
  const statement = await rig.ask('/fhir/R4/metadata', { headers })
  expect(JSON.parse(gunzipSync(statement.bytes).toString())).toMatchObject({ resourceType: 'CapabilityStatement' })
})
