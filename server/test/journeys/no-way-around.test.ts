import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { expect } from 'vitest'
import { newId } from '#base'
import { addClient } from '#identity'
import type { Role } from '#policy'
import { codeOf, type Desk, openBrowser } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { metricsToken, type Rig } from '../http-rig.ts'
import { canaries, follow, test } from '../rest-rig.ts'

// H-T06, ASVS V8: whatever is added to the server is listed here, with an example of how it is asked and by whom. A
// route that is not listed fails; so does one that answers a stranger, or lets someone without a right have anything, or
// hands out health information without an entry.

interface Request {
  readonly path: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

interface Scene {
  readonly rig: Rig
  readonly patient: string
  readonly observed: string
  readonly binary: string
  readonly appointment: string
  readonly account: string
  hire(role: Role): Promise<{ user: string; password: string }>
  /** A new person at a screen. */
  desk(role: Role, ...roles: Role[]): Promise<Desk>
  /** The fields by which a program authenticates, with a new assertion each time, and a token that it has. */
  program(): Promise<{ form: Record<string, string>; token: string }>
}

type Caller = Role | 'program' | 'stranger' | 'as asked'

interface Example {
  /** How someone asks who may; `desk` is theirs when it is a person. */
  ask(scene: Scene, desk: Desk): Request | Promise<Request>
  /** Who may. */
  readonly by: Caller
  /** Who may not, though signed in: a role, or a program with another scope. None where only credentials count. */
  readonly notBy: readonly (Role | 'other scope')[]
  /** Whether it leaves an entry: all but what says nothing of anyone. */
  readonly entry: boolean
  /** What a stranger sends, where it is not the same without credentials. */
  readonly stranger?: Request
}

const open = (path: string): Example => ({ ask: () => ({ path }), by: 'stranger', notBy: [], entry: false })

/** A FHIR interaction, which both programs and people may carry out. */
const fhir = (ask: (scene: Scene) => Request): Example => ({
  ask: (scene) => {
    const { path, ...request } = ask(scene)
    return { ...request, path: `/fhir/R4${path}` }
  },
  by: 'program',
  notBy: ['other scope', 'administrator'],
  entry: true,
})

const office = (by: Role, notBy: Role, ask: (scene: Scene, desk: Desk) => Request): Example => ({
  ask: (scene, desk) => {
    const { path, ...request } = ask(scene, desk)
    return { ...request, path: `/office${path}` }
  },
  by,
  notBy: [notBy],
  entry: true,
})

const form = (fields: Record<string, string>): Pick<Request, 'body' | 'headers'> => ({
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})

const json = { 'content-type': 'application/json' }
const fhirJson = { 'content-type': 'application/fhir+json' }
const draft = { title: 'canary', text: 'canary', loinc: '11506-3' }
const newAccount = {
  user: 'new.person',
  name: 'New Person',
  roles: ['nurse'],
  password: 'a lantern by the wet harbour',
}
const patientRecord = { resourceType: 'Patient', name: [{ family: 'Zwyssig' }] }

const examples: Record<string, Example> = {
  'GET /healthz': open('/healthz'),
  'GET /readyz': open('/readyz'),
  'GET /metrics': {
    ...open('/metrics'),
    by: 'as asked',
    ask: () => ({ path: '/metrics', headers: { authorization: `Bearer ${metricsToken}` } }),
    stranger: { path: '/metrics' },
  },

  'GET /fhir/R4/metadata': open('/fhir/R4/metadata'),
  'POST /fhir/R4': fhir(() => ({
    path: '',
    headers: fhirJson,
    body: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ request: { method: 'POST', url: 'Patient' }, resource: patientRecord }],
    },
  })),
  'GET /fhir/R4/Binary/:id': fhir(({ binary }) => ({ path: `/Binary/${binary}` })),
  'POST /fhir/R4/Binary': fhir(({ patient }) => ({
    path: '/Binary',
    headers: { 'content-type': 'text/plain', 'x-security-context': `Patient/${patient}` },
    body: 'canary',
  })),
  'GET /fhir/R4/:type': fhir(({ patient }) => ({ path: `/Observation?patient=${patient}` })),
  'POST /fhir/R4/:type/_search': fhir(({ patient }) => ({ path: '/Observation/_search', ...form({ patient }) })),
  'POST /fhir/R4/:type': fhir(({ patient }) => ({
    path: '/Observation',
    headers: fhirJson,
    body: observation(patient),
  })),
  'GET /fhir/R4/:type/:id': fhir(({ observed }) => ({ path: `/Observation/${observed}` })),
  'PUT /fhir/R4/:type/:id': fhir(({ observed, patient }) => ({
    path: `/Observation/${observed}`,
    headers: { ...fhirJson, 'if-match': 'W/"1"' },
    body: { ...observation(patient), id: observed },
  })),
  'PUT /fhir/R4/:type': fhir(({ observed, patient }) => ({
    path: `/Observation?_id=${observed}`,
    headers: fhirJson,
    body: observation(patient),
  })),
  'PATCH /fhir/R4/:type/:id': fhir(({ observed }) => ({
    path: `/Observation/${observed}`,
    headers: { 'content-type': 'application/json-patch+json', 'if-match': 'W/"3"' },
    body: [{ op: 'replace', path: '/status', value: 'amended' }],
  })),
  'PATCH /fhir/R4/:type': fhir(({ observed }) => ({
    path: `/Observation?_id=${observed}`,
    headers: { 'content-type': 'application/json-patch+json' },
    body: [{ op: 'replace', path: '/status', value: 'amended' }],
  })),
  'DELETE /fhir/R4/:type': fhir(() => ({ path: '/Observation?_id=01890a5d-ac96-8abc-b123-0123456789ab' })),
  'DELETE /fhir/R4/:type/:id': fhir(({ observed }) => ({ path: `/Observation/${observed}` })),
  'GET /fhir/R4/:type/:id/_history': fhir(({ patient }) => ({ path: `/Patient/${patient}/_history` })),
  'GET /fhir/R4/:type/:id/_history/:version': fhir(({ patient }) => ({ path: `/Patient/${patient}/_history/1` })),
  'POST /fhir/R4/:type/$validate': fhir(() => ({
    path: '/Patient/$validate',
    headers: fhirJson,
    body: patientRecord,
  })),
  'POST /fhir/R4/:type/:id/$validate': fhir(({ patient }) => ({
    path: `/Patient/${patient}/$validate`,
    headers: fhirJson,
    body: { ...patientRecord, id: patient },
  })),

  'POST /office/sign-in': {
    by: 'stranger',
    notBy: [],
    // The password alone opens nothing; the step that does is recorded.
    entry: false,
    ask: async ({ hire }) => ({ path: '/office/sign-in', headers: json, body: await hire('nurse') }),
    stranger: { path: '/office/sign-in', headers: json, body: { user: 'nobody', password: 'nothing at all' } },
  },
  'POST /office/sign-in/code': {
    by: 'as asked',
    notBy: [],
    entry: true,
    async ask({ rig, hire }) {
      const browser = openBrowser(rig)
      const step = await browser.office('POST', '/sign-in', await hire('nurse'))
      const body = { code: codeOf(String(step.json['secret'])) }
      return { path: '/office/sign-in/code', headers: { ...json, cookie: browser.cookie() }, body }
    },
    stranger: { path: '/office/sign-in/code', headers: json, body: { code: '123456' } },
  },
  'GET /office/session': { ask: () => ({ path: '/office/session' }), by: 'nurse', notBy: [], entry: false },
  'POST /office/unlock': {
    by: 'nurse',
    notBy: [],
    entry: true,
    async ask(_, desk) {
      await desk.office('POST', '/lock')
      return { path: '/office/unlock', headers: json, body: { password: desk.password } }
    },
  },
  'POST /office/role': office('nurse', 'clinician', () => ({ path: '/role', headers: json, body: { role: 'nurse' } })),
  'POST /office/lock': { ask: () => ({ path: '/office/lock' }), by: 'nurse', notBy: [], entry: true },
  'POST /office/activity': { ask: () => ({ path: '/office/activity' }), by: 'nurse', notBy: [], entry: false },
  'POST /office/sign-out': { ask: () => ({ path: '/office/sign-out' }), by: 'nurse', notBy: [], entry: true },
  'POST /office/patients/search': office('nurse', 'administrator', () => ({
    path: '/patients/search',
    headers: json,
    body: { text: 'zwyssig' },
  })),
  'GET /office/patients/recent': office('nurse', 'administrator', () => ({ path: '/patients/recent' })),
  'GET /office/patients/:id/banner': office('nurse', 'administrator', ({ patient }) => ({
    path: `/patients/${patient}/banner`,
  })),
  'GET /office/patients/:id/records': {
    ...office('nurse', 'administrator', ({ patient }) => ({ path: `/patients/${patient}/records?type=Observation` })),
    // Each type is answered for itself, see below.
    notBy: [],
  },
  'GET /office/patients/:id/events': office('nurse', 'administrator', ({ patient }) => ({
    path: `/patients/${patient}/events`,
  })),
  'GET /office/patients/:id/draft': office('nurse', 'biller', ({ patient }) => ({
    path: `/patients/${patient}/draft`,
  })),
  'PUT /office/patients/:id/draft': office('nurse', 'biller', ({ patient }) => ({
    path: `/patients/${patient}/draft`,
    headers: json,
    body: draft,
  })),
  'DELETE /office/patients/:id/draft': office('nurse', 'biller', ({ patient }) => ({
    path: `/patients/${patient}/draft`,
  })),
  'POST /office/patients/:id/notes': office('nurse', 'biller', ({ patient }, { password }) => ({
    path: `/patients/${patient}/notes`,
    headers: json,
    body: { draft, password },
  })),
  'GET /office/patients/:id/documents/:binary': office('nurse', 'front-desk', ({ patient, binary }) => ({
    path: `/patients/${patient}/documents/${binary}`,
  })),
  'POST /office/patients/:id/documents': office('nurse', 'front-desk', ({ patient }) => ({
    path: `/patients/${patient}/documents`,
    headers: { 'content-type': 'text/plain', 'x-title': 'canary' },
    body: 'canary',
  })),
  'GET /office/patients/:id/access': office('nurse', 'biller', ({ patient }) => ({
    path: `/patients/${patient}/access`,
  })),
  'GET /office/people': office('privacy-officer', 'clinician', ({ account }) => ({
    path: `/people?account=${account}`,
  })),
  'GET /office/schedule': office('front-desk', 'privacy-officer', () => ({ path: '/schedule?date=2026-03-02' })),
  'POST /office/appointments/:appointment/status': office('front-desk', 'biller', ({ appointment }) => ({
    path: `/appointments/${appointment}/status`,
    headers: json,
    body: { status: 'arrived' },
  })),
  'GET /office/accounts': office('administrator', 'clinician', () => ({ path: '/accounts' })),
  'POST /office/accounts': office('administrator', 'privacy-officer', () => ({
    path: '/accounts',
    headers: json,
    body: newAccount,
  })),
  'POST /office/accounts/:account/disable': office('administrator', 'privacy-officer', ({ account }) => ({
    path: `/accounts/${account}/disable`,
  })),
  'POST /office/accounts/:account/reset-factor': office('administrator', 'privacy-officer', ({ account }) => ({
    path: `/accounts/${account}/reset-factor`,
  })),
  'GET /office/system': office('privacy-officer', 'clinician', () => ({ path: '/system' })),

  'GET /fhir/R4/.well-known/smart-configuration': open('/fhir/R4/.well-known/smart-configuration'),
  'POST /oauth/token': {
    by: 'as asked',
    notBy: [],
    entry: true,
    ask: async ({ program }) => {
      const scope = 'system/Patient.r'
      const fields = { ...(await program()).form, grant_type: 'client_credentials', scope }
      return { path: '/oauth/token', ...form(fields) }
    },
    stranger: { path: '/oauth/token', ...form({ grant_type: 'client_credentials', scope: 'system/Patient.r' }) },
  },
  'POST /oauth/introspect': {
    by: 'as asked',
    notBy: [],
    entry: false,
    ask: async ({ program }) => {
      const { form: fields, token } = await program()
      return { path: '/oauth/introspect', ...form({ ...fields, token }) }
    },
    stranger: { path: '/oauth/introspect', ...form({ token: 'x'.repeat(43) }) },
  },
  'POST /oauth/revoke': {
    by: 'as asked',
    notBy: [],
    entry: true,
    ask: async ({ program }) => {
      const { form: fields, token } = await program()
      return { path: '/oauth/revoke', ...form({ ...fields, token }) }
    },
    stranger: { path: '/oauth/revoke', ...form({ token: 'x'.repeat(43) }) },
  },
}

const listed = Object.entries(examples)

const walk = test.extend<{ scene: Scene }>({
  scene: async ({ rig, rest }, use) => {
    const patient = await rest.patient()
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    const kid = randomUUID()
    const jwk = { ...publicKey.export({ format: 'jwk' }), alg: 'ES384', use: 'sig', kid }
    const by = { actor: { kind: 'system' }, workstation: 'test', request: newId(0) } as const
    const scopes = ['system/*.cruds']
    const client = await addClient(rig.identity.parts, { tenant: 1, name: 'Walker', scopes, jwk }, by)
    await use({
      rig,
      patient,
      observed: await rest.make(observation(patient)),
      binary: await rest.make({
        resourceType: 'Binary',
        contentType: 'text/plain',
        securityContext: { reference: `Patient/${patient}` },
        data: Buffer.from('canary').toString('base64'),
      }),
      appointment: await rest.make({
        resourceType: 'Appointment',
        status: 'booked',
        start: '2026-03-02T10:00:00Z',
        end: '2026-03-02T10:20:00Z',
        participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
      }),
      account: (await rest.hire('nurse')).id,
      hire: async (role) => {
        const { user, password } = await rest.hire(role)
        return { user, password }
      },
      desk: rest.desk,
      async program() {
        const from = { workstation: '127.0.0.1', request: newId(Date.now()) }
        const { token } = await rig.identity.issueToken({ tenant: 1, id: client }, scopes, from)
        return { token, form: await assert(client, kid, privateKey, new URL(rest.listening.url)) }
      },
    })
  },
})

async function assert(client: string, kid: string, key: KeyObject, { port }: URL): Promise<Record<string, string>> {
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES384', typ: 'JWT', kid })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(`https://localhost:${port}/oauth/token`)
    .setIssuedAt()
    .setExpirationTime('2m')
    .sign(key)
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
}

interface Answered {
  readonly status: number
  readonly text: string
  readonly headers: Record<string, unknown>
}

/** Sends it, with these credentials. A stream of events is looked at and left. */
async function send(rig: Rig, key: string, request: Request, credentials: Record<string, string>): Promise<Answered> {
  const method = key.split(' ')[0] ?? ''
  if (key.endsWith('/events')) {
    const events = await follow(rig, request.path, credentials['cookie'] ?? '')
    const text = events.text()
    events.close()
    return { status: Number(text.slice(9, 12)), text, headers: {} }
  }
  const headers = {
    ...('cookie' in credentials || key.includes('/office/') ? browser : {}),
    ...request.headers,
    ...credentials,
  }
  const { body } = request
  const bytes = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  return rig.ask(request.path, { method, headers, ...(bytes === undefined ? {} : { body: bytes }) })
}

const browser = { 'x-chartkeep': '1', 'sec-fetch-site': 'same-origin' }

const namesNobody = ({ text }: Answered): string[] => canaries.filter((canary) => text.includes(canary))

walk('every route that is served is listed here with an example, and nothing else is', ({ rest }) => {
  const served = rest.listening.routes.map(({ method, path }) => `${method} ${path}`)
  expect(served.toSorted()).toEqual(Object.keys(examples).toSorted())
  // And what this test walks is what the composition root serves.
  const root = readFileSync(join(import.meta.dirname, '../../src/main.ts'), 'utf8')
  expect(root.match(/\broutes:.*/g)).toEqual([expect.stringContaining('routes: allRoutes(')])
})

walk('H-T01: without credentials there is nothing to be had: 401, and no word about anyone', async ({ scene, rig }) => {
  for (const [key, example] of listed) {
    if (example.by === 'stranger' && example.stranger === undefined) continue
    const request = example.stranger ?? (await example.ask(scene, await scene.desk('nurse')))
    const headers = Object.entries(request.headers ?? {}).filter(
      ([name]) => !['cookie', 'authorization'].includes(name),
    )
    const got = await send(rig, key, { ...request, headers: Object.fromEntries(headers) }, {})
    expect([key, got.status, namesNobody(got)]).toEqual([key, 401, []])
    for (const credentials of [
      { authorization: 'Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
      { cookie: '__Host-chartkeep=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    ]) {
      const forged = await send(rig, key, { ...request, headers: Object.fromEntries(headers) }, credentials)
      expect([key, forged.status, namesNobody(forged)]).toEqual([key, 401, []])
    }
  }
})

walk('N-03: behind a lock every route but those that open it says so', async ({ scene, rig }) => {
  const desk = await scene.desk('nurse')
  const cookie = desk.cookie()
  await desk.office('POST', '/lock')
  for (const [key, { by, ask, notBy }] of listed) {
    if (by === 'stranger' || by === 'as asked' || (notBy.length === 0 && !key.endsWith('/records'))) continue
    const got = await send(rig, key, await ask(scene, desk), { cookie })
    expect([key, got.status, namesNobody(got)]).toEqual([key, 401, []])
    if (!key.endsWith('/events')) expect(got.text, key).toContain('session-locked')
  }
})

walk(
  'H-A06: who has no right gets 403 with the rule and the remedy, no data, and an entry',
  async ({ scene, rig, rest }) => {
    const { authorization: otherScope } = await rig.token('system/Organization.rs')
    for (const [key, { ask, notBy }] of listed) {
      for (const caller of notBy) {
        const desk = await scene.desk(caller === 'other scope' ? 'nurse' : caller)
        const credentials = caller === 'other scope' ? { authorization: otherScope } : { cookie: desk.cookie() }
        const request = await ask(scene, desk)
        const before = (await rest.entries()).length
        const got = await send(rig, key, request, credentials)
        const entries = (await rest.entries()).slice(before)
        expect([key, caller, got.status, namesNobody(got)]).toEqual([key, caller, 403, []])
        expect(got.text, key).toMatch(
          key.includes('/fhir/') ? /Rule \S+\. [^"]{9}/ : /"rule":"[^"]+","remedy":"[^"]{9}/,
        )
        expect(entries, key).toMatchObject([{ outcome: 'refused', rule: expect.stringMatching(/^(role|client):/) }])
      }
    }
  },
)

walk('H-T06: who has the right gets it, with an entry wherever anyone is spoken of', async ({ scene, rig, rest }) => {
  for (const [key, { by, ask, entry }] of listed) {
    const desk = await scene.desk(by === 'program' || by === 'stranger' || by === 'as asked' ? 'nurse' : by)
    const request = await ask(scene, desk)
    const credentials: Record<string, string> =
      by === 'program'
        ? { authorization: `Bearer ${(await scene.program()).token}` }
        : by === 'stranger' || by === 'as asked'
          ? {}
          : { cookie: desk.cookie() }
    // A draft that is not there is nobody's: then there is nothing to read, to drop or to record.
    if (key.endsWith('/draft')) await desk.office('PUT', `/patients/${scene.patient}/draft`, draft)
    const before = (await rest.entries()).length
    const got = await send(rig, key, request, credentials)
    const entries = (await rest.entries()).slice(before)
    expect([key, Math.floor(got.status / 100), got.status < 300 ? '' : got.text]).toEqual([key, 2, ''])
    expect([key, entries.length > 0]).toEqual([key, entry])
    for (const made of entries) expect(made.outcome, key).toBe('done')
    if (!entry) expect([key, namesNobody(got)]).toEqual([key, []])
  }
})

walk(
  'H-V08: of records by type, those without a right are answered by the rule alone, and recorded',
  async ({ scene, rest }) => {
    const desk = await scene.desk('administrator')
    const before = (await rest.entries()).length
    const got = await desk.office('GET', `/patients/${scene.patient}/records?type=Observation&type=Patient`)
    expect(got.json).toMatchObject({ records: [], refused: [{ type: 'Observation' }, { type: 'Patient' }] })
    expect(namesNobody(got)).toEqual([])
    expect((await rest.entries()).slice(before)).toMatchObject([
      { outcome: 'refused', types: ['Observation', 'Patient'] },
    ])
  },
)
