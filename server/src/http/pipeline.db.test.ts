import { expect } from 'vitest'
import { Refusal } from '#base'
import { Grant } from '#policy'
import { defaultLimits } from './limits.ts'
import type { Route, RouteClass } from './route.ts'
import { parsed, route, test } from '../../test/http-rig.ts'

const patient = 'c0ffee00-0000-8abc-8000-000000000001'
const fhirRead = route({ path: '/fhir/R4/:type/:id' })
const officeRead = route({ path: '/office/patients/:id/banner', surface: 'office' })
const officeWrite = route({ path: '/office/patients/:id/draft', surface: 'office', class: 'write', method: 'PUT' })

test('a program with a token and a person with a cookie get in; each is known by what they are', async ({ rig }) => {
  const whoami = route({
    path: '/fhir/R4/whoami',
    handle: async ({ actor, workstation, purpose }) => ({
      status: 200,
      body: JSON.stringify({ actor, workstation, purpose }),
    }),
  })
  await rig.start([whoami])
  const client = await rig.token('system/Observation.rs')
  const person = await rig.signIn('biller')
  expect(parsed(await rig.ask('/fhir/R4/whoami', { headers: { authorization: client.authorization } }))).toMatchObject({
    actor: { kind: 'client', id: client.id, tenant: 1, scopes: [{ type: 'Observation', letters: 'rs' }] },
    workstation: '127.0.0.1',
    purpose: 'TREAT',
  })
  expect(parsed(await rig.ask('/fhir/R4/whoami', { headers: { cookie: person.cookie } }))).toMatchObject({
    actor: { kind: 'person', id: person.id, role: 'biller' },
    workstation: 'desk-1',
    purpose: 'HPAYMT',
  })
})

test('without credentials, with wrong ones, or with two kinds at once nobody gets in (S-14)', async ({ rig }) => {
  await rig.start([fhirRead, officeRead])
  const { authorization } = await rig.token('system/*.rs')
  const { cookie } = await rig.signIn('nurse')
  const attempts: [Record<string, string>, string][] = [
    [{}, 'not-signed-in'],
    [{ authorization: `Bearer ${'x'.repeat(48)}` }, 'token-invalid'],
    [{ authorization: 'Basic dXNlcjpwYXNz' }, 'token-invalid'],
    [{ authorization: authorization.replace('Bearer ', 'Token ') }, 'token-invalid'],
    [{ authorization, cookie }, 'token-invalid'],
    [{ cookie: `${cookie}; ${cookie}` }, 'not-signed-in'],
    [{ cookie: `__Host-chartkeep=${'A'.repeat(48)}` }, 'not-signed-in'],
  ]
  for (const [headers, code] of attempts) {
    const got = await rig.ask(`/fhir/R4/Patient/${patient}`, { headers })
    expect([got.status, got.headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="chartkeep", error="invalid_token"',
    ])
    expect(parsed(got)).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'login', details: { coding: [{ code }] } }],
    })
  }
  expect((await rig.ask(`/office/patients/${patient}/banner`)).status).toBe(401)
})

test('N-09: a session cookie changes nothing without the header and from no other site', async ({ rig }) => {
  const { url } = await rig.start([officeWrite, officeRead])
  const { cookie } = await rig.signIn('nurse')
  const put = (headers: Record<string, string>) =>
    rig.ask(`/office/patients/${patient}/draft`, {
      method: 'PUT',
      headers: { cookie, 'content-type': 'application/json', ...headers },
      body: '{}',
    })
  const own = { 'x-chartkeep': '1' }
  expect((await put(own)).status).toBe(200)
  expect((await put({ ...own, origin: url, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  for (const headers of [
    {},
    { origin: url },
    { ...own, origin: 'https://evil.example' },
    { ...own, origin: 'null' },
    { ...own, 'sec-fetch-site': 'cross-site' },
    { ...own, 'sec-fetch-site': 'same-site' },
    { ...own, 'sec-fetch-site': 'none' },
    { ...own, origin: url.replace('https:', 'http:') },
  ]) {
    const got = await put(headers)
    expect([headers, got.status, parsed(got)['code']]).toEqual([headers, 403, 'cross-site'])
  }
  const read = (headers: Record<string, string>) =>
    rig.ask(`/office/patients/${patient}/banner`, { headers: { cookie, ...headers } })
  expect((await read({ 'sec-fetch-site': 'none' })).status).toBe(200)
  expect((await read({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
})

test('signing in is refused to other sites even without a cookie, so that nobody is signed in as somebody else', async ({
  rig,
}) => {
  await rig.start([route({ path: '/office/sign-in', class: 'sign-in', method: 'POST', surface: 'office' })])
  const headers = { 'content-type': 'application/json' }
  expect((await rig.ask('/office/sign-in', { method: 'POST', headers, body: '{}' })).status).toBe(403)
  expect(
    (await rig.ask('/office/sign-in', { method: 'POST', headers: { ...headers, 'x-chartkeep': '1' }, body: '{}' }))
      .status,
  ).toBe(200)
})

test('N-03: a locked session reaches no health information; the routes of class sign-in see it and its lock', async ({
  rig,
}) => {
  const session: Route = route({
    path: '/office/session',
    class: 'sign-in',
    surface: 'office',
    handle: async (exchange) => ({
      status: 200,
      body: JSON.stringify({ locked: exchange.session?.locked, found: exchange.session !== undefined }),
    }),
  })
  const misplaced = route({
    path: '/office/misplaced',
    class: 'sign-in',
    surface: 'office',
    handle: async ({ actor }) => ({ status: 200, body: JSON.stringify(actor) }),
  })
  await rig.start([officeRead, session, misplaced])
  const { cookie, secret } = await rig.signIn('nurse')
  const presence = await rig.identity.findSession(secret)
  await rig.identity.lock(presence!, patient)
  expect(parsed(await rig.ask(`/office/patients/${patient}/banner`, { headers: { cookie } }))).toMatchObject({
    code: 'session-locked',
  })
  expect(parsed(await rig.ask('/office/session', { headers: { cookie } }))).toEqual({ locked: true, found: true })
  expect(parsed(await rig.ask('/office/session'))).toEqual({ found: false })
  // Even there, whoever asks for the actor is told no.
  expect(parsed(await rig.ask('/office/misplaced', { headers: { cookie } }))).toMatchObject({ code: 'session-locked' })
  expect(parsed(await rig.ask('/office/misplaced'))).toMatchObject({ code: 'not-signed-in' })
})

test('what policy refuses is answered with its rule and recorded once, with who, what and which patient', async ({
  rig,
}) => {
  const refused = route({
    path: '/fhir/R4/:type/:id',
    concerns: ({ type = '', id = '' }) => ({ types: [type], patients: [id as never] }),
    handle: async ({ actor, purpose }) => {
      Grant.for({ actor, action: 'read', type: 'Patient', purpose })
      throw new Error('policy should have refused')
    },
  })
  await rig.start([refused])
  const { cookie, id } = await rig.signIn('administrator')
  const client = await rig.token('system/Observation.rs')

  const toPerson = await rig.ask(`/fhir/R4/Patient/${patient}`, { headers: { cookie } })
  expect(toPerson.status).toBe(403)
  expect(toPerson.text).toContain('Rule role:administrator/demographic.')
  const toClient = await rig.ask(`/fhir/R4/Patient/${patient}`, { headers: { authorization: client.authorization } })
  expect([toClient.status, toClient.headers['www-authenticate']]).toEqual([
    403,
    'Bearer realm="chartkeep", error="insufficient_scope"',
  ])

  const entries = await rig.refusals()
  expect(entries).toHaveLength(2)
  expect(entries[0]).toMatchObject({
    actor: { kind: 'person', id, role: 'administrator' },
    action: 'read',
    types: ['Patient'],
    patients: [patient],
    purpose: 'SYSADMIN',
    rule: 'role:administrator/demographic',
    outcome: 'refused',
    request: toPerson.headers['x-request-id'],
    workstation: 'desk-1',
  })
  expect(entries[0]?.details).toMatchObject({ route: 'GET /fhir/R4/:type/:id', code: 'not-permitted' })
  expect(entries[1]).toMatchObject({ actor: { kind: 'client', id: client.id }, rule: 'client:scope' })
})

test('refusals of parts of a request, as in a batch, are recorded before the answer leaves', async ({ rig }) => {
  const batch = route({
    path: '/fhir/R4',
    method: 'POST',
    class: 'write',
    async handle(exchange) {
      const parts = [new Refusal('not-permitted', { rule: 'role:x' }), new Refusal('gone')].map((each) =>
        exchange.refuse(each),
      )
      return { status: 200, body: JSON.stringify(parts.map(({ status, body }) => [status, JSON.parse(body)])) }
    },
  })
  await rig.start([batch])
  const { authorization } = await rig.token('system/*.cruds')
  const ask = async () =>
    rig.ask('/fhir/R4', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/fhir+json' },
      body: '{}',
    })
  expect(JSON.parse((await ask()).text)).toMatchObject([
    [403, { resourceType: 'OperationOutcome' }],
    [410, { issue: [{ code: 'deleted' }] }],
  ])
  expect((await rig.refusals()).map(({ rule, details }) => [rule, (details as { code: string }).code]).sort()).toEqual(
    [
      [undefined, 'gone'],
      ['role:x', 'not-permitted'],
    ].sort(),
  )
  await rig.ledger.stop()
  expect((await ask()).status).toBe(503)
})

test.for<[RouteClass, number]>([
  ['public', 0],
  ['sign-in', 0],
  ['token', 0],
  ['metrics', 1],
  ['read', 1],
  ['search', 1],
  ['write', 1],
  ['upload', 1],
  ['stream', 1],
])('V16: a refusal on a route of class %s makes %i entries', async ([routeClass, count], { rig }) => {
  const handle = () => Promise.reject(new Refusal('not-permitted'))
  await rig.start([route({ path: '/office/x', class: routeClass, surface: 'office', handle })])
  await rig.ask(
    '/office/x',
    routeClass === 'metrics' ? {} : { headers: { cookie: (await rig.signIn('nurse')).cookie } },
  )
  expect(await rig.refusals()).toHaveLength(count)
})

test('strangers cannot flood the ledger: the first refusal of a minute is recorded, the others are counted', async ({
  rig,
}) => {
  const { stop } = await rig.start([fhirRead])
  for (let n = 0; n < 30; n += 1) await rig.ask(`/fhir/R4/Patient/${patient}`)
  for (let n = 0; n < 10; n += 1) await rig.ask('/fhir/R4/Patient/x', { headers: { authorization: 'Bearer no' } })
  expect(await rig.refusals()).toHaveLength(2)
  await stop()
  const entries = await rig.refusals()
  expect(entries.map(({ actor, details, workstation }) => ({ kind: actor.kind, details, workstation }))).toMatchObject([
    { kind: 'anonymous', details: { code: 'not-signed-in' }, workstation: '127.0.0.1' },
    { kind: 'anonymous', details: { code: 'token-invalid' } },
    { kind: 'anonymous', details: { code: 'not-signed-in', repeated: 29 } },
    { kind: 'anonymous', details: { code: 'token-invalid', repeated: 9 } },
  ])
})

test('a refusal that cannot be recorded is answered as that: the ledger is asked before the caller is told', async ({
  rig,
}) => {
  const handle = () => Promise.reject(new Refusal('not-permitted'))
  await rig.start([route({ path: '/office/x', surface: 'office', handle })])
  const { cookie } = await rig.signIn('nurse')
  await rig.ledger.stop()
  const got = await rig.ask('/office/x', { headers: { cookie } })
  expect([got.status, parsed(got)['code']]).toEqual([503, 'ledger-unavailable'])
})

test('what breaks is answered with a reference and nothing else, and recorded as failed', async ({ rig }) => {
  const handle = () => Promise.reject(new Error('duplicate key (name)=(Amina Diallo)'))
  await rig.start([
    route({ path: '/fhir/R4/broken', handle }),
    route({ path: '/smart/token', class: 'token', surface: 'smart', handle, method: 'POST' }),
  ])
  const { authorization } = await rig.token('system/*.rs')
  const got = await rig.ask('/fhir/R4/broken?name=Amina', { headers: { authorization } })
  expect(got.status).toBe(500)
  expect(got.text).not.toMatch(/Amina|duplicate/)
  expect(got.text).toContain(`Reference ${String(got.headers['x-request-id'])}`)
  expect(await rig.refusals()).toMatchObject([{ outcome: 'failed', action: 'read' }])
  const token = await rig.ask('/smart/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'a=b',
  })
  expect([token.status, parsed(token)['error']]).toEqual([500, 'server_error'])
})

test('scripted chart scraping with a session is slowed down', async ({ rig }) => {
  const actorRate = { ...defaultLimits.actorRate, person: { perSecond: 0.001, burst: 5 } }
  await rig.start([officeRead], { limits: { ...defaultLimits, actorRate } })
  const { cookie } = await rig.signIn('nurse')
  const statuses: number[] = []
  for (let n = 0; n < 8; n += 1)
    statuses.push((await rig.ask(`/office/patients/${patient}/banner`, { headers: { cookie } })).status)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
  expect(await rig.refusals()).toMatchObject([{ details: { code: 'rate-limited' } }])
})

test('a flood of sign-ins from the ward’s address stops strangers there, and nobody with a session or a known workstation', async ({
  rig,
}) => {
  const open = route({ path: '/office/open', class: 'sign-in', surface: 'office' })
  const page = route({ path: '/office/page', class: 'public', surface: 'office' })
  const slow = { perSecond: 0.001, burst: 3 }
  const addressRate = { ...defaultLimits.addressRate, 'sign-in': slow, public: slow }
  await rig.start([open, page], { limits: { ...defaultLimits, addressRate } })
  const nurse = await rig.signIn('nurse')
  const statuses = async (path: string, times: number, cookie?: string): Promise<number[]> => {
    const headers = { 'x-chartkeep': '1', ...(cookie === undefined ? {} : { cookie }) }
    return Promise.all(Array.from({ length: times }, async () => (await rig.ask(path, { headers })).status))
  }
  for (const path of ['/office/open', '/office/page']) {
    const made = await statuses(path, 6, `__Host-chartkeep-workstation=${'A'.repeat(64)}`)
    expect(
      made.filter((status) => status === 429),
      path,
    ).toHaveLength(3)
    expect(await statuses(path, 1), path).toEqual([429])
    // A workstation has a rate of its own.
    expect((await statuses(path, 4, nurse.workstation)).toSorted(), path).toEqual([200, 200, 200, 429])
  }
  expect(await statuses('/office/open', 10, nurse.cookie)).toEqual(Array.from({ length: 10 }, () => 200))
})
