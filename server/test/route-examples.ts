import type { Role } from '#policy'
import { codeOf, type Desk, openBrowser } from './desk.ts'
import { observation } from './fixtures.ts'
import { metricsToken, type Rig } from './http-rig.ts'

// Every route with an example of how it is asked and by whom: journeys/no-way-around.test.ts walks them.

export interface Request {
  readonly path: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export interface Scene {
  readonly rig: Rig
  readonly patient: string
  readonly observed: string
  readonly binary: string
  readonly appointment: string
  readonly account: string
  readonly definitions: Readonly<Record<'ValueSet' | 'CodeSystem', string>>
  hire(role: Role): Promise<{ user: string; password: string }>
  /** A new person at a screen. */
  desk(role: Role, ...roles: Role[]): Promise<Desk>
  /** The fields by which a program authenticates, with a new assertion each time, and a token that it has. */
  program(): Promise<{ form: Record<string, string>; token: string }>
}

type Caller = Role | 'program' | 'stranger' | 'as asked'

export interface Example {
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

const genders = 'http://hl7.org/fhir/ValueSet/administrative-gender'
export const genderCodes = 'http://hl7.org/fhir/administrative-gender'

/** An operation on terminology: what is shipped is nobody's record and leaves no entry, a definition of the practice's does. */
function terms(type: 'ValueSet' | 'CodeSystem', operation: string, query: string, stored = false) {
  const path = (id: string): string => `/${type}${stored ? `/${id}` : ''}/${operation}`
  const ask = fhir(({ definitions }) => ({ path: `${path(definitions[type])}?${query}`, headers: fhirJson }))
  const example: Example = { ...ask, notBy: ['other scope'], entry: stored }
  return { [`GET /fhir/R4${path(':id')}`]: example, [`POST /fhir/R4${path(':id')}`]: example }
}

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
export const draft = { title: 'canary', text: 'canary', loinc: '11506-3' }
const newAccount = {
  user: 'new.person',
  name: 'New Person',
  roles: ['nurse'],
  password: 'a lantern by the wet harbour',
}
const patientRecord = { resourceType: 'Patient', name: [{ family: 'Zwyssig' }] }

export const examples: Record<string, Example> = {
  'GET /healthz': open('/healthz'),
  'GET /readyz': open('/readyz'),
  'GET /metrics': {
    ...open('/metrics'),
    by: 'as asked',
    ask: () => ({ path: '/metrics', headers: { authorization: `Bearer ${metricsToken}` } }),
    stranger: { path: '/metrics' },
  },

  'GET /fhir/R4/metadata': open('/fhir/R4/metadata'),
  'GET /fhir/R4/openapi.json': open('/fhir/R4/openapi.json'),
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
  'GET /fhir/R4/:type/_history': fhir(() => ({ path: '/Patient/_history' })),
  'GET /fhir/R4/_history': {
    ...fhir(() => ({ path: '/_history' })),
    // Each type under its own right: another scope shows what it covers.
    notBy: ['administrator'],
  },
  'GET /fhir/R4/:type/:id/_history/:version': fhir(({ patient }) => ({ path: `/Patient/${patient}/_history/1` })),
  'GET /fhir/R4/Patient/:id/$everything': fhir(({ patient }) => ({ path: `/Patient/${patient}/$everything` })),
  'POST /fhir/R4/Patient/:id/$everything': fhir(({ patient }) => ({
    path: `/Patient/${patient}/$everything`,
    headers: fhirJson,
    body: { resourceType: 'Parameters', parameter: [{ name: '_count', valueInteger: 10 }] },
  })),
  'GET /fhir/R4/DocumentReference/$docref': fhir(({ patient }) => ({
    path: `/DocumentReference/$docref?patient=${patient}`,
  })),
  'POST /fhir/R4/DocumentReference/$docref': fhir(({ patient }) => ({
    path: '/DocumentReference/$docref',
    headers: fhirJson,
    body: { resourceType: 'Parameters', parameter: [{ name: 'patient', valueId: patient }] },
  })),
  'GET /fhir/R4/Observation/$lastn': fhir(({ patient }) => ({ path: `/Observation/$lastn?patient=${patient}` })),
  'POST /fhir/R4/Observation/$lastn': fhir(({ patient }) => ({
    path: '/Observation/$lastn',
    headers: fhirJson,
    body: { resourceType: 'Parameters', parameter: [{ name: 'patient', valueString: patient }] },
  })),
  'POST /fhir/R4/Patient/$match': fhir(() => ({ path: '/Patient/$match', headers: fhirJson, body: patientRecord })),
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

  ...terms('ValueSet', '$expand', `url=${genders}`),
  ...terms('ValueSet', '$validate-code', `url=${genders}&code=female`),
  ...terms('CodeSystem', '$validate-code', `url=${genderCodes}&code=female`),
  ...terms('CodeSystem', '$lookup', `system=${genderCodes}&code=female`),
  ...terms('CodeSystem', '$subsumes', `system=${genderCodes}&codeA=female&codeB=male`),
  ...terms('ValueSet', '$expand', '', true),
  ...terms('ValueSet', '$validate-code', 'code=female', true),
  ...terms('CodeSystem', '$validate-code', 'code=on-call', true),
  ...terms('CodeSystem', '$subsumes', 'codeA=on-call&codeB=on-call', true),

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
  'POST /office/accounts/:account/release': office('administrator', 'privacy-officer', ({ account }) => ({
    path: `/accounts/${account}/release`,
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
