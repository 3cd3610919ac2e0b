import { expect } from 'vitest'
import type { Desk, Reply } from '../desk.ts'
import { test } from '../rest-rig.ts'

// H-V08: what a role does not see of a record, tried by each way out of the interface and of the web app.

const coded = (word: string) => (code: string) => ({
  coding: [{ system: `urn:${word}`, code, display: word }],
  text: word,
})
/** What a bill says. */
const concept = coded('billed')
/** What it does not. */
const clinical = coded('canary')
const extension = [{ url: 'https://example.com/why', valueString: 'canary' }]
const narrative = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">canary</div>' }
const contained = [{ resourceType: 'Observation', id: 'why', status: 'final', code: clinical('canary') }]
const pointing = [...extension, { url: 'https://example.com/what', valueReference: { reference: '#why' } }]
/** What every record may carry. */
const everywhere = {
  text: narrative,
  extension: pointing,
  contained,
  meta: { security: [{ system: 'urn:x', code: 'canary' }] },
}

interface Scene {
  readonly patient: string
  readonly organization: string
  readonly coverage: string
  readonly appointment: string
}
type Make = (scene: Scene) => Record<string, unknown>

const whose = ({ patient }: Scene) => ({ reference: `Patient/${patient}` })
const insurance = ({ coverage }: Scene) => [
  { sequence: 1, focal: true, coverage: { reference: `Coverage/${coverage}` } },
]
const claim: Make = (scene) => ({
  ...{ status: 'active', use: 'claim', type: { text: 'institutional' }, priority: { text: 'normal' } },
  ...{ patient: whose(scene), created: '2026-03-02', insurance: insurance(scene) },
  provider: { reference: `Organization/${scene.organization}` },
  diagnosis: [{ sequence: 1, diagnosisCodeableConcept: concept('billed-d') }],
  procedure: [{ sequence: 1, procedureCodeableConcept: concept('billed-p') }],
  supportingInfo: [{ sequence: 1, category: { text: 'info' }, code: concept('billed-s'), valueString: 'canary' }],
  item: [{ sequence: 1, productOrService: concept('billed-i'), bodySite: concept('billed-b'), extension }],
})

/** Records that tell of somebody's health in places that the front desk has no part in. */
const records: Record<string, Make> = {
  Claim: claim,
  ExplanationOfBenefit: (scene) => {
    const { priority: _, insurance: __, ...rest } = claim(scene)
    return {
      ...{ ...rest, outcome: 'complete', insurer: { reference: `Organization/${scene.organization}` } },
      insurance: [{ focal: true, coverage: { reference: `Coverage/${scene.coverage}` } }],
      processNote: [{ text: 'billed' }],
    }
  },
  ChargeItem: (scene) => ({
    ...{ status: 'billable', code: concept('billed-c'), subject: whose(scene), reason: [concept('billed-r')] },
    ...{ bodysite: [concept('billed-b')], note: [{ text: 'canary' }], overrideReason: 'billed' },
  }),
  CoverageEligibilityRequest: (scene) => ({
    ...{ status: 'active', purpose: ['benefits'], patient: whose(scene), created: '2026-03-02' },
    insurer: { reference: `Organization/${scene.organization}` },
    item: [{ productOrService: concept('billed-i'), diagnosis: [{ diagnosisCodeableConcept: concept('billed-d') }] }],
  }),
  Appointment: (scene) => ({
    ...{ status: 'noshow', start: '2026-03-02T10:00:00Z', end: '2026-03-02T10:20:00Z' },
    ...{ reasonCode: [concept('billed-r')], comment: 'canary', description: 'canary', patientInstruction: 'canary' },
    _comment: { extension },
    basedOn: [{ display: 'canary' }],
    cancelationReason: clinical('canary-x'),
    participant: [{ actor: whose(scene), status: 'accepted', extension }],
  }),
  AppointmentResponse: (scene) => ({
    ...{ appointment: { reference: `Appointment/${scene.appointment}` }, actor: whose(scene) },
    ...{ participantStatus: 'accepted', comment: 'canary', _participantStatus: { extension } },
  }),
  Coverage: (scene) => ({
    ...{ status: 'active', beneficiary: whose(scene), payor: [whose(scene)], _status: { extension } },
  }),
  Patient: () => ({ name: [{ family: 'Nobody', extension }], _birthDate: { extension } }),
}

const jsonOf = (...operations: object[]) => Buffer.from(JSON.stringify(operations))
const patched = jsonOf({ op: 'add', path: '/language', value: 'de' })
const jsonPatch = { 'content-type': 'application/json-patch+json' }
const parameters = (type: string, path: string) => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: `${type}.${path}` },
        { name: 'value', valueCode: 'fr' },
      ],
    },
  ],
})
const bundle = (type: string, ...entry: object[]) => ({ resourceType: 'Bundle', type, entry })

/** Every way out: each releases the record, or a word about it. */
const ways: Record<string, (desk: Desk, at: { type: string; id: string; patient: string }) => Promise<Reply>> = {
  read: (desk, { type, id }) => desk.fhir('GET', `/${type}/${id}`),
  'a version': (desk, { type, id }) => desk.fhir('GET', `/${type}/${id}/_history/1`),
  history: (desk, { type, id }) => desk.fhir('GET', `/${type}/${id}/_history`),
  'history of the type': (desk, { type }) => desk.fhir('GET', `/${type}/_history`),
  'history of the system': (desk) => desk.fhir('GET', '/_history'),
  search: (desk, { type, id }) => desk.fhir('GET', `/${type}?_id=${id}`),
  'search by a form': (desk, { type, id }) =>
    desk.fhir('POST', `/${type}/_search`, Buffer.from(`_id=${id}`), {
      'content-type': 'application/x-www-form-urlencoded',
    }),
  elements: (desk, { type, id }) =>
    desk.fhir(
      'GET',
      `/${type}?_id=${id}&_elements=text,extension,contained,diagnosis,item,reasonCode,comment,code,note,meta`,
    ),
  'summary text': (desk, { type, id }) => desk.fhir('GET', `/${type}?_id=${id}&_summary=text`),
  'summary data': (desk, { type, id }) => desk.fhir('GET', `/${type}?_id=${id}&_summary=data`),
  'summary true': (desk, { type, id }) => desk.fhir('GET', `/${type}?_id=${id}&_summary=true`),
  'what comes along': (desk, { type, id }) => desk.fhir('GET', `/${type}?_id=${id}&_include=*&_include:iterate=*`),
  'with the patient': (desk, { type, patient }) =>
    desk.fhir('GET', `/Patient?_id=${patient}&_revinclude=${type}:patient&_revinclude=AppointmentResponse:actor`),
  everything: (desk, { patient }) => desk.fhir('GET', `/Patient/${patient}/$everything`),
  'in a batch': (desk, { type, id }) =>
    desk.fhir('POST', '', bundle('batch', { request: { method: 'GET', url: `${type}/${id}` } })),
  'in a transaction': (desk, { type, id }) =>
    desk.fhir('POST', '', bundle('transaction', { request: { method: 'GET', url: `${type}/${id}` } })),
  validate: (desk, { type, id }) => desk.fhir('POST', `/${type}/${id}/$validate`, { resourceType: 'Parameters' }),
  'created only if it is not there': (desk, { type, id }) =>
    desk.fhir('POST', `/${type}`, sent(type, {}), { 'if-none-exist': `_id=${id}` }),
  'JSON patch': async (desk, { type, id }) => patchNow(desk, `/${type}/${id}`, patched, jsonPatch),
  'FHIRPath patch': async (desk, { type, id }) => patchNow(desk, `/${type}/${id}`, parameters(type, 'language')),
  'a patch that tests': async (desk, { type, id }) =>
    patchNow(desk, `/${type}/${id}`, jsonOf({ op: 'copy', from: '/comment', path: '/language' }), jsonPatch),
  'a patch of a copy': async (desk, { type, id }) =>
    patchNow(desk, `/${type}/${id}`, jsonOf({ op: 'copy', from: '/diagnosis', path: '/procedure' }), jsonPatch),
  'a conditional patch': (desk, { type, id }) => desk.fhir('PATCH', `/${type}?_id=${id}`, patched, jsonPatch),
  'an update': async (desk, { type, id }) => {
    const { headers, json } = await desk.fhir('GET', `/${type}/${id}`)
    return desk.fhir('PUT', `/${type}/${id}`, json, { 'if-match': String(headers['etag']) })
  },
  'the day’s schedule': (desk) => desk.office('GET', '/schedule?date=2026-03-02'),
  'the chart in the web app': (desk, { type, patient }) =>
    desk.office('GET', `/patients/${patient}/records?type=${type}`),
  'the head of the chart': (desk, { patient }) => desk.office('GET', `/patients/${patient}/banner`),
}

async function patchNow(desk: Desk, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const etag = String((await desk.fhir('GET', path)).headers['etag'])
  return desk.fhir('PATCH', path, body, { 'if-match': etag, ...headers })
}

function sent(type: string, over: object): object {
  return { resourceType: type, ...over }
}

test.for(['front-desk', 'biller', 'privacy-officer', 'administrator'] as const)(
  'H-V08: by no way out is a %s shown what is hidden, and none of them loses it',
  { timeout: 120_000 },
  async (role, { rest }) => {
    const scene = await sceneOf(rest)
    const desk = await rest.desk(role)
    let released = 0
    for (const [type, make] of Object.entries(records)) {
      const resource = sent(type, { ...everywhere, ...make(scene) })
      const id = await rest.make(resource)
      const patient = type === 'Patient' ? id : scene.patient
      for (const [name, way] of Object.entries(ways)) {
        const { status, text } = await way(desk, { type, id, patient })
        if (status < 300 && text.includes(id)) released++
        expect([type, name, status, ...(text.match(role === 'biller' ? /canary/ : /canary|billed/) ?? [])]).toEqual([
          type,
          name,
          status,
        ])
      }
      const { meta: _, language: __, id: ___, ...after } = (await rest.fhir('GET', `/${type}/${id}`)).json
      const { meta, ...before } = resource as Record<string, unknown>
      expect(after, type).toEqual(before)
      expect(meta).toEqual(everywhere.meta)
    }
    expect(released > 0).toBe(role !== 'administrator')
  },
)

test('H-V08: no search parameter finds by what is hidden, alone, in a chain, reversed, in order or in number', async ({
  rest,
}) => {
  const scene = await sceneOf(rest)
  const ids = new Map<string, string>()
  for (const [type, make] of Object.entries(records))
    ids.set(type, await rest.make(sent(type, { ...everywhere, ...make(scene) })))
  const desk = await rest.desk('front-desk')
  const id = String(ids.get('Appointment'))
  const base = `/Appointment?patient=${scene.patient}&_id=${id}`
  const total = async (query: string) => (await desk.fhir('GET', query)).json['total']
  expect(await total(base)).toBe(1)
  for (const condition of [
    'reason-code=billed-r',
    'reason-code=urn:billed|',
    'reason-code:text=billed',
    '_security=canary',
    '_text=canary',
    '_content=canary',
    'reason-reference:missing=false',
    'supporting-info:missing=false',
  ]) {
    const found = await desk.fhir('GET', `${base}&${condition}`)
    expect([condition, found.status === 400 ? 0 : (found.json['total'] ?? 0)]).toEqual([condition, 0])
  }
  // What is not there for them is missing for them, whether it is there or not.
  expect(await total(`${base}&reason-code:missing=true`)).toBe(1)
  const charge = `/ChargeItem?patient=${scene.patient}&_id=${String(ids.get('ChargeItem'))}`
  expect([
    await total(charge),
    await total(`${charge}&code=billed-c`),
    await total(`${charge}&code:not=billed-c`),
  ]).toEqual([1, 0, 1])
  const reversed = `/Patient?_id=${scene.patient}&_has:ChargeItem:patient:code=`
  expect([await total(`${reversed}billed-c`)]).toEqual([0])
  const chained = `/AppointmentResponse?actor=Patient/${scene.patient}&appointment.reason-code=billed-r`
  expect(await total(chained)).toBe(0)
})

test('H-V08: who does not see an element neither sets nor removes it', async ({ rest }) => {
  const scene = await sceneOf(rest)
  const desk = await rest.desk('front-desk')
  for (const [type, make] of Object.entries(records)) {
    const whole = sent(type, { ...everywhere, ...make(scene) }) as Record<string, unknown>
    const id = await rest.make(whole)
    const put = (body: object, version: number) =>
      desk.fhir('PUT', `/${type}/${id}`, { ...body, id }, { 'if-match': `W/"${version}"` })
    const { json } = await desk.fhir('GET', `/${type}/${id}`)
    const bare: Record<string, unknown> = { ...json }
    // Their own words in the place of what they do not see.
    const forged = JSON.parse(JSON.stringify(whole).replaceAll(/canary|billed/g, 'forged')) as Record<string, unknown>
    const first = await put({ ...forged, language: 'de' }, 1)
    expect([type, first.status]).toEqual([type, 200])
    const now = (await rest.fhir('GET', `/${type}/${id}`)).text
    expect([type, now.includes('forged')]).toEqual([type, false])
    const version = Number(/\d+/.exec(String((await desk.fhir('GET', `/${type}/${id}`)).headers['etag']))?.[0])
    const second = await put({ ...bare, language: 'fr' }, version)
    expect([type, second.status]).toEqual([type, 200])
    const { id: _, meta: __, language: ___, ...after } = (await rest.fhir('GET', `/${type}/${id}`)).json
    const { meta: ____, ...before } = whole
    expect(after).toEqual(before)
  }
}, 60_000)

async function sceneOf(rest: { make(resource: object): Promise<string>; patient(): Promise<string> }): Promise<Scene> {
  const patient = await rest.patient()
  const organization = await rest.make({ resourceType: 'Organization', name: 'Payer' })
  const coverage = await rest.make({
    ...{ resourceType: 'Coverage', status: 'active', beneficiary: { reference: `Patient/${patient}` } },
    payor: [{ reference: `Organization/${organization}` }],
  })
  const appointment = await rest.make({
    ...{ resourceType: 'Appointment', status: 'booked', start: '2026-03-03T10:00:00Z', end: '2026-03-03T10:20:00Z' },
    participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
    reasonCode: [concept('billed-r')],
  })
  return { patient, organization, coverage, appointment }
}
