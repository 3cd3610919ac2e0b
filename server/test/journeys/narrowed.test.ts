import { expect } from 'vitest'
import type { Rig } from '../http-rig.ts'
import { type Json, listOf, type Reply, reply } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { test } from '../rest-rig.ts'

// S-22: what a scope with conditions opens, tried by each interaction.

const category = 'http://terminology.hl7.org/CodeSystem/observation-category'
const conditions = `?category=${category}|laboratory&status=final`
const jsonPatch = { 'content-type': 'application/json-patch+json' }
const nowhere = '01890a5d-ac96-8abc-b123-0123456789ab'

const lab = (patient: string, over: object = {}) => ({
  ...observation(patient),
  category: [{ coding: [{ system: category, code: 'laboratory' }] }],
  ...over,
})

function asClient(rig: Rig, ...scopes: string[]) {
  const token = rig.token(...scopes)
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> => {
    const { authorization } = await token
    const sent = body === undefined ? {} : { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/fhir+json' }
    return reply(await rig.ask(`/fhir/R4${path}`, { method, headers: { authorization, ...type, ...headers }, ...sent }))
  }
}
type Ask = ReturnType<typeof asClient>

const bundle = (type: string, method: string, url: string) => ({
  ...{ resourceType: 'Bundle', type, entry: [{ request: { method, url } }] },
})
const patchOf = (...operations: object[]) => Buffer.from(JSON.stringify(operations))

/** Each interaction that names one record, and what it answers for one that is shown. */
const byId: Record<string, (ask: Ask, id: string) => Promise<Reply>> = {
  read: (ask, id) => ask('GET', `/Observation/${id}`),
  'conditional read': (ask, id) => ask('GET', `/Observation/${id}`, undefined, { 'if-none-match': 'W/"1"' }),
  'a version': (ask, id) => ask('GET', `/Observation/${id}/_history/1`),
  history: (ask, id) => ask('GET', `/Observation/${id}/_history`),
  validate: (ask, id) => ask('POST', `/Observation/${id}/$validate`, { resourceType: 'Parameters' }),
  patch: (ask, id) => ask('PATCH', `/Observation/${id}`, patchOf(), { ...jsonPatch, 'if-match': 'W/"1"' }),
  'a patch without a version': (ask, id) => ask('PATCH', `/Observation/${id}`, patchOf(), jsonPatch),
  'in a batch': async (ask, id) => entryOf(await ask('POST', '', bundle('batch', 'GET', `Observation/${id}`))),
  'in a transaction': async (ask, id) =>
    entryOf(await ask('POST', '', bundle('transaction', 'GET', `Observation/${id}`))),
}

function entryOf(answer: Reply): Reply {
  const [entry] = listOf(answer.json['entry'])
  return {
    ...answer,
    status: Number(entry?.['response']?.['status']),
    json: entry?.['response']?.['outcome'] ?? answer.json,
  }
}

test('S-22: outside a narrow scope nothing tells a record that is there, was deleted, or never was', async ({
  rig,
  rest,
}) => {
  const patient = await rest.patient()
  const shown = await rest.make(lab(patient))
  const outside = {
    'that meets one condition': await rest.make(lab(patient, { status: 'preliminary' })),
    'that meets the other': await rest.make(observation(patient)),
    'that was deleted': await rest.make(lab(patient, { status: 'preliminary' })),
    'that never was': nowhere,
  }
  await rest.fhir('DELETE', `/Observation/${outside['that was deleted']}`)
  const ask = asClient(rig, `system/Observation.rs${conditions}`, 'system/Observation.u')
  for (const [name, way] of Object.entries(byId)) {
    const seen = await way(ask, shown)
    expect([name, seen.status <= 400]).toEqual([name, true])
    const told = new Set<string>()
    for (const id of Object.values(outside)) {
      const { status, json } = await way(ask, id)
      const issue: Json | undefined = listOf(json['issue'])[0]
      told.add(JSON.stringify([status, issue?.['code'], issue?.['details']]))
    }
    expect([name, ...told].length, [name, ...told].join()).toBe(2)
    if (name !== 'a patch without a version') expect([...told].join()).toContain('404')
  }
})

test('S-22: a scope with two conditions holds both, in every list and every number', async ({ rig, rest }) => {
  const patient = await rest.patient()
  const shown = await rest.make(lab(patient))
  const hidden = [
    await rest.make(lab(patient, { status: 'preliminary' })),
    await rest.make(observation(patient)),
    await rest.make(lab(patient, { status: 'amended' })),
  ]
  const deleted = await rest.make(lab(patient, { status: 'preliminary' }))
  await rest.fhir('DELETE', `/Observation/${deleted}`)
  await rest.make({
    ...{
      resourceType: 'DiagnosticReport',
      status: 'final',
      code: { text: 'report' },
      subject: { reference: `Patient/${patient}` },
    },
    result: [shown, ...hidden].map((id) => ({ reference: `Observation/${id}` })),
  })
  const ask = asClient(rig, `system/Observation.rs${conditions}`, 'system/Patient.rs', 'system/DiagnosticReport.rs')
  for (const [path, total] of [
    [`/Observation?patient=${patient}`, 1],
    [`/Observation?patient=${patient}&_summary=count`, 1],
    [`/Observation?_id=${[shown, ...hidden, deleted].join()}&_total=accurate`, 1],
    [`/Observation?patient=${patient}&status=preliminary`, 0],
    [`/Observation?patient=${patient}&status:not=final`, 0],
    [`/Observation?patient=${patient}&_sort=status&_count=1`, 1],
    [`/Patient?_id=${patient}&_has:Observation:patient:status=preliminary`, 0],
    [`/Patient?_id=${patient}&_has:Observation:patient:status=final`, 1],
    [`/DiagnosticReport?patient=${patient}&result.status=preliminary`, 0],
    [`/DiagnosticReport?patient=${patient}&result.status=final`, 1],
    [`/Patient?_id=${patient}&_revinclude=Observation:patient`, 1],
    [`/DiagnosticReport?patient=${patient}&_include=DiagnosticReport:result`, 1],
    [`/Patient/${patient}/$everything`, 3],
    [`/Observation/$lastn?patient=${patient}&max=10`, 1],
    ['/Observation/_history', undefined],
    ['/_history', undefined],
  ] as const) {
    const { status, json, text } = await ask('GET', path)
    expect([path, status, json['total']]).toEqual([path, 200, total])
    for (const id of [...hidden, deleted]) {
      const named = listOf(json['entry']).filter((entry) => String(entry['fullUrl']).endsWith(id))
      expect([path, named]).toEqual([path, []])
    }
    expect(text).not.toContain('records were gone through')
  }
})

test('S-20: who may update and not read is told nothing of what was there', async ({ rig, rest }) => {
  const patient = await rest.patient()
  const id = await rest.make(lab(patient, { note: [{ text: 'seen before' }] }))
  const ask = asClient(rig, 'system/Observation.u')
  const match = { 'if-match': 'W/"1"' }
  for (const body of [patchOf(), patchOf({ op: 'test', path: '/status', value: 'final' })]) {
    const patched = await ask('PATCH', `/Observation/${id}`, body, {
      ...jsonPatch,
      ...match,
      prefer: 'return=representation',
    })
    expect([patched.status, patched.text.includes('seen before')]).toEqual([403, false])
  }
  const entry = { request: { method: 'PATCH', url: `Observation/${id}`, ifMatch: 'W/"1"' } }
  const binary = { resourceType: 'Binary', contentType: 'application/json-patch+json', data: 'W10=' }
  for (const type of ['batch', 'transaction']) {
    const { text } = await ask('POST', '', { resourceType: 'Bundle', type, entry: [{ ...entry, resource: binary }] })
    expect([type, text.includes('seen before'), text.includes('scope-insufficient')]).toEqual([type, false, true])
  }
  const updated = await ask(
    'PUT',
    `/Observation/${id}`,
    { ...lab(patient), id },
    { ...match, prefer: 'return=representation' },
  )
  expect([updated.status, updated.text.includes('seen before')]).toEqual([200, false])
  for (const [method, path, more] of [
    ['GET', `/Observation/${id}`, {}],
    ['GET', `/Observation/${id}/_history`, {}],
    ['GET', `/Observation/${id}/_history/1`, {}],
    ['GET', `/Observation?_id=${id}`, {}],
    ['PUT', `/Observation?_id=${id}`, {}],
    ['POST', '/Observation', { 'if-none-exist': `_id=${id}` }],
  ] as const) {
    const { status, text } = await ask(method, path, method === 'GET' ? undefined : lab(patient), more)
    expect([method, path, status, text.includes('seen before')]).toEqual([method, path, 403, false])
  }
})

test('R-06: an update with another id in the body, or none, is 400, and nothing is stored', async ({ rest }) => {
  const patient = await rest.patient()
  const id = await rest.make(lab(patient))
  for (const other of [nowhere, id.toUpperCase(), `${id} `, undefined, 7]) {
    const body = { ...lab(patient), id: other, status: 'amended' }
    const direct = await rest.fhir('PUT', `/Observation/${id}`, body, { 'if-match': 'W/"1"' })
    expect([other, [400, 422].includes(direct.status)]).toEqual([other, true])
    const conditional = other === undefined ? { status: 400 } : await rest.fhir('PUT', `/Observation?_id=${id}`, body)
    expect([other, [400, 422].includes(conditional.status)]).toEqual([other, true])
    const request = { method: 'PUT', url: `Observation/${id}`, ifMatch: 'W/"1"' }
    for (const type of ['batch', 'transaction']) {
      const { status, text } = await rest.fhir('POST', '', {
        resourceType: 'Bundle',
        type,
        entry: [{ request, resource: body }],
      })
      expect([type, status >= 400 || /"status":"4\d\d/.test(text)]).toEqual([type, true])
    }
  }
  expect((await rest.fhir('GET', `/Observation/${id}`)).headers['etag']).toBe('W/"1"')
})
