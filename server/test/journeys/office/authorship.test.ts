import { expect } from 'vitest'
import { signednessOf } from '@chartkeep/model/fhir'
import type { Desk, Reply } from '../../desk.ts'
import { importer, newRequest } from '../../fixtures.ts'
import { Grant } from '#policy'
import { test } from '../../rest-rig.ts'

type Body = Record<string, unknown>

const another = { display: 'Somebody Else' }
const signature = {
  url: 'urn:chartkeep:signature',
  extension: [
    { url: 'method', valueCode: 'password' },
    { url: 'when', valueInstant: '2020-01-01T00:00:00Z' },
    { url: 'who', valueReference: another },
  ],
}
const content = [{ attachment: { contentType: 'text/plain', data: 'eA==' } }]
const document = (patient: string, over: object = {}): Body => ({
  ...{
    resourceType: 'DocumentReference',
    status: 'current',
    content,
    subject: { reference: `Patient/${patient}` },
    ...over,
  },
})
const composition = (patient: string, over: object = {}): Body => ({
  ...{ resourceType: 'Composition', status: 'preliminary', type: { text: 'note' }, title: 'Note', date: '2026-03-01' },
  ...{ author: [another], subject: { reference: `Patient/${patient}` }, ...over },
})
const manifest = (patient: string, over: object = {}): Body => ({
  ...{ resourceType: 'DocumentManifest', status: 'current', subject: { reference: `Patient/${patient}` } },
  ...{ content: [{ reference: `Patient/${patient}` }], ...over },
})

/** What says that somebody else wrote a note or vouched for it, or that it was signed here. */
const forged: [string, (patient: string) => Body, string][] = [
  ['a final note', (patient) => document(patient, { docStatus: 'final' }), 'signing:password'],
  ['an amended note', (patient) => document(patient, { docStatus: 'amended' }), 'signing:password'],
  ['an author', (patient) => document(patient, { author: [another] }), 'author:oneself'],
  [
    'a second author',
    (patient) => document(patient, { author: [{ display: 'Person Number 1' }, another] }),
    'author:oneself',
  ],
  [
    'an author by number',
    (patient) => document(patient, { author: [{ identifier: { value: '7' } }] }),
    'author:oneself',
  ],
  [
    'an author beside',
    (patient) => document(patient, { author: [{ _display: { extension: [signature] } }] }),
    'author:oneself',
  ],
  ['an authenticator', (patient) => document(patient, { authenticator: another }), 'signing:password'],
  [
    'an authenticator, oneself',
    (patient) => document(patient, { authenticator: { display: 'Person Number 1' } }),
    'signing:password',
  ],
  ['a signature', (patient) => document(patient, { extension: [signature] }), 'signing:password'],
  ['an author of a composition', (patient) => composition(patient), 'author:oneself'],
  ['a final composition', (patient) => composition(patient, { status: 'final' }), 'signing:password'],
  [
    'an attester',
    (patient) => composition(patient, { attester: [{ mode: 'legal', party: another }] }),
    'signing:password',
  ],
  ['an author of a manifest', (patient) => manifest(patient, { author: [another] }), 'author:oneself'],
]

const bundle = (type: string, request: object, resource: Body) => ({
  resourceType: 'Bundle',
  type,
  entry: [{ request, resource }],
})
const mine: Record<string, object> = {
  DocumentReference: {},
  Composition: { author: [{ display: 'Person Number 1' }] },
  DocumentManifest: {},
}

/** Every door by which a person may send a whole record: what stands there is their own, and then what was forged. */
const doors: [string, (desk: Desk, own: Body, sent: Body) => Promise<Reply>][] = [
  ['create', (desk, _, sent) => desk.fhir('POST', `/${String(sent['resourceType'])}`, sent)],
  [
    'conditional create',
    (desk, _, sent) =>
      desk.fhir('POST', `/${String(sent['resourceType'])}`, sent, { 'if-none-exist': 'identifier=none' }),
  ],
  [
    'transaction',
    (desk, _, sent) =>
      desk.fhir('POST', '', bundle('transaction', { method: 'POST', url: sent['resourceType'] }, sent)),
  ],
  [
    'batch',
    (desk, _, sent) => desk.fhir('POST', '', bundle('batch', { method: 'POST', url: sent['resourceType'] }, sent)),
  ],
  [
    'update',
    async (desk, own, sent) => {
      const { path, id } = await stored(desk, own)
      return desk.fhir('PUT', path, { ...sent, id }, { 'if-match': 'W/"1"' })
    },
  ],
  [
    'conditional update',
    async (desk, own, sent) => {
      const { id } = await stored(desk, own)
      return desk.fhir('PUT', `/${String(own['resourceType'])}?_id=${id}`, sent)
    },
  ],
  [
    'update in a transaction',
    async (desk, own, sent) => {
      const { path, id } = await stored(desk, own)
      const request = { method: 'PUT', url: path.slice(1), ifMatch: 'W/"1"' }
      return desk.fhir('POST', '', bundle('transaction', request, { ...sent, id }))
    },
  ],
  [
    'patch',
    async (desk, own, sent) => {
      const { path } = await stored(desk, own)
      const changes = Object.entries(sent).filter(([name]) => name !== 'resourceType')
      const operations = changes.map(([name, value]) => ({ op: 'add', path: `/${name}`, value }))
      const body = Buffer.from(JSON.stringify(operations))
      return desk.fhir('PATCH', path, body, { 'if-match': 'W/"1"', 'content-type': 'application/json-patch+json' })
    },
  ],
]

async function stored(desk: Desk, own: Body): Promise<{ path: string; id: string }> {
  const { status, json, text } = await desk.fhir('POST', `/${String(own['resourceType'])}`, own)
  expect(status, text).toBe(201)
  return { path: `/${String(own['resourceType'])}/${String(json['id'])}`, id: String(json['id']) }
}

test.for(doors)(
  '45 CFR 164.312(c): by %s a person writes in no other name and signs nothing',
  { timeout: 60_000 },
  async ([, door], { rest }) => {
    const patient = await rest.patient()
    const desk = await rest.desk('clinician')
    expect(desk.name).toBe('Person Number 1')
    for (const [name, make, rule] of forged) {
      const sent = make(patient)
      const type = String(sent['resourceType'])
      const own = { ...make(patient), ...neutral[type], ...mine[type] }
      const { text } = await door(
        desk,
        Object.fromEntries(Object.entries(own).filter(([, one]) => one !== undefined)),
        sent,
      )
      expect([name, text.includes('not-permitted'), text.includes(`Rule ${rule}.`)]).toEqual([name, true, true])
    }
  },
)

const neutral: Record<string, object> = {
  DocumentReference: { docStatus: 'preliminary', author: undefined, authenticator: undefined, extension: undefined },
  Composition: { status: 'preliminary', attester: undefined },
  DocumentManifest: { author: undefined },
}

test('a person writes in their own name, and leaves the names of others where they stand', async ({ rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  const own = document(patient, { author: [{ display: desk.name }] })
  expect((await desk.fhir('POST', '/DocumentReference', own)).status).toBe(201)
  const id = await rest.make(document(patient, { author: [another], authenticator: another, docStatus: 'preliminary' }))
  const { json } = await desk.fhir('GET', `/DocumentReference/${id}`)
  const put = (body: object, version: number) =>
    desk.fhir('PUT', `/DocumentReference/${id}`, body, { 'if-match': `W/"${version}"` })
  expect((await put({ ...json, description: 'canary' }, 1)).status).toBe(200)
  expect((await put({ ...json, author: [another, { display: 'A Third' }] }, 2)).status).toBe(403)
  expect(signednessOf((await rest.fhir('GET', `/DocumentReference/${id}`)).json as never).state).toBe('unsigned')
})

test('what a program or an import brings as final is received, not signed, and never changes', async ({ rest }) => {
  const patient = await rest.patient()
  const final = document(patient, {
    docStatus: 'final',
    author: [another],
    authenticator: another,
    date: '2001-01-01T00:00:00Z',
  })
  const id = await rest.make(final)
  const path = `/DocumentReference/${id}`
  expect(signednessOf((await rest.fhir('GET', path)).json as never)).toEqual({ state: 'received' })
  expect((await rest.fhir('PUT', path, { ...final, id }, { 'if-match': 'W/"1"' })).json).toMatchObject({
    issue: [{ details: { coding: [{ code: 'record-signed' }] } }],
  })
  const forgery = await rest.fhir('POST', '/DocumentReference', { ...final, extension: [signature] })
  expect([forgery.status, forgery.text]).toEqual([403, expect.stringContaining('signing:password')])
  const grant = Grant.for({ actor: importer, action: 'create', type: 'DocumentReference', purpose: 'SYSADMIN' })
  const imported = rest.records.write(
    [{ kind: 'create', grant, resource: { ...final, extension: [signature] } as never }],
    newRequest(),
  )
  await expect(imported).rejects.toMatchObject({ code: 'not-permitted', rule: 'signing:password' })
})
