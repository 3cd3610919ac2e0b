import { expect } from 'vitest'
import { observation } from './fixtures.ts'
import type { Reply } from './desk.ts'
import { test } from './rest-rig.ts'

interface Entry {
  readonly resource: Record<string, unknown> & { readonly resourceType: string; readonly id: string }
  readonly search: { readonly mode: string }
}

const entriesOf = ({ json }: Reply): Entry[] => (json['entry'] ?? []) as unknown as Entry[]
const linkOf = ({ json }: Reply, relation: string): string | undefined =>
  (json['link'] as unknown as { relation: string; url: string }[]).find((one) => one.relation === relation)?.url
const outcomeOf = (reply: Reply): unknown => entriesOf(reply).find(({ search }) => search.mode === 'outcome')?.resource

test('R-10: what was left out is told by its place, and never repeated', async ({ rest: { fhir, patient } }) => {
  await patient()
  const asked = '/Patient?family=zwyssig&canary=CANARY&_sort=canary&_include=Canary:x'
  const lenient = await fhir('GET', asked)
  expect(entriesOf(lenient).map(({ search }) => search.mode)).toEqual(['match', 'outcome'])
  expect(linkOf(lenient, 'self')).toMatch(/\/Patient\?family=zwyssig$/)
  expect(outcomeOf(lenient)).toMatchObject({
    issue: [2, 3, 4].map((place) => ({
      severity: 'warning',
      code: 'not-supported',
      diagnostics: expect.stringContaining(`Parameter ${place} `),
    })),
  })
  expect(lenient.text).not.toMatch(/canary/i)
  expect((await fhir('GET', asked, undefined, { prefer: 'handling=strict' })).status).toBe(400)
  // Left out, they would widen the search: refused however it is asked.
  for (const query of [
    'gender:exact=female',
    'birthdate=yesterday',
    '_has:Observation=x',
    'link.name:nonsense=x',
    '_filter=x',
    '_sort=family,,given',
    '_total=yes',
  ])
    expect((await fhir('GET', `/Patient?${query}`)).status, query).toBeOneOf([200, 400])
  for (const query of ['gender:exact=female', 'birthdate=yesterday', '_filter=x', '_total=yes', '_summary=maybe'])
    expect((await fhir('GET', `/Patient?${query}`)).status, query).toBe(400)
})

test('R-10: totals, summaries, elements, and pages that only their asker can turn', async ({
  rest: { fhir, patient },
}) => {
  const id = await patient()
  for (let at = 1; at <= 5; at++)
    await fhir('POST', '/Observation', observation(id, '8480-6', `2026-03-0${at}T10:00:00Z`, 1.5))
  const chart = `/Observation?patient=${id}`
  const count = await fhir('GET', `${chart}&_summary=count`)
  expect([count.json['total'], entriesOf(count)]).toEqual([5, []])
  expect((await fhir('GET', `${chart}&_count=0`)).json['total']).toBe(5)
  const first = await fhir('GET', `${chart}&_count=2&_total=accurate&_sort=-date`)
  expect([first.json['total'], entriesOf(first).length]).toEqual([5, 2])
  const next = linkOf(first, 'next') ?? ''
  expect(next).not.toContain(id)
  const second = await fhir('GET', next.slice(next.indexOf('/Observation')))
  expect([second.json['total'], entriesOf(second).map(({ resource }) => resource['effectiveDateTime'])]).toEqual([
    5,
    ['2026-03-03T10:00:00Z', '2026-03-02T10:00:00Z'],
  ])
  expect((await fhir('GET', `/Observation?_cursor=${next.slice(-40)}`)).status).toBe(400)
  const shapes = { true: ['valueQuantity', 'status'], text: ['status', 'code'], data: ['valueQuantity', 'category'] }
  const lacks = { true: ['category'], text: ['valueQuantity', 'category'], data: ['text'] }
  for (const summary of ['true', 'text', 'data'] as const) {
    const [entry] = entriesOf(await fhir('GET', `${chart}&_summary=${summary}`))
    expect(Object.keys(entry?.resource ?? {}), summary).toEqual(expect.arrayContaining(shapes[summary]))
    for (const name of lacks[summary]) expect(entry?.resource, summary).not.toHaveProperty(name)
    expect(entry?.resource['meta']).toMatchObject({ tag: [{ code: 'SUBSETTED' }] })
  }
  const [some] = entriesOf(await fhir('GET', `${chart}&_elements=value,effectiveDateTime`))
  expect(Object.keys(some?.resource ?? {}).toSorted()).toEqual(
    ['resourceType', 'id', 'meta', 'status', 'code', 'effectiveDateTime', 'valueQuantity'].toSorted(),
  )
})

test('R-10: where nothing is wrong there are matches and nothing else, also when everything was gone through', async ({
  rest: { fhir, patient },
}) => {
  const id = await patient()
  await fhir('POST', '/Observation', observation(id))
  await fhir('POST', '/Observation', observation(id))
  for (const query of ['code=8480-6', `code=8480-6&patient=${id}`, '', '_count=1', '_count=1&_total=accurate']) {
    const modes = entriesOf(await fhir('GET', `/Observation?${query}`)).map(({ search }) => search.mode)
    expect([query, new Set(modes)]).toEqual([query, new Set(['match'])])
  }
})

test('R-16: a search has limits', async ({ rest: { fhir } }) => {
  const many = (count: number, one: string): string => Array.from({ length: count }, () => one).join('&')
  for (const query of [
    many(65, 'family=x'),
    `family=${Array.from({ length: 1001 }, () => 'x').join(',')}`,
    'link:Patient.link:Patient.link:Patient.link:Patient.link:Patient.family=x',
    '_has:Patient:link:_has:Patient:link:_has:Patient:link:_has:Patient:link:_has:Patient:link:family=x',
    many(33, '_include=Patient:link'),
    '_sort=family,given,name,birthdate,gender,_id',
  ])
    expect((await fhir('GET', `/Patient?${query}`)).status, query.slice(0, 60)).toBe(400)
})
