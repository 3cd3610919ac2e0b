import { expect } from 'vitest'
import { systemClock } from '#base'
import { listOf } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { test } from '../rest-rig.ts'

const bundle = (type: string, ...entry: object[]) => ({ resourceType: 'Bundle', type, entry })

test.for<[string | undefined, number, string | undefined]>([
  [undefined, 400, 'version-required'],
  ['', 400, 'version-malformed'],
  ['1', 400, 'version-malformed'],
  ['W/1', 400, 'version-malformed'],
  ['"1', 400, 'version-malformed'],
  ['W/"2" W/"1"', 400, 'version-malformed'],
  ['*, W/"2"', 400, 'version-malformed'],
  ['W/"1"', 412, 'version-conflict'],
  ['"kanarie"', 412, 'version-conflict'],
  ['W/"9", W/"8"', 412, 'version-conflict'],
  ['W/"2"', 200, undefined],
  ['"2"', 200, undefined],
  [' W/"1" ,, W/"2"', 200, undefined],
  ['*', 200, undefined],
])('R-06: If-Match %s is answered %i', async ([ifMatch, status, code], { rest: { fhir, patient, make } }) => {
  const id = await make(observation(await patient()))
  const resource = { ...(await fhir('GET', `/Observation/${id}`)).json, status: 'amended' }
  await fhir('PUT', `/Observation/${id}`, resource, { 'if-match': 'W/"1"' })
  const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch }
  const expected = [status, code === undefined ? expect.anything() : expect.stringContaining(`"${code}"`)]
  const request = { method: 'PUT', url: `Observation/${id}`, ...(ifMatch === undefined ? {} : { ifMatch }) }
  if (status !== 200) {
    const sent = await fhir('POST', '', bundle('transaction', { resource, request }))
    expect([sent.status, sent.text]).toEqual(expected)
    const patch = await fhir('PATCH', `/Observation/${id}`, '[]', {
      ...headers,
      'content-type': 'application/json-patch+json',
    })
    expect([patch.status, patch.text]).toEqual(expected)
  }
  const put = await fhir('PUT', `/Observation/${id}`, resource, headers)
  expect([put.status, put.text]).toEqual(expected)
  expect(put.text).not.toContain('kanarie')
})

test('R-06: If-Match * is met by no deleted record, and a condition by the versions that are listed', async ({
  rest: { fhir, make },
}) => {
  const organization = { resourceType: 'Organization', name: 'x', identifier: [{ system: 'urn:org', value: '1' }] }
  const id = await make(organization)
  const on = (ifMatch: string) =>
    fhir('PUT', '/Organization?identifier=urn:org|1', organization, { 'if-match': ifMatch })
  expect((await on('W/"7", W/"8"')).status).toBe(412)
  expect((await on('W/"7", W/"1"')).status).toBe(200)
  expect((await on('*')).status).toBe(200)
  await fhir('DELETE', `/Organization/${id}`)
  const again = await fhir('PUT', `/Organization/${id}`, { ...organization, id }, { 'if-match': '*' })
  expect(again.status).toBe(412)
})

test('R-02: within the second of a change nothing is unchanged, whatever the clock of the reader says', async ({
  rest: { fhir, make },
}) => {
  const id = await make({ resourceType: 'Organization', name: 'x' })
  const at = `/Organization/${id}`
  const first = String((await fhir('GET', at)).headers['last-modified'])
  const changed = await fhir('PUT', at, { resourceType: 'Organization', id, name: 'y' })
  const since = (date: string) => fhir('GET', at, undefined, { 'if-modified-since': date })
  expect((await since(first)).status).toBe(200)
  const second = String(changed.headers['last-modified'])
  expect((await since(second)).status).toBe(200)
  expect((await since(new Date(Date.parse(second) + 1000).toUTCString())).status).toBe(304)
  const both = (tags: string) =>
    fhir('GET', at, undefined, { 'if-none-match': tags, 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' })
  expect((await both('W/"1"')).status).toBe(200)
  expect((await both('W/"1", "2"')).status).toBe(304)
  expect((await both('*')).status).toBe(304)
})

test('R-09: a Bundle says to the millisecond when a record was changed', async ({ rest: { fhir } }) => {
  const began = systemClock.now()
  for (const type of ['transaction', 'batch']) {
    const resource = { resourceType: 'Organization', name: 'x' }
    const requests = Array.from({ length: 3 }, () => ({ resource, request: { method: 'POST', url: 'Organization' } }))
    const { json } = await fhir('POST', '', bundle(type, ...requests))
    for (const entry of listOf(json['entry'])) {
      const { resource: made, response } = entry
      expect(response?.['lastModified']).toBe(made?.['meta']?.['lastUpdated'])
      expect(Date.parse(String(response?.['lastModified']))).toBeGreaterThanOrEqual(began)
    }
  }
})

test('R-17: references by the service’s own address are stored relative, those to others stay', async ({
  rest: { fhir, patient, make, listening },
}) => {
  const who = await patient()
  const org = await make({ resourceType: 'Organization', name: 'x', identifier: [{ system: 'urn:org', value: '1' }] })
  const port = new URL(listening.url).port
  const own = [`${listening.url}/fhir/R4`, `https://localhost:${port}/fhir/R4`]
  const headers = { host: `localhost:${port}` }
  const away = 'https://example.com/fhir/R4/Practitioner/1'
  for (const base of own) {
    const absolute = {
      ...observation(who),
      subject: { reference: `${base}/Patient/${who}` },
      performer: [{ reference: `${base}/Organization/${org}/_history/1` }, { reference: away }],
    }
    const expected = {
      subject: { reference: `Patient/${who}` },
      performer: [{ reference: `Organization/${org}/_history/1` }, { reference: away }],
    }
    const created = await fhir('POST', '/Observation', absolute, headers)
    expect([base, created.status]).toEqual([base, 201])
    expect(created.json).toMatchObject(expected)
    const id = String(created.json['id'])
    const put = await fhir('PUT', `/Observation/${id}`, { ...absolute, id }, { ...headers, 'if-match': 'W/"1"' })
    expect(put.json).toMatchObject(expected)
    const patch = JSON.stringify([{ op: 'add', path: '/focus', value: [{ reference: `${base}/Patient/${who}` }] }])
    const patched = await fhir('PATCH', `/Observation/${id}`, patch, {
      ...{ ...headers, 'if-match': 'W/"2"', 'content-type': 'application/json-patch+json' },
    })
    expect(patched.json).toMatchObject({ ...expected, focus: [{ reference: `Patient/${who}` }] })
    for (const type of ['transaction', 'batch']) {
      const entries = [
        { resource: absolute, request: { method: 'POST', url: `${base}/Observation` } },
        { request: { method: 'GET', url: `${base}/Patient/${who}` } },
      ]
      const { json } = await fhir('POST', '', bundle(type, ...entries), headers)
      expect(listOf(json['entry'])).toMatchObject([{ resource: expected }, { resource: { id: who } }])
    }
    const conditional = {
      ...absolute,
      performer: [{ reference: `${base}/Organization?identifier=urn:org|1` }],
    }
    const { json } = await fhir(
      'POST',
      '',
      bundle('transaction', { resource: conditional, request: { method: 'POST', url: 'Observation' } }),
      headers,
    )
    expect(listOf(json['entry'])[0]?.['resource']).toMatchObject({ performer: [{ reference: `Organization/${org}` }] })
  }
})

test('R-05: If-None-Exist may be written as an address of ours', async ({ rest: { fhir, listening } }) => {
  const organization = { resourceType: 'Organization', name: 'x', identifier: [{ system: 'urn:org', value: '1' }] }
  const base = `${listening.url}/fhir/R4`
  const query = 'identifier=urn:org|1'
  const forms = [query, `?${query}`, `Organization?${query}`, `/Organization?${query}`, `${base}/Organization?${query}`]
  const statuses = []
  for (const form of forms) {
    statuses.push((await fhir('POST', '/Organization', organization, { 'if-none-exist': form })).status)
    const request = { method: 'POST', url: 'Organization', ifNoneExist: form }
    expect((await fhir('POST', '', bundle('transaction', { resource: organization, request }))).status).toBe(200)
  }
  expect(statuses).toEqual([201, 200, 200, 200, 200])
  // Where the record is that was there already, as after a create.
  const there = await fhir('POST', '/Organization', organization, { 'if-none-exist': query })
  const location = `${base}/Organization/${String(there.json['id'])}/_history/1`
  expect([there.status, there.headers['location']]).toEqual([200, location])
  // Not in the address, where it would be left out.
  expect((await fhir('POST', `/Organization?${query}`, organization)).status).toBe(400)
  expect((await fhir('POST', '/Organization?_format=json', { resourceType: 'Organization', name: 'y' })).status).toBe(
    201,
  )
  expect((await fhir('GET', `/Organization?${query}`)).json['total']).toBe(1)
  for (const form of [`Patient?${query}`, `https://example.com/fhir/R4/Organization?${query}`])
    expect((await fhir('POST', '/Organization', organization, { 'if-none-exist': form })).status).toBe(400)
})
