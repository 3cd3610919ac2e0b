import { expect } from 'vitest'
import { type Json, listOf, type Reply } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { test } from '../rest-rig.ts'

const organization = (name: string, over: object = {}) => ({ resourceType: 'Organization', name, ...over })
const entriesOf = ({ json }: Reply) => listOf(json['entry'])
const shown = (reply: Reply) =>
  entriesOf(reply).map(({ request, fullUrl, response }) =>
    [request?.['method'], String(fullUrl).split('/').at(-1), response?.['etag']].join(' '),
  )
const nextOf = ({ json }: Reply): string | undefined => {
  const link = listOf(json['link']).find(({ relation }) => String(relation) === 'next')
  return link === undefined ? undefined : String(link['url']).replace(/^.*\/fhir\/R4/, '')
}

test('R-03: the history of a record, in pages, by time, a deletion in it', async ({ rest: { fhir, make } }) => {
  const id = await make(organization('1'))
  const times: string[] = []
  for (const name of ['2', '3', '4']) {
    const { json } = await fhir('PUT', `/Organization/${id}`, organization(name, { id }))
    times.push(String((json['meta'] as Json)['lastUpdated']))
  }
  await fhir('DELETE', `/Organization/${id}`)
  const at = `/Organization/${id}/_history`
  const all = await fhir('GET', at)
  expect(all.json).toMatchObject({ type: 'history', total: 5 })
  expect(entriesOf(all).map(({ request }) => String(request?.['method']))).toEqual([
    'DELETE',
    'PUT',
    'PUT',
    'PUT',
    'POST',
  ])
  expect(entriesOf(all)[0]).toMatchObject({ response: { status: '204' } })
  expect(entriesOf(all)[0]).not.toHaveProperty('resource')

  const pages: string[][] = []
  for (let next: string | undefined = `${at}?_count=2`; next !== undefined;) {
    const page: Reply = await fhir('GET', next)
    pages.push(shown(page))
    next = nextOf(page)
  }
  expect(pages.map((page) => page.length)).toEqual([2, 2, 1])
  expect(pages.flat()).toEqual(shown(all))
  const since = await fhir('GET', `${at}?_since=${encodeURIComponent(times[1]!)}`)
  expect(entriesOf(since).length).toBe(3)
  const current = await fhir('GET', `${at}?_at=${encodeURIComponent(times[1]!)}`)
  expect(shown(current)).toContain(`PUT ${id} W/"3"`)
  for (const query of ['_count=x', '_since=yesterday', '_canary=1', '_cursor=abc', '_count=1&_count=2'])
    expect([query, (await fhir('GET', `${at}?${query}`)).status]).toEqual([query, 400])
  expect((await fhir('GET', `/Patient/${id}/_history`)).status).toBe(404)
})

test('R-03: the history of a type and of the system, newest first, each version once', async ({
  rest: { fhir, make, patient, entries },
}) => {
  const who = await patient()
  const ids: string[] = []
  for (let at = 0; at < 5; at++) ids.push(await make(organization(String(at))))
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: Array.from({ length: 7 }, () => ({
      request: { method: 'POST', url: 'Observation' },
      resource: observation(who),
    })),
  }
  expect((await fhir('POST', '', bundle)).status).toBe(200)
  await fhir('PUT', `/Organization/${ids[0]}`, organization('new', { id: ids[0] }))
  await fhir('DELETE', `/Organization/${ids[1]}`)

  const before = (await entries()).length
  const ofType = await fhir('GET', '/Organization/_history')
  expect(shown(ofType)).toEqual([
    `DELETE ${ids[1]} W/"2"`,
    `PUT ${ids[0]} W/"2"`,
    ...ids.toReversed().map((id) => `POST ${id} W/"1"`),
  ])
  expect((await entries()).slice(before)).toMatchObject([{ action: 'history', types: ['Organization'] }])
  const seen: string[] = []
  for (let next: string | undefined = '/_history?_count=3'; next !== undefined;) {
    const page: Reply = await fhir('GET', next)
    expect(page.status, page.text).toBe(200)
    seen.push(...shown(page))
    next = nextOf(page)
    // What is written meanwhile comes above: no page repeats or misses one.
    await make(organization('later'))
  }
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen.length).toBe(7 + 7 + 1)
  expect(seen.slice(0, 2)).toEqual(shown(ofType).slice(0, 2))
  expect((await fhir('GET', '/Observation/_history')).text.match(/"versionId":"1"/g)?.length).toBe(7)
})

test('R-03: type history by time: what was made since, and what was the newest version then', async ({
  rest: { fhir, make },
}) => {
  const id = await make(organization('1'))
  const { json } = await fhir('PUT', `/Organization/${id}`, organization('2', { id }))
  const at = String((json['meta'] as Json)['lastUpdated'])
  await new Promise((resolve) => setTimeout(resolve, 5))
  await fhir('PUT', `/Organization/${id}`, organization('3', { id }))
  const later = new Date(Date.parse(at) + 1).toISOString()
  const since = await fhir('GET', `/Organization/_history?_since=${later}`)
  expect(shown(since)).toEqual([`PUT ${id} W/"3"`])
  const then = await fhir('GET', `/Organization/_history?_at=${at}`)
  expect(shown(then)).toContain(`PUT ${id} W/"2"`)
  expect(shown(then)).not.toContain(`PUT ${id} W/"3"`)
  expect(shown(await fhir('GET', '/Organization/_history?_since=2999-01-01T00:00:00Z'))).toEqual([])
})

test('H-A06: history shows a type to who has the right to it, and a cursor serves nobody else', async ({
  rest: { fhir, patient, make, desk },
  rig,
}) => {
  await make(observation(await patient()))
  await make(organization('x'))
  const nurse = await desk('nurse')
  const types = new Set(
    entriesOf(await nurse.fhir('GET', '/_history')).map(({ resource }) => String(resource?.['resourceType'])),
  )
  // A nurse has the history of clinical records, not of who patients are nor of the directory.
  expect([...types]).toEqual(['Observation'])
  expect((await nurse.fhir('GET', '/Patient/_history')).status).toBe(403)
  expect((await (await desk('front-desk')).fhir('GET', '/_history')).status).toBe(403)
  const { authorization } = await rig.token('system/Organization.r')
  const own = await fhir('GET', '/_history', undefined, { authorization })
  expect(entriesOf(own).map(({ resource }) => String(resource?.['resourceType']))).toEqual(['Organization'])
  await make(organization('y'))
  const cursor = nextOf(await fhir('GET', '/Organization/_history?_count=1'))!
  expect((await fhir('GET', cursor)).status).toBe(200)
  expect((await fhir('GET', cursor, undefined, { authorization })).status).toBe(400)
})
