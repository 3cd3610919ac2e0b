import { expect } from 'vitest'
import { type Desk, listOf, type Reply } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { canaries, test } from '../rest-rig.ts'

// What someone tries who is signed in and means harm, or who is not and wants to be (OWASP ASVS 5: V1, V3, V4, V8, V15).

const nobody = '01890a5d-ac96-8abc-b123-0123456789ab'
const quiet = ({ text }: { text: string }): string[] => canaries.filter((canary) => text.includes(canary))

test('V8: an id opens only what its address says it is: by no type, patient or door is anything else had', async ({
  rest,
}) => {
  const [patient, other] = [await rest.patient(), await rest.patient()]
  const observed = await rest.make(observation(patient))
  const condition = await rest.make({
    resourceType: 'Condition',
    code: { text: 'canary' },
    subject: { reference: `Patient/${patient}` },
  })
  const clinician = await rest.desk('clinician')
  const biller = await rest.desk('biller')
  const asked: [Desk['fhir'], string, string, object?][] = [
    [clinician.fhir, 'GET', `/Condition/${observed}`],
    [clinician.fhir, 'GET', `/Patient/${observed}`],
    [clinician.fhir, 'GET', `/Binary/${observed}`],
    [clinician.fhir, 'GET', `/Observation/${patient}`],
    [clinician.fhir, 'GET', `/Observation/${condition}/_history`],
    [clinician.fhir, 'GET', `/Observation/${condition}/_history/1`],
    [clinician.fhir, 'DELETE', `/Condition/${observed}`],
    [biller.fhir, 'GET', `/Claim/${condition}`],
    [biller.fhir, 'GET', `/Coverage/${observed}/_history`],
    [clinician.office, 'GET', `/patients/${observed}/banner`],
    [clinician.office, 'GET', `/patients/${condition}/records?type=Observation`],
    [clinician.office, 'GET', `/patients/${observed}/events`],
    [clinician.office, 'GET', `/patients/${patient}/documents/${observed}`],
    [clinician.office, 'POST', `/appointments/${observed}/status`, { status: 'arrived' }],
    [clinician.office, 'PUT', `/patients/${observed}/draft`, { title: '', text: 'x', loinc: '11506-3' }],
  ]
  for (const [door, method, path, body] of asked) {
    const got = await door(method, path, body, method === 'PUT' ? { 'if-match': 'W/"1"' } : {})
    expect([method, path, got.status, quiet(got)]).toEqual([method, path, 404, []])
  }
  // A change makes nothing under an id of the caller's, whether something else has it or nothing.
  for (const id of [condition, nobody]) {
    const change = { ...observation(patient), id }
    const got = await clinician.fhir('PUT', `/Observation/${id}`, change, { 'if-match': 'W/"1"' })
    expect([got.status, quiet(got)]).toEqual([405, []])
  }
  for (const [door, query] of [
    [biller.fhir, `/Claim?_id=${condition}`],
    [biller.fhir, `/Claim?_id=${condition},${observed}&patient=${patient}`],
    [clinician.fhir, `/Observation?_id=${condition}`],
    [clinician.fhir, `/Observation?patient=${other}`],
    [clinician.fhir, `/Observation?patient=${nobody}`],
  ] as const) {
    const got = await door('GET', query)
    expect([query, got.json['total'], quiet(got)]).toEqual([query, 0, []])
  }
  expect((await rest.fhir('GET', `/Observation/${observed}`)).json['meta']).toMatchObject({ versionId: '1' })
})

test('V8: a record does not move to another patient, and is written for nobody', async ({ rest }) => {
  const [patient, other] = [await rest.patient(), await rest.patient()]
  const observed = await rest.make(observation(patient))
  const desk = await rest.desk('clinician')
  const moved = { ...observation(other), id: observed }
  expect((await desk.fhir('PUT', `/Observation/${observed}`, moved, { 'if-match': 'W/"1"' })).status).toBe(422)
  for (const subject of [nobody, '00000000-0000-8000-8000-000000000000', observed])
    expect((await desk.fhir('POST', '/Observation', observation(subject))).status, subject).toBe(422)
  const url = `Observation/${observed}`
  const entry = [{ request: { method: 'PUT', url, ifMatch: 'W/"1"' }, resource: moved }]
  expect((await desk.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(422)
  const stored = await rest.fhir('GET', `/Observation/${observed}`)
  expect(stored.json).toMatchObject({ meta: { versionId: '1' }, subject: { reference: `Patient/${patient}` } })
})

test('R-10: the address of a next page names nobody, and serves nobody but who was given it', async ({ rest, rig }) => {
  const patient = await rest.patient()
  for (let day = 1; day <= 3; day++) await rest.make(observation(patient, '8480-6', `2026-03-0${day}T10:00:00Z`))
  const [desk, colleague] = [await rest.desk('clinician'), await rest.desk('clinician')]
  const first = await desk.fhir('GET', `/Observation?patient=${patient}&code=8480-6&_count=2`)
  const link = listOf(first.json['link']).find((one) => String(one['relation']) === 'next')
  const next = new URL(String(link?.['url']))
  expect([...next.searchParams.keys()]).toEqual(['_count', '_cursor'])
  expect(next.href).not.toMatch(new RegExp(`${patient}|8480`))
  const path = `${next.pathname.replace('/fhir/R4', '')}${next.search}`
  const second = await desk.fhir('GET', path)
  expect(listOf(second.json['entry'])).toHaveLength(1)
  expect((await desk.fhir('POST', '/Observation/_search', Buffer.from(next.search.slice(1)), formType)).status).toBe(
    200,
  )
  const { authorization } = await rig.token('system/*.rs')
  expect((await colleague.fhir('GET', path)).status).toBe(400)
  expect((await rest.fhir('GET', path, undefined, { authorization })).status).toBe(400)
  expect((await desk.fhir('GET', path.replace('/Observation', '/Condition'))).status).toBe(400)
  expect((await desk.fhir('GET', `${path}&patient=${patient}`)).status).toBe(400)
  expect((await desk.fhir('GET', path.slice(0, -2))).status).toBe(400)

  const chart = `/patients/${patient}/records?type=Observation&count=1`
  const before = encodeURIComponent(String((await desk.office('GET', chart)).json['next']))
  const other = await rest.patient()
  expect(listOf((await desk.office('GET', `${chart}&before=${before}`)).json['records'])).toHaveLength(1)
  expect((await colleague.office('GET', `${chart}&before=${before}`)).status).toBe(400)
  expect((await desk.office('GET', `${chart.replace(patient, other)}&before=${before}`)).status).toBe(400)
  expect((await desk.office('GET', `${chart}&type=Condition&before=${before}`)).status).toBe(400)
})

const formType = { 'content-type': 'application/x-www-form-urlencoded' }

test.for<[string, Record<string, string | undefined>]>([
  ['without the header that no form can send', { 'x-chartkeep': undefined }],
  ['with another value of it', { 'x-chartkeep': '2' }],
  ['from another site', { 'sec-fetch-site': 'cross-site' }],
  ['from another host of the same site', { 'sec-fetch-site': 'same-site' }],
  ['from another origin', { origin: 'https://evil.example' }],
  ['from the origin null', { origin: 'null' }],
  ['from the same name without TLS', { origin: 'http://localhost' }],
])('N-09: what a signed-in browser is made to send %s changes nothing', async ([, over], { rig, rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  const given = { cookie: desk.cookie(), 'x-chartkeep': '1', 'sec-fetch-site': 'same-origin', ...over }
  const headers = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  const before = (await rest.entries()).length
  for (const [method, path, type, body] of [
    ['POST', '/office/sign-out', undefined, undefined],
    ['POST', '/office/lock', undefined, undefined],
    ['POST', '/office/role', 'application/json', '{"role":"clinician"}'],
    ['PUT', `/office/patients/${patient}/draft`, 'application/json', '{"title":"","text":"x","loinc":"11506-3"}'],
    ['POST', `/office/patients/${patient}/documents`, 'text/plain', 'x'],
    ['POST', '/fhir/R4/Observation', 'application/fhir+json', JSON.stringify(observation(patient))],
    ['DELETE', `/fhir/R4/Patient/${patient}`, undefined, undefined],
  ] as const) {
    const got = await rig.ask(path, {
      method,
      headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    })
    expect([path, got.status]).toEqual([path, 403])
    expect(got.text).toContain('cross-site')
  }
  expect((await desk.office('GET', '/session')).json).toMatchObject({ locked: false })
  expect((await rest.fhir('GET', `/Patient/${patient}`)).json['meta']).toMatchObject({ versionId: '1' })
  expect(
    (await rest.entries()).slice(before).filter(({ action, outcome }) => outcome === 'done' && action !== 'read'),
  ).toEqual([])
})

test('N-09: another site cannot read through a signed-in browser either', async ({ rig, rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
    for (const path of [`/office/patients/${patient}/banner`, `/fhir/R4/Patient/${patient}`, '/office/session']) {
      const got = await rig.ask(path, { headers: { cookie: desk.cookie(), ...headers } })
      expect([path, got.status, quiet(got)]).toEqual([path, 403, []])
      expect(got.headers['access-control-allow-origin']).toBeUndefined()
    }
  }
})

test.for([
  ['a form', 'application/x-www-form-urlencoded', 'text=zwyssig'],
  ['JSON called text', 'text/plain', '{"text":"zwyssig"}'],
  ['a form with parts', 'multipart/form-data; boundary=x', '--x\r\n\r\n{"text":"zwyssig"}\r\n--x--'],
  ['JSON in another alphabet', 'application/json; charset=utf-7', '{"text":"zwyssig"}'],
  ['JSON without a type', '', '{"text":"zwyssig"}'],
] as const)('V4: %s is not taken for JSON', async ([, type, body], { rig, rest }) => {
  await rest.patient()
  const desk = await rest.desk('nurse')
  const headers = { cookie: desk.cookie(), 'x-chartkeep': '1', 'content-type': type }
  for (const path of ['/office/patients/search', '/fhir/R4/Patient', '/office/sign-in']) {
    const got = await rig.ask(path, { method: 'POST', headers, body })
    expect([path, got.status, quiet(got)]).toEqual([path, 415, []])
  }
})

test('V4, V13: no header changes the method, the address, the host or the caller', async ({ rig, rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('front-desk')
  const tricks = {
    'x-http-method-override': 'DELETE',
    'x-method-override': 'DELETE',
    'x-original-url': '/office/accounts',
    'x-rewrite-url': '/office/accounts',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-for': '203.0.113.7',
    forwarded: 'for=203.0.113.7;host=evil.example',
    'x-real-ip': '203.0.113.7',
    'x-forwarded-proto': 'http',
    'x-user': 'administrator',
  }
  const got = await desk.fhir('GET', `/Patient/${patient}`, undefined, tricks)
  expect([got.status, got.json['id']]).toEqual([200, patient])
  const made = await desk.fhir('POST', '/Patient', { resourceType: 'Patient' }, tricks)
  expect(made.headers['location']).toMatch(/^https:\/\/localhost:\d+\/fhir\/R4\/Patient\//)
  expect((await rest.entries()).at(-1)).toMatchObject({ workstation: '127.0.0.1', actor: { id: desk.id } })
  const cookie = desk.cookie()
  const twice = await rig.ask('/office/session', { headers: { cookie: `${cookie}; ${cookie}` } })
  expect(twice.status).toBe(401)
  const { authorization } = await rig.token('system/*.cruds')
  const both = await rig.ask(`/fhir/R4/Patient/${patient}`, { headers: { cookie, authorization } })
  expect([both.status, quiet(both)]).toEqual([401, []])
})

test('V4: an address has one spelling: no trick with its path leads to a route', async ({ rig, rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('nurse')
  const headers = { cookie: desk.cookie(), 'x-chartkeep': '1' }
  for (const path of [
    `//fhir/R4/Patient/${patient}`,
    `/fhir/R4//Patient/${patient}`,
    `/FHIR/R4/Patient/${patient}`,
    `/fhir/R4/patient/${patient}`,
    `/fhir/R4/Patient%2f${patient}`,
    `/fhir/R4/Patient/${patient}%00`,
    `/fhir/R4/Patient/${patient};x=y`,
    `/fhir/R4/Patient/${patient}.json`,
    `/fhir/R4/Patient/..%2fPatient%2f${patient}`,
    `/fhir/R4/Patient/%E0%A4%A`,
    `/fhir/R4/./Patient/${patient}/x/y/z`,
    `/office/../fhir/R4/Patient/${patient}`,
    `/office/patients/${patient}/..%2f${patient}/banner`,
    `/office/patients/${patient.toUpperCase()}/banner`,
    `/office/patients/ ${patient}/banner`.replace(' ', '%20'),
    `/metrics/../office/patients/${patient}/banner`,
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%5c..%5cserver/modules.ts',
  ]) {
    const got = await rig.ask(path, { headers })
    expect([path, [400, 404].includes(got.status), quiet(got)]).toEqual([path, true, []])
  }
})

test('V4: methods that are not offered are refused with those that are', async ({ rig, rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  const headers = { cookie: desk.cookie(), 'x-chartkeep': '1' }
  for (const [method, path] of [
    ['OPTIONS', `/fhir/R4/Patient/${patient}`],
    ['PATCH', `/fhir/R4/Patient/${patient}/_history`],
    ['PUT', `/fhir/R4/Patient/${patient}/_history/1`],
    ['PUT', '/office/patients/search'],
    ['GET', '/office/patients/search'],
    ['DELETE', `/office/patients/${patient}/notes`],
    ['GET', '/office/sign-out'],
    ['POST', '/metrics'],
  ] as const) {
    const got = await rig.ask(path, { method, headers })
    expect([method, path, got.status, quiet(got)]).toEqual([method, path, 405, []])
    expect(got.headers['allow'], path).toMatch(/^[A-Z, ]+$/)
  }
})

test('V15: no name of an object’s own makes a difference in a body or an address', async ({ rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  const raw = async (path: string, body: string): Promise<Reply> =>
    desk.office('POST', path, Buffer.from(body), { 'content-type': 'application/json' })
  for (const body of [
    '{"text":"zwyssig","__proto__":{"limit":50}}',
    '{"text":"zwyssig","constructor":{"prototype":{"role":"administrator"}}}',
    '{"text":"zwyssig","text":"zwyssig"}',
    '{"__proto__":{"text":"zwyssig"}}',
  ]) {
    const got = await raw('/patients/search', body)
    expect([body, got.status < 500, ({} as Record<string, unknown>)['role']]).toEqual([body, true, undefined])
    if (!body.includes('constructor')) expect(got.status).toBeGreaterThanOrEqual(400)
  }
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    expect((await desk.office('GET', `/patients/${patient}/records?type=${name}`)).json).toMatchObject({
      code: 'type-unknown',
    })
    expect((await desk.fhir('GET', `/${name}/${patient}`)).status).toBe(404)
    expect((await desk.fhir('GET', `/Patient?${name}=x&_id=${patient}`)).json['total']).toBe(1)
    expect(
      (await desk.fhir('GET', `/Patient?_id=${patient}&${name}=x`, undefined, { prefer: 'handling=strict' })).status,
    ).toBe(400)
    expect((await desk.office('POST', '/role', { role: name })).status).toBe(403)
  }
})

test('R-16: what is too large is refused before it is read', async ({ rest }) => {
  const desk = await rest.desk('clinician')
  const patient = await rest.patient()
  const big = (bytes: number) => Buffer.from(JSON.stringify({ text: 'x'.repeat(bytes) }))
  const jsonType = { 'content-type': 'application/json' }
  expect((await desk.office('POST', '/patients/search', big(70_000), jsonType)).status).toBe(413)
  expect((await desk.office('POST', '/unlock', big(20_000), jsonType)).status).toBe(413)
  expect((await desk.office('PUT', `/patients/${patient}/draft`, big(5_000_000), jsonType)).status).toBe(413)
  const zipped = await desk.office('POST', '/patients/search', big(10), { ...jsonType, 'content-encoding': 'gzip' })
  expect(zipped.status).toBe(415)
  const entry = Array.from({ length: 20_001 }, () => ({ request: { method: 'GET', url: 'x' } }))
  const many = await desk.fhir('POST', '', { resourceType: 'Bundle', type: 'batch', entry })
  expect([many.status, many.text.includes('transaction-invalid')]).toEqual([400, true])
  const nested = `{"text":${'['.repeat(30)}${']'.repeat(30)}}`
  expect((await desk.office('POST', '/patients/search', Buffer.from(nested), jsonType)).json).toMatchObject({
    code: 'body-too-deep',
  })
})

test.for([
  "'; drop table records.resource; --",
  '" or ""="',
  '%25%27 union select null--',
  '\\u0000',
  '${7*7}{{7*7}}<script>alert(1)</script>',
  '(((((((((((((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+',
  '../../../../etc/passwd',
  'http://169.254.169.254/latest/meta-data/',
])('V1: %s is text like any other', async (text, { rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  expect((await desk.office('POST', '/patients/search', { text })).json).toEqual({ patients: [], more: false })
  const value = encodeURIComponent(text)
  for (const query of [
    `Patient?name=${value}`,
    `Patient?identifier=${value}`,
    `Observation?patient=${patient}&code=${value}`,
  ]) {
    const got = await desk.fhir('GET', `/${query}`)
    expect([query, [200, 400].includes(got.status), quiet(got)]).toEqual([query, true, []])
  }
  expect((await desk.fhir('GET', '/Patient?family=zwyssig')).json['total']).toBe(1)
})

test('V1: an address in a bundle is one of ours or none: nothing is fetched', async ({ rest }) => {
  const desk = await rest.desk('clinician')
  for (const url of [
    'https://evil.example/Patient/1',
    '//evil.example/Patient',
    'Patient/../Claim/1',
    'file:///etc/passwd',
    'Patient?x#y/../..',
    '',
  ]) {
    const bundle = (type: string) => ({ resourceType: 'Bundle', type, entry: [{ request: { method: 'GET', url } }] })
    const whole = await desk.fhir('POST', '', bundle('transaction'))
    expect([url, whole.status >= 400 && whole.status < 500]).toEqual([url, !url.startsWith('Patient?')])
    const each = await desk.fhir('POST', '', bundle('batch'))
    expect([url, each.status]).toEqual([url, 200])
  }
})

test('R-05: conditional creates within transactions make one record, however many come at once', async ({ rest }) => {
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        request: { method: 'POST', url: 'Organization', ifNoneExist: 'identifier=urn:org|7' },
        resource: { resourceType: 'Organization', name: 'One', identifier: [{ system: 'urn:org', value: '7' }] },
      },
    ],
  }
  const tries = await Promise.all(Array.from({ length: 10 }, () => rest.fhir('POST', '', bundle)))
  const ids = tries.map(({ json }) => String(listOf(json['entry'])[0]?.['resource']?.['id']))
  expect([tries.map(({ status }) => status), new Set(ids).size]).toEqual([Array.from({ length: 10 }, () => 200), 1])
  const twice = await rest.fhir('POST', '', { ...bundle, entry: [...bundle.entry, ...bundle.entry] })
  expect(twice.text).toContain('Two entries stand under one condition.')
})

test('S-23: a transaction that reads what one may not is refused before it saves; what is not there is told of alone', async ({
  rest,
}) => {
  const desk = await rest.desk('front-desk')
  const bundle = (url: string) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        request: { method: 'POST', url: 'Patient' },
        resource: { resourceType: 'Patient', name: [{ family: 'Zwyssig' }] },
      },
      { request: { method: 'GET', url } },
    ],
  })
  const count = async () => (await rest.fhir('GET', '/Patient?family=zwyssig')).json['total']
  for (const url of [`Condition/${nobody}`, `Observation?patient=${nobody}`, `Patient/${nobody}/_history`]) {
    expect((await desk.fhir('POST', '', bundle(url))).status, url).toBe(403)
    expect(await count()).toBe(0)
  }
  const { status, json } = await desk.fhir('POST', '', bundle(`Patient/${nobody}`))
  expect([status, listOf(json['entry']).map((entry) => entry['response']?.['status'])]).toEqual([
    200,
    ['201 Created', '404'],
  ])
  expect(await count()).toBe(1)
})

test('R-13: what the CapabilityStatement does not tell is not done', async ({ rest }) => {
  const { json } = await rest.fhir('GET', '/metadata')
  const told = new Map(
    listOf(listOf(json['rest'])[0]?.['resource']).map((one) => [
      String(one['type']),
      listOf(one['interaction']).map((interaction) => String(interaction['code'])),
    ]),
  )
  expect(told.size).toBeGreaterThan(140)
  expect(told.get('Patient')?.toSorted()).toEqual([
    'create',
    'delete',
    'history-instance',
    'history-type',
    'patch',
    'read',
    'search-type',
    'update',
    'vread',
  ])
  expect(told.get('Binary')).not.toEqual(expect.arrayContaining(['update']))
  const binary = await rest.make({ resourceType: 'Binary', contentType: 'text/plain', data: 'eA==' })
  const change = { resourceType: 'Binary', id: binary, contentType: 'text/plain', data: 'eQ==' }
  const refused = ({ status, headers }: Awaited<ReturnType<typeof rest.fhir>>) => [status, headers['allow']]
  const put = await rest.fhir('PUT', `/Binary/${binary}`, change, { 'if-match': 'W/"1"' })
  expect(refused(put)).toEqual([405, 'GET, HEAD'])
  expect(refused(await rest.fhir('DELETE', `/Binary/${binary}`))).toEqual([405, 'GET, HEAD'])
  for (const type of ['Parameters', 'OperationOutcome']) {
    expect([type, told.get(type)]).toEqual([type, []])
    expect(refused(await rest.fhir('POST', `/${type}`, { resourceType: type }))).toEqual([405, ''])
    expect(refused(await rest.fhir('GET', `/${type}/${nobody}`))).toEqual([405, ''])
  }
  // the ledger writes itself.
  for (const [method, path] of [
    ['POST', '/AuditEvent'],
    ['PUT', `/AuditEvent/${nobody}`],
    ['DELETE', `/AuditEvent/${nobody}`],
  ] as const)
    expect(
      (await rest.fhir(method, path, method === 'DELETE' ? undefined : { resourceType: 'AuditEvent' })).status,
    ).toBe(403)
})

test('a Binary is read as it was stored, whichever way it came, and its type cannot break the answer', async ({
  rest,
}) => {
  const patient = await rest.patient()
  const binary = (contentType: string) => ({
    resourceType: 'Binary',
    contentType,
    securityContext: { reference: `Patient/${patient}` },
    data: Buffer.from('some content').toString('base64'),
  })
  const entry = [{ request: { method: 'POST', url: 'Binary' }, resource: binary('text/html') }]
  const { json } = await rest.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
  const ids = [String(listOf(json['entry'])[0]?.['resource']?.['id'])]
  for (const type of ['text/html', 'text/html;charset=\u65e5', 'nonsense']) ids.push(await rest.make(binary(type)))
  for (const id of ids) {
    const got = await rest.fhir('GET', `/Binary/${id}`, undefined, { accept: '*/*' })
    expect([got.status, got.text]).toEqual([200, 'some content'])
    expect(got.headers).toMatchObject({
      'content-disposition': 'attachment',
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
    })
    const asJson = await rest.fhir('GET', `/Binary/${id}`, undefined, { accept: 'application/fhir+json' })
    expect(asJson.json).toMatchObject({ resourceType: 'Binary', id, data: binary('')['data'] })
  }
})

test('V14: the log says what was asked by its pattern, and nothing of anyone', async ({ rest, rig }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  await desk.office('POST', '/patients/search', { text: 'Quirina Zwyssig' })
  await desk.fhir('GET', `/Patient?family=Zwyssig&identifier=MRN-77Q`)
  await desk.fhir('POST', '/Patient', { resourceType: 'Patient', gender: 'canary' })
  await desk.office('POST', `/patients/${patient}/documents`, Buffer.from('CANARY'), { 'x-title': 'canary' })
  await rig.ask(`/fhir/R4/Patient/${patient}/canary?x=canary`)
  await rig.say('GET /canary HTTP/1.1\r\nhost: localhost\r\nbad header canary\r\n\r\n')
  const log = rest.logged()
  expect(log).toContain('"route":"POST /office/patients/search","status":200')
  expect(log).toContain('"route":"GET /fhir/R4/:type","status":200')
  expect(log).not.toContain(patient)
  expect(log).not.toContain(desk.user)
  expect(log).not.toContain(desk.id)
  expect(canaries.filter((canary) => log.includes(canary))).toEqual([])
})

test('a request after a refused one is not cut off for what the first had left unread', async ({ rig, rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('nurse')
  const socket = await rig.connect()
  let answered = ''
  socket.on('data', (chunk: Buffer) => (answered += chunk.toString()))
  socket.on('error', () => undefined)
  const head = (method: string, path: string, type: string, length: number) =>
    `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncookie: ${desk.cookie()}\r\nx-chartkeep: 1\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`
  for (let round = 0; round < 6; round++) {
    answered = ''
    socket.write(head('POST', '/office/patients/search', 'application/json', 400_000) + 'x'.repeat(400_000))
    await expect.poll(() => answered, { interval: 2 }).toContain('HTTP/1.1 413')
    socket.write(head('PUT', `/office/patients/${patient}/draft`, 'application/json', 3_000_000))
    socket.write(Buffer.alloc(2_900_000, '['))
    await new Promise((resolve) => setTimeout(resolve, 300))
    socket.write(Buffer.alloc(100_000, '['))
    await expect.poll(() => answered).toContain('HTTP/1.1 400')
  }
  socket.destroy()
})
