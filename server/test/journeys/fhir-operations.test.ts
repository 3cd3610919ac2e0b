import { expect } from 'vitest'
import { listOf, type Reply } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { test } from '../rest-rig.ts'

const entriesOf = ({ json }: Reply) => listOf(json['entry'])
const typesOf = (reply: Reply) => entriesOf(reply).map(({ resource }) => String(resource?.['resourceType']))
const nextOf = ({ json }: Reply): string | undefined => {
  const link = listOf(json['link']).find(({ relation }) => String(relation) === 'next')
  return link === undefined ? undefined : String(link['url']).replace(/^.*\/fhir\/R4/, '')
}
const encounter = (patient: string, organization: string) => ({
  ...{ resourceType: 'Encounter', status: 'finished', subject: { reference: `Patient/${patient}` } },
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  serviceProvider: { reference: `Organization/${organization}` },
  period: { start: '2026-03-01T09:00:00Z', end: '2026-03-01T09:20:00Z' },
})

test('R-14: $everything is the patient, the compartment and what it refers to, in pages', async ({
  rest: { fhir, make, patient, entries },
}) => {
  const who = await patient()
  const other = await patient()
  const organization = await make({ resourceType: 'Organization', name: 'Practice' })
  await make({ resourceType: 'Organization', name: 'Nobody’s' })
  const seen = await make(encounter(who, organization))
  for (let at = 1; at <= 5; at++) await make(observation(who, '8480-6', `2026-03-0${at}T10:00:00Z`))
  await make(observation(other))
  const gone = await make(observation(who))
  await fhir('DELETE', `/Observation/${gone}`)

  const before = (await entries()).length
  const all = await fhir('GET', `/Patient/${who}/$everything`)
  expect(all.status, all.text).toBe(200)
  expect(all.json).toMatchObject({ type: 'searchset', total: 7 })
  expect(typesOf(all)).toEqual([
    'Patient',
    'Encounter',
    ...Array.from({ length: 5 }, () => 'Observation'),
    'Organization',
  ])
  expect(entriesOf(all).at(-1)).toMatchObject({ search: { mode: 'include' }, resource: { name: 'Practice' } })
  expect((await entries()).slice(before)).toMatchObject([
    { action: '$everything', patients: [who], outcome: 'done', records: { length: 8 } },
  ])
  const paged: string[] = []
  for (let next: string | undefined = `/Patient/${who}/$everything?_count=2`; next !== undefined;) {
    const page: Reply = await fhir('GET', next)
    expect(page.status, page.text).toBe(200)
    paged.push(
      ...entriesOf(page)
        .filter(({ search }) => String(search?.['mode']) === 'match')
        .map(({ fullUrl }) => String(fullUrl)),
    )
    next = nextOf(page)
  }
  expect(paged).toEqual(
    entriesOf(all)
      .slice(0, 7)
      .map(({ fullUrl }) => String(fullUrl)),
  )
  const ask = (query: string) => fhir('GET', `/Patient/${who}/$everything?${query}`)
  expect(typesOf(await ask('_type=Observation'))).toEqual([
    'Patient',
    ...Array.from({ length: 5 }, () => 'Observation'),
  ])
  expect(typesOf(await ask('start=2026-03-04')).filter((type) => type === 'Observation').length).toBe(2)
  expect(typesOf(await ask('start=2026-03-02&end=2026-03-03')).filter((type) => type === 'Observation').length).toBe(2)
  expect(typesOf(await ask('_since=2999-01-01T00:00:00Z'))).toEqual([])
  for (const query of ['_type=Canary', 'start=x', '_count=x', '_canary=1', '_cursor=x'])
    expect([query, (await ask(query)).status]).toEqual([query, 400])
  expect(seen).not.toBe('')
  expect((await fhir('GET', '/Patient/01890a5d-ac96-8abc-b123-0123456789ab/$everything')).status).toBe(404)
  expect((await fhir('GET', `/Observation/${gone}/$everything`)).status).toBe(404)
})

test('R-14, H-A06: $everything leaves out what the asker has no right to, without a word', async ({
  rest: { make, patient, desk, fhir },
  rig,
}) => {
  const who = await patient()
  const organization = await make({ resourceType: 'Organization', name: 'Practice' })
  await make(encounter(who, organization))
  await make(observation(who))
  await make({
    ...{ resourceType: 'Appointment', status: 'booked', start: '2026-03-02T10:00:00Z', end: '2026-03-02T10:20:00Z' },
    ...{ reasonCode: [{ text: 'canary' }] },
    participant: [{ actor: { reference: `Patient/${who}` }, status: 'accepted' }],
  })
  const front = await (await desk('front-desk')).fhir('GET', `/Patient/${who}/$everything`)
  expect(typesOf(front)).toEqual(['Patient', 'Appointment'])
  expect(front.text).not.toContain('canary')
  expect((await (await desk('administrator')).fhir('GET', `/Patient/${who}/$everything`)).status).toBe(403)
  const { authorization } = await rig.token('system/Patient.r', 'system/Observation.s')
  expect(typesOf(await fhir('GET', `/Patient/${who}/$everything`, undefined, { authorization }))).toEqual([
    'Patient',
    'Observation',
  ])
})

test('R-14: $lastn is the newest of each code', async ({ rest: { fhir, make, patient, entries } }) => {
  const who = await patient()
  for (const day of [1, 3, 2]) {
    await make(observation(who, '8480-6', `2026-03-0${day}T10:00:00Z`, day))
    await make(observation(who, '8462-4', `2026-03-0${day}T10:00:00Z`, day + 10))
  }
  const text = { ...observation(who, 'x', '2026-03-05T10:00:00Z', 99), code: { text: 'no coding' } }
  await make(text)
  const ask = (query: string) => fhir('GET', `/Observation/$lastn?${query}`)
  const values = (reply: Reply) =>
    entriesOf(reply)
      .map(({ resource }) => Number(resource?.['valueQuantity']?.['value']))
      .toSorted((a, b) => a - b)
  const before = (await entries()).length
  expect(values(await ask(`patient=${who}`))).toEqual([3, 13, 99])
  expect((await entries()).slice(before)).toMatchObject([{ patients: [who], records: { length: 3 } }])
  expect(values(await ask(`subject=Patient/${who}&max=2`))).toEqual([2, 3, 12, 13, 99])
  expect(values(await ask(`patient=${who}&code=http://loinc.org|8480-6&category=vital-signs`))).toEqual([3])
  expect(values(await ask(`patient=${who}&category=laboratory`))).toEqual([])
  for (const query of [
    '',
    'patient=x',
    `patient=${who}&max=0`,
    `patient=${who}&canary=1`,
    `patient=${who}&code:canary=1`,
  ])
    expect([query, (await ask(query)).status]).toEqual([query, 400])
})

test('R-14: $match finds who may be meant, graded, and the entry names everyone returned', async ({
  rest: { fhir, make, entries },
}) => {
  const person = (family: string, given: string, birthDate: string, value: string) => ({
    ...{ resourceType: 'Patient', name: [{ family, given: [given] }], birthDate, gender: 'female' },
    identifier: [{ system: 'urn:mrn', value }],
  })
  const same = await make(person('Zwyssig', 'Quirina', '1961-03-12', 'MRN-1'))
  const twin = await make(person('Zwyssig', 'Carla', '1961-03-12', 'MRN-2'))
  await make(person('Else', 'Somebody', '1990-01-01', 'MRN-3'))
  const ask = (resource: object, ...more: object[]) =>
    fhir('POST', '/Patient/$match', {
      resourceType: 'Parameters',
      parameter: [{ name: 'resource', resource }, ...more],
    })
  const graded = (reply: Reply) =>
    entriesOf(reply).map(({ resource, search }) => [
      String(resource?.['id']),
      String(listOf(search?.['extension'])[0]?.['valueCode']),
    ])
  const before = (await entries()).length
  const found = await ask(person('Zwyssig', 'Quirina', '1961-03-12', 'MRN-1'))
  expect(graded(found)).toEqual([
    [same, 'certain'],
    [twin, 'possible'],
  ])
  expect((await entries()).slice(before)).toMatchObject([{ action: '$match', types: ['Patient'] }])
  expect((await entries()).at(-1)?.patients.toSorted()).toEqual([same, twin].toSorted())
  const only = { name: 'onlyCertainMatches', valueBoolean: true }
  expect(graded(await ask(person('Zwyssig', 'Quirina', '1961-03-12', 'MRN-1'), only))).toEqual([[same, 'certain']])
  expect(graded(await ask(person('Zwyssig', 'Quirina', '1961-03-12', 'MRN-9'), only))).toEqual([])
  expect(graded(await ask(person('Zwyssig', 'Quirina', '1961-12-03', 'MRN-9')))).toEqual([])
  expect(
    graded(
      await ask(
        { resourceType: 'Patient', name: [{ family: 'Zwyssig' }], birthDate: '1961-03-12' },
        { name: 'count', valueInteger: 1 },
      ),
    ).length,
  ).toBe(1)
  expect((await ask({ resourceType: 'Observation' })).status).toBe(422)
  expect((await fhir('POST', '/Patient/$match', { resourceType: 'Parameters' })).status).toBe(422)
})

test('R-14: $validate says all that is wrong, with status 200', async ({ rest: { fhir, patient, make, entries } }) => {
  const who = await patient()
  const issues = ({ json }: Reply) => listOf(json['issue']).map(({ severity }) => String(severity))
  const fine = await fhir('POST', '/Observation/$validate', observation(who))
  expect([fine.status, issues(fine).includes('error')]).toEqual([200, false])
  const wrong = await fhir('POST', '/Observation/$validate', { ...observation(who), status: 'CANARY-VALUE', canary: 1 })
  expect([wrong.status, issues(wrong).filter((one) => one === 'error').length]).toEqual([200, 2])
  expect(wrong.text).not.toContain('CANARY-VALUE')
  const id = await make(observation(who))
  const before = (await entries()).length
  expect((await fhir('POST', `/Observation/${id}/$validate`)).status).toBe(200)
  expect((await entries()).slice(before)).toMatchObject([{ types: ['Observation'], patients: [who] }])
  const profile = { name: 'profile', valueUri: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient' }
  const bare = { name: 'resource', resource: { resourceType: 'Patient' } }
  const judged = await fhir('POST', '/Patient/$validate', { resourceType: 'Parameters', parameter: [bare, profile] })
  expect([judged.status, issues(judged).includes('error')]).toEqual([200, true])
  expect((await fhir('POST', '/Observation/$validate?mode=canary', observation(who))).status).toBe(400)
})
