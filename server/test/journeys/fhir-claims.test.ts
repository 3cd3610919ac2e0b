import { expect } from 'vitest'
import { type Json, listOf } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { test } from '../rest-rig.ts'

// what the CapabilityStatement claims is done, and nothing else.

const jsonPatch = { 'content-type': 'application/json-patch+json' }
const textsOf = (list: Json | undefined, name: string) => listOf(list).map((one) => String(one[name]))

/** How each interaction of http://hl7.org/fhir/restful-interaction is asked for, with an id that is there. */
const interactions: Record<string, (type: string, id: string) => [string, string, unknown?, Record<string, string>?]> =
  {
    read: (type, id) => ['GET', `/${type}/${id}`],
    vread: (type, id) => ['GET', `/${type}/${id}/_history/1`],
    'history-instance': (type, id) => ['GET', `/${type}/${id}/_history`],
    'history-type': (type) => ['GET', `/${type}/_history`],
    'search-type': (type, id) => ['GET', `/${type}?_id=${id}`],
    create: (type) => ['POST', `/${type}`, '{'],
    update: (type, id) => ['PUT', `/${type}/${id}`, '{'],
    patch: (type, id) => ['PATCH', `/${type}/${id}`, '{', jsonPatch],
    delete: (type, id) => ['DELETE', `/${type}/${id}`, undefined, { 'if-match': '*' }],
  }
const onCondition: Record<string, (type: string) => [string, string, unknown?, Record<string, string>?]> = {
  conditionalUpdate: (type) => ['PUT', `/${type}?_id=x`, '{'],
  conditionalDelete: (type) => ['DELETE', `/${type}?_id=01890a5d-ac96-8abc-b123-0123456789ab`],
}

test('R-13: every interaction and operation that is claimed is served, and what is not claimed is not', async ({
  rest: { fhir, make, patient },
  rig,
}) => {
  const { text } = await rig.ask('/fhir/R4/metadata')
  const statement = JSON.parse(text) as Json
  expect(statement).toMatchObject({
    ...{ resourceType: 'CapabilityStatement', kind: 'instance', fhirVersion: '4.0.1' },
    patchFormat: ['application/json-patch+json', 'application/fhir+json'],
    instantiates: ['http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server'],
  })
  expect((await fhir('POST', '/CapabilityStatement/$validate', text)).text).not.toContain('"severity":"error"')
  const rest = listOf(statement['rest'])[0]!
  const resources = new Map(listOf(rest['resource']).map((one) => [String(one['type']), one]))
  const served = (status: number) => status !== 404 && status !== 405
  const who = await patient()
  const ids: Record<string, string> = {
    Patient: who,
    Observation: await make(observation(await patient())),
    Organization: await make({ resourceType: 'Organization', name: 'x' }),
    Binary: await make({ resourceType: 'Binary', contentType: 'text/plain', data: 'eA==' }),
    Bundle: await make({ resourceType: 'Bundle', type: 'collection' }),
    AuditEvent: who,
    Parameters: who,
  }
  for (const [type, id] of Object.entries(ids)) {
    const claims = resources.get(type)
    const codes = textsOf(claims?.['interaction'], 'code')
    for (const [code, ask] of Object.entries(interactions)) {
      const { status } = await fhir(...ask(type, id))
      const done = code === 'delete' ? status === 204 : served(status) && status !== 403
      expect([type, code, done, status]).toEqual([type, code, codes.includes(code), status])
    }
    for (const [flag, ask] of Object.entries(onCondition)) {
      const claimed = !['undefined', 'false', 'not-supported'].includes(String(claims?.[flag]))
      const { status } = await fhir(...ask(type))
      expect([type, flag, served(status) && status !== 403]).toEqual([type, flag, claimed])
    }
    const operations = textsOf(claims?.['operation'], 'name')
    for (const name of [
      'validate',
      'everything',
      'lastn',
      'match',
      'expand',
      'lookup',
      'docref',
      'translate',
      'document',
      'meta',
    ]) {
      const levels = await Promise.all(
        [`/${type}/$${name}`, `/${type}/${id}/$${name}`].flatMap((path) => [
          fhir('POST', path, { resourceType: 'Parameters' }),
          fhir('GET', path),
        ]),
      )
      // Not there and not offered are told apart from what was wrongly asked, or of a record that is gone by now.
      const offered = levels.some((answer) => served(answer.status))
      const statuses = levels.map(({ status }) => status)
      expect([type, name, offered, statuses]).toEqual([type, name, operations.includes(name), statuses])
    }
  }
  const system = textsOf(rest['interaction'], 'code')
  expect(system.toSorted()).toEqual(['batch', 'history-system', 'transaction'])
  expect((await fhir('GET', '/_history')).status).toBe(200)
  for (const type of ['batch', 'transaction'])
    expect((await fhir('POST', '', { resourceType: 'Bundle', type })).status).toBe(200)
  for (const path of ['', '?_type=Patient', '/_search']) expect(served((await fhir('GET', path)).status)).toBe(false)
  expect(served((await fhir('POST', '/_search', '_id=x')).status)).toBe(false)
})

test('R-13: every search parameter and include that is claimed of a type is understood', async ({
  rest: { fhir, patient },
  rig,
}) => {
  const statement = JSON.parse((await rig.ask('/fhir/R4/metadata')).text) as Json
  const resources = listOf(listOf(statement['rest'])[0]?.['resource'])
  const who = await patient()
  for (const type of ['Observation', 'Encounter', 'MedicationRequest']) {
    const claims = resources.find((one) => String(one['type']) === type)!
    expect(textsOf(claims['searchParam'], 'documentation').every((text) => text !== 'undefined')).toBe(true)
    // What a composite is made of has no value of its own that could be missing.
    const simple = listOf(claims['searchParam']).filter((one) => String(one['type']) !== 'composite')
    for (const name of simple.map((one) => String(one['name']))) {
      const answer = await fhir('GET', `/${type}?patient=${who}&${name}:missing=true`, undefined, {
        prefer: 'handling=strict',
      })
      const code = answer.text.includes('parameter-unknown') && !answer.text.includes('modifier')
      expect([type, name, answer.status === 200 || !code]).toEqual([type, name, true])
    }
    for (const [parameter, claimed] of [
      ['_include', claims['searchInclude']],
      ['_revinclude', claims['searchRevInclude']],
    ] as const)
      for (const value of listOf(claimed).map(String)) {
        const query = `patient=${who}&${parameter}=${value}`
        const { status } = await fhir('GET', `/${type}?${query}`, undefined, { prefer: 'handling=strict' })
        expect([type, parameter, value, status]).toEqual([type, parameter, value, 200])
      }
  }
})

test('R-13: the OpenAPI document has every route of the interface, and no other', async ({ rest, rig }) => {
  const document = JSON.parse((await rig.ask('/fhir/R4/openapi.json')).text) as Json
  const described = Object.entries(document['paths']!).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} /fhir/R4${path === '/' ? '' : path}`),
  )
  const served = rest.listening.routes
    .filter(({ path, class: routeClass }) => path.startsWith('/fhir/R4') && routeClass !== 'public')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect(described.toSorted()).toEqual(served.toSorted())
})

test('R-01: JSON is what is spoken here, and a request for anything else is told so', async ({
  rest: { fhir, make },
}) => {
  const id = await make({ resourceType: 'Organization', name: 'x' })
  const at = `/Organization/${id}`
  const accept = async (value: string) => (await fhir('GET', at, undefined, { accept: value })).status
  const format = async (value: string) => (await fhir('GET', `${at}?_format=${value}`)).status
  expect(await accept('application/fhir+xml')).toBe(406)
  expect(await accept('text/turtle')).toBe(406)
  expect(await accept('application/fhir+json; fhirVersion=3.0')).toBe(406)
  expect(await accept('application/fhir+json; fhirVersion=4.0')).toBe(200)
  expect(await accept('application/fhir+xml;q=0.9, application/json;q=0.5')).toBe(200)
  for (const value of ['xml', 'application/fhir%2Bxml', 'ttl', 'application/fhir%2Bjson;fhirVersion=5.0'])
    expect([value, await format(value)]).toEqual([value, 406])
  for (const value of ['json', 'application/json', 'application/fhir+json', 'application/fhir%2Bjson;fhirVersion=4.0'])
    expect([value, await format(value)]).toEqual([value, 200])
  expect((await fhir('GET', '/metadata?_format=xml')).status).toBe(406)
  const refused = await fhir('GET', at, undefined, { accept: 'application/fhir+xml' })
  expect(refused.json).toMatchObject({
    resourceType: 'OperationOutcome',
    issue: [{ details: { text: 'Only JSON is served here.' } }],
  })
  for (const type of [
    'application/fhir+xml',
    'application/fhir+json; fhirVersion=3.0',
    'application/fhir+json; charset=latin1',
    'text/plain',
  ])
    expect([type, (await fhir('POST', '/Organization', '{}', { 'content-type': type })).status]).toEqual([type, 415])
  expect((await fhir('POST', '/Binary', '<Binary/>', { 'content-type': 'application/fhir+xml' })).status).toBe(415)
  const pretty = await fhir('GET', `${at}?_pretty=true`)
  expect(pretty.text).toBe(JSON.stringify(pretty.json, undefined, 2))
})

test('R-02: HEAD is a GET without its body, entry included', async ({ rest: { fhir, make, entries } }) => {
  const id = await make({ resourceType: 'Organization', name: 'x' })
  const before = (await entries()).length
  const head = await fhir('HEAD', `/Organization/${id}`)
  expect([head.status, head.text, head.headers['etag']]).toEqual([200, '', 'W/"1"'])
  expect((await entries()).length).toBe(before + 1)
  expect((await fhir('HEAD', '/Organization/01890a5d-ac96-8abc-b123-0123456789ab')).status).toBe(404)
})
