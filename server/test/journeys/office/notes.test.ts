import { expect } from 'vitest'
import { test } from '../../rest-rig.ts'

const draft = { title: 'Visit', text: 'canary: two days of cough', loinc: '11506-3' }
const nobody = '01890a5d-ac96-8abc-b123-0123456789ab'

test('a draft is kept as it is typed, is its author’s alone, and is still there after the lock', async ({ rest }) => {
  const patient = await rest.patient()
  const [author, colleague] = [await rest.desk('clinician'), await rest.desk('clinician')]
  const path = `/patients/${patient}/draft`
  expect((await author.office('GET', path)).status).toBe(204)
  const saved = await author.office('PUT', path, { ...draft, text: 'canary' })
  expect(saved.json).toEqual({ saved: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) })
  await author.office('PUT', path, draft)
  expect((await author.office('GET', path)).json).toEqual(draft)
  expect((await colleague.office('GET', path)).status).toBe(204)
  await colleague.office('PUT', path, { ...draft, text: 'another' })
  await colleague.office('DELETE', path)
  await author.office('POST', '/lock')
  expect((await author.office('GET', path)).json).toMatchObject({ code: 'session-locked' })
  await author.office('POST', '/unlock', { password: author.password })
  expect((await author.office('GET', path)).json).toEqual(draft)
  // No part of the chart, whoever asks.
  expect((await rest.fhir('GET', `/DocumentReference?patient=${patient}`)).json).toMatchObject({ total: 0 })
  expect((await author.office('DELETE', path)).status).toBe(204)
  expect((await author.office('GET', path)).status).toBe(204)
})

test.for<[string, unknown]>([
  ['without a text', { title: '', loinc: '11506-3' }],
  ['of a kind that there is not', { ...draft, loinc: '99999-9' }],
  ['of the kind __proto__', { ...draft, loinc: '__proto__' }],
  ['of the kind toString', { ...draft, loinc: 'toString' }],
  ['with a text of a megabyte', { ...draft, text: 'x'.repeat(1_000_000) }],
  ['with a list for a title', { ...draft, title: ['canary'] }],
  ['that is a list', [draft]],
  ['that is null', null],
])('a draft %s is refused, and nothing of it is said', async ([, body], { rest }) => {
  const desk = await rest.desk('nurse')
  const refused = await desk.office('PUT', `/patients/${await rest.patient()}/draft`, body)
  expect([refused.status, refused.json['code']]).toEqual([422, 'input-invalid'])
  expect(refused.text).not.toMatch(/canary|xxxx/)
})

test('half a letter is no text', async ({ rest }) => {
  const desk = await rest.desk('nurse')
  const refused = await desk.office('PUT', `/patients/${await rest.patient()}/draft`, { ...draft, text: '\ud800' })
  expect(refused.json).toMatchObject({ code: 'body-malformed' })
})

test('45 CFR 164.312(d): a note is signed with the password, and is final, named, dated, and no draft any more', async ({
  rest,
}) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  await desk.office('PUT', `/patients/${patient}/draft`, draft)
  const signed = await desk.office('POST', `/patients/${patient}/notes`, { draft, password: desk.password })
  expect(signed.status).toBe(201)
  expect(signed.json).toMatchObject({
    resourceType: 'DocumentReference',
    id: expect.any(String),
    meta: { versionId: '1' },
    status: 'current',
    docStatus: 'final',
    type: { coding: [{ system: 'http://loinc.org', code: '11506-3', display: 'Progress note' }] },
    subject: { reference: `Patient/${patient}` },
    author: [{ display: desk.name }],
    authenticator: { display: desk.name },
    extension: [
      {
        url: 'urn:chartkeep:signature',
        extension: [
          { url: 'method', valueCode: 'password' },
          { url: 'when', valueInstant: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) },
          { url: 'who', valueReference: { display: desk.name } },
        ],
      },
    ],
    description: 'Visit',
    content: [
      { attachment: { contentType: 'text/plain; charset=utf-8', data: Buffer.from(draft.text).toString('base64') } },
    ],
  })
  expect((await desk.office('GET', `/patients/${patient}/draft`)).status).toBe(204)
  const shown = await desk.office('GET', `/patients/${patient}/records?type=DocumentReference`)
  expect(shown.json['records']).toEqual([signed.json])
})

test.for<[string, (password: string) => unknown, number, string]>([
  ['a wrong password', () => ({ draft, password: 'not the password at all' }), 401, 'sign-in-failed'],
  ['no password', () => ({ draft }), 422, 'input-invalid'],
  ['no draft', (password) => ({ password }), 422, 'input-invalid'],
  ['nothing but blanks', (password) => ({ draft: { ...draft, text: ' \n\t ' }, password }), 422, 'resource-invalid'],
  [
    'an addendum to what is no id',
    (password) => ({ draft: { ...draft, addendumTo: '../x' }, password }),
    422,
    'input-invalid',
  ],
  [
    'an addendum to what is not here',
    (password) => ({ draft: { ...draft, addendumTo: nobody }, password }),
    404,
    'not-found',
  ],
])('with %s nothing is signed and the draft stays', async ([, body, status, code], { rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  await desk.office('PUT', `/patients/${patient}/draft`, draft)
  const refused = await desk.office('POST', `/patients/${patient}/notes`, body(desk.password))
  expect([refused.status, refused.json['code']]).toEqual([status, code])
  expect((await desk.office('GET', `/patients/${patient}/draft`)).json).toEqual(draft)
  expect((await rest.fhir('GET', `/DocumentReference?patient=${patient}`)).json).toMatchObject({ total: 0 })
  // Whoever only mistyped is still signed in.
  expect((await desk.office('GET', '/session')).status).toBe(200)
})

test('P-09: passwords tried at the signature are throttled like those at the door', async ({ rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  const attempt = () =>
    desk.office('POST', `/patients/${patient}/notes`, { draft, password: 'not the password at all' })
  const codes: string[] = []
  for (let tried = 0; tried < 12; tried++) codes.push(String((await attempt()).json['code']))
  expect(codes.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => 'sign-in-failed'))
  expect(codes.at(-1)).toBe('sign-in-throttled')
})

test('an addendum is a signed note of its own, to a signed note of the same patient', async ({ rest }) => {
  const [patient, other] = [await rest.patient(), await rest.patient()]
  const desk = await rest.desk('clinician')
  const sign = (of: string, addendumTo?: string) =>
    desk.office('POST', `/patients/${of}/notes`, { draft: { ...draft, addendumTo }, password: desk.password })
  const note = String((await sign(patient)).json['id'])
  const addendum = await sign(patient, note)
  expect(addendum.json).toMatchObject({
    docStatus: 'final',
    relatesTo: [{ code: 'appends', target: { reference: `DocumentReference/${note}` } }],
  })
  const before = (await rest.entries()).length
  expect((await sign(other, note)).status).toBe(404)
  // Asked for as another patient's, it was not opened: nothing says that it was.
  expect((await rest.entries()).slice(before)).toMatchObject([{ outcome: 'refused', patients: [other] }])
  const unfinished = await rest.make({
    resourceType: 'DocumentReference',
    status: 'current',
    docStatus: 'preliminary',
    subject: { reference: `Patient/${patient}` },
    content: [{ attachment: { contentType: 'text/plain', data: 'eA==' } }],
  })
  expect((await sign(patient, unfinished)).json).toMatchObject({ code: 'resource-invalid' })
  expect(
    (await sign(patient, await rest.make({ resourceType: 'Condition', subject: { reference: `Patient/${patient}` } })))
      .status,
  ).toBe(404)
})

test('H-T07: a signed note changes through no door: not its text, not its status, not by deletion', async ({
  rest,
}) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  const signed = await desk.office('POST', `/patients/${patient}/notes`, { draft, password: desk.password })
  const path = `/DocumentReference/${String(signed.json['id'])}`
  const ifMatch = { 'if-match': 'W/"1"' }
  const changed = { ...signed.json, description: 'canary' }
  const reopened = { ...signed.json, docStatus: 'preliminary' }
  for (const door of [rest.fhir, desk.fhir]) {
    expect((await door('PUT', path, reopened, ifMatch)).status).toBe(422)
    expect((await door('DELETE', path)).status).toBe(422)
  }
  expect((await rest.fhir('PUT', path, changed, ifMatch)).status).toBe(422)
  const bundle = (request: object, resource?: object) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ request, ...(resource === undefined ? {} : { resource }) }],
  })
  const url = path.slice(1)
  expect((await rest.fhir('POST', '', bundle({ method: 'PUT', url, ifMatch: 'W/"1"' }, changed))).status).toBe(422)
  expect((await rest.fhir('POST', '', bundle({ method: 'DELETE', url }))).status).toBe(422)
  expect((await rest.fhir('GET', path)).json).toEqual(signed.json)
})

test('a person signs nothing by sending it as signed: not as FHIR, not in a bundle, not by a change', async ({
  rest,
}) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  const forged = {
    resourceType: 'DocumentReference',
    status: 'current',
    docStatus: 'final',
    subject: { reference: `Patient/${patient}` },
    authenticator: { display: 'Someone Else' },
    content: [{ attachment: { contentType: 'text/plain', data: 'eA==' } }],
  }
  const entry = { request: { method: 'POST', url: 'DocumentReference' }, resource: forged }
  const transaction = { resourceType: 'Bundle', type: 'transaction', entry: [entry] }
  for (const [path, body] of [
    ['/DocumentReference', forged],
    ['', transaction],
  ] as const) {
    const refused = await desk.fhir('POST', path, body)
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('Rule signing:password.')
  }
  const batch = await desk.fhir('POST', '', { ...transaction, type: 'batch' })
  expect(batch.json).toMatchObject({ entry: [{ response: { status: '403' } }] })
  const { authenticator: _, ...unsigned } = forged
  const open = await desk.fhir('POST', '/DocumentReference', { ...unsigned, docStatus: 'preliminary' })
  expect(open.status).toBe(201)
  const path = `/DocumentReference/${String(open.json['id'])}`
  const closed = await desk.fhir('PUT', path, { ...open.json, docStatus: 'final' }, { 'if-match': 'W/"1"' })
  expect(closed.status).toBe(403)
  // What was signed elsewhere comes in by a program.
  await rest.make(forged)
})
