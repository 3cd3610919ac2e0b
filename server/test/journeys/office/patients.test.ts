import { expect } from 'vitest'
import { listOf } from '../../desk.ts'
import { observation } from '../../fixtures.ts'
import { test } from '../../rest-rig.ts'

const status = (kind: 'clinical' | 'verification', code: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/allergyintolerance-${kind}`, code }],
})

const allergyTo = (patient: string, over: object = {}) => ({
  resourceType: 'AllergyIntolerance',
  clinicalStatus: status('clinical', 'active'),
  verificationStatus: status('verification', 'confirmed'),
  code: { text: 'Penicillin' },
  patient: { reference: `Patient/${patient}` },
  ...over,
})

test('patients are found by parts of names in any order, birth date and MRN, and likely doubles are named', async ({
  rest,
}) => {
  const id = await rest.patient()
  const double = await rest.patient({ identifier: [{ system: 'urn:mrn', value: 'MRN-77Q9' }] })
  const adler = { name: [{ family: 'Adler', given: ['Bo'] }], birthDate: '1999-01-01' }
  await rest.patient({ ...adler, identifier: [{ system: 'urn:mrn', value: 'A-1' }] })
  const desk = await rest.desk('front-desk')
  const find = async (text: string, limit?: number) => desk.office('POST', '/patients/search', { text, limit })
  expect((await find('quir zwy', 1)).json).toEqual({
    patients: [expect.objectContaining({ id: expect.any(String) })],
    more: true,
  })
  for (const text of ['zwyssig quirina', 'QUIRINA ZWY', '1961-03-12', '3/12/1961 zwy', '12.3.1961']) {
    const { patients } = (await find(text)).json
    expect(
      listOf(patients)
        .map((hit) => hit['id'])
        .toSorted(),
      text,
    ).toEqual([id, double].toSorted())
  }
  expect((await find('MRN-77Q9')).json).toEqual({
    patients: [
      {
        id: double,
        name: 'Zwyssig, Quirina Maria',
        birthDate: '1961-03-12',
        sex: 'female',
        mrn: 'MRN-77Q9',
        deceased: false,
        duplicates: [id],
      },
    ],
    more: false,
  })
  expect((await find('nobody of this name')).json).toEqual({ patients: [], more: false })
  expect((await find('')).json).toEqual({ patients: [], more: false })
  for (const body of [
    { text: 1 },
    {},
    { text: 'a', limit: 0 },
    { text: 'a', limit: 51 },
    { text: 'a', limit: 1.5 },
    { text: 'x'.repeat(201) },
  ])
    expect((await desk.office('POST', '/patients/search', body)).json).toMatchObject({ code: 'input-invalid' })
})

test('what is searched for stands sealed in the entry, with everyone who was shown', async ({ rest }) => {
  const id = await rest.patient()
  const desk = await rest.desk('nurse')
  await desk.office('POST', '/patients/search', { text: 'zwyssig 1961-03' })
  const entry = (await rest.entries()).at(-1)
  expect(entry).toMatchObject({
    actor: { id: desk.id, role: 'nurse' },
    action: 'search',
    types: ['Patient'],
    patients: [id],
    purpose: 'TREAT',
    rule: 'role:nurse/demographic',
    details: { text: 'zwyssig 1961-03' },
  })
})

test('recent patients are those this person opened, newest first, and nobody else’s', async ({ rest }) => {
  const [first, second, third] = [await rest.patient(), await rest.patient(), await rest.patient()]
  const desk = await rest.desk('clinician')
  const other = await rest.desk('clinician')
  expect((await desk.office('GET', '/patients/recent')).json).toEqual({ patients: [], more: false })
  for (const id of [first, second, first]) await desk.office('GET', `/patients/${id}/banner`)
  await other.office('GET', `/patients/${third}/banner`)
  await desk.office('POST', '/patients/search', { text: 'zwyssig' })
  const recent = await desk.office('GET', '/patients/recent')
  expect(listOf(recent.json['patients']).map((hit) => hit['id'])).toEqual([first, second])
})

test('H-T06: opening a chart is one entry, and its allergies another', async ({ rest }) => {
  const id = await rest.patient()
  const desk = await rest.desk('clinician')
  const before = (await rest.entries()).length
  await desk.office('GET', `/patients/${id}/banner`)
  expect((await rest.entries()).slice(before)).toMatchObject([
    { action: 'read', types: ['Patient'], patients: [id], outcome: 'done' },
    { action: 'search', types: ['AllergyIntolerance'], patients: [id], outcome: 'done' },
  ])
})

test('the banner: who it is, how to reach them, and who else looked lately', async ({ rest }) => {
  const photo = await rest.make({ resourceType: 'Binary', contentType: 'image/png', data: 'iVBORw0KGgo=' })
  const id = await rest.patient({
    name: [
      { use: 'official', family: 'Zwyssig', given: ['Quirina', 'Maria'] },
      { use: 'nickname', given: ['Quiri'] },
    ],
    telecom: [
      { system: 'email', value: 'quirina@example.org' },
      { system: 'phone', use: 'old', value: '555-0100' },
      { system: 'phone', use: 'home', value: '555-0101' },
      { system: 'phone', use: 'mobile', value: '555-0102' },
    ],
    generalPractitioner: [{ display: 'Dr Aiko Ito' }],
    photo: [{ contentType: 'image/png', url: `Binary/${photo}` }],
  })
  const clinician = await rest.desk('clinician')
  const frontDesk = await rest.desk('front-desk')
  await frontDesk.office('GET', `/patients/${id}/banner`)
  await frontDesk.office('POST', '/patients/search', { text: 'zwyssig' })
  await rest.desk('nurse').then((nurse) => nurse.office('POST', '/patients/search', { text: 'zwyssig' }))
  expect((await clinician.office('GET', `/patients/${id}/banner`)).json).toEqual({
    id,
    name: 'Zwyssig, Quirina Maria',
    preferredName: 'Quiri',
    birthDate: '1961-03-12',
    sex: 'female',
    mrn: 'MRN-77Q',
    deceased: false,
    duplicates: [],
    initials: 'QZ',
    allergies: { status: 'not-asked' },
    phone: '555-0102',
    primaryCare: 'Dr Aiko Ito',
    photo,
    viewers: 1,
  })
  const seen = (await frontDesk.office('GET', `/patients/${id}/banner`)).json
  expect(seen).toMatchObject({ id, phone: '555-0102' })
  // Who looked is for those who treat; a photo is a document.
  expect([seen['viewers'], seen['photo']]).toEqual([undefined, undefined])
})

test('allergies: not asked, none known, known and not shown are four different things', async ({ rest }) => {
  const id = await rest.patient()
  const nurse = await rest.desk('nurse')
  const allergies = async (desk = nurse) => (await desk.office('GET', `/patients/${id}/banner`)).json['allergies']
  expect(await allergies()).toEqual({ status: 'not-asked' })
  await rest.make(
    allergyTo(id, { clinicalStatus: undefined, verificationStatus: status('verification', 'entered-in-error') }),
  )
  await rest.make(allergyTo(id, { clinicalStatus: status('clinical', 'resolved') }))
  expect(await allergies()).toEqual({ status: 'not-asked' })
  await rest.make(allergyTo(id, { code: { coding: [{ system: 'http://snomed.info/sct', code: '716186003' }] } }))
  expect(await allergies()).toEqual({ status: 'none-known' })
  await rest.make(allergyTo(id, { reaction: [{ manifestation: [{ text: 'Rash' }], severity: 'mild' }] }))
  await rest.make(allergyTo(id, { code: { coding: [{ display: 'Peanut' }] }, criticality: 'high' }))
  expect(await allergies()).toEqual({
    status: 'known',
    allergies: [
      { text: 'Peanut', severe: true },
      { text: 'Penicillin', severe: false, reaction: 'Rash' },
    ],
  })
  expect(await allergies(await rest.desk('biller'))).toEqual({
    status: 'not-shown',
    reason: {
      code: 'not-permitted',
      text: 'Policy does not permit this.',
      rule: 'role:biller/clinical',
      remedy: 'Clinical records are open to nurses and clinicians.',
      reference: expect.any(String),
    },
  })
})

test('records by type come as stored, newest first, by category, and page without gap or overlap', async ({ rest }) => {
  const id = await rest.patient()
  const made: string[] = []
  for (let day = 1; day <= 7; day++)
    made.push(await rest.make(observation(id, '8480-6', `2026-03-0${day}T10:00:00Z`, day)))
  await rest.make({ resourceType: 'Condition', subject: { reference: `Patient/${id}` }, code: { text: 'canary' } })
  const desk = await rest.desk('nurse')
  const list = async (query: string) => (await desk.office('GET', `/patients/${id}/records?${query}`)).json
  const idsOf = (page: { [name: string]: unknown }) => listOf(page['records'] as never).map((one) => String(one['id']))

  const all = await list('type=Observation&type=Condition')
  expect(idsOf(all)).toHaveLength(8)
  expect(all['refused']).toEqual([])
  const [stored] = listOf(all['records']).filter((one) => String(one['id']) === made[6])
  expect(stored).toEqual((await rest.fhir('GET', `/Observation/${made[6]}`)).json)

  const seen: string[] = []
  let page = await list('type=Observation&count=3')
  for (;;) {
    seen.push(...idsOf(page))
    if (page['next'] === undefined) break
    page = await list(`type=Observation&count=3&before=${String(page['next'])}`)
  }
  expect(seen).toEqual(made.toReversed())
  expect(idsOf(await list('type=Observation&category=vital-signs'))).toHaveLength(7)
  expect(idsOf(await list('type=Observation&category=laboratory'))).toEqual([])
  expect(idsOf(await list('type=Observation&category=laboratory&category=vital-signs'))).toHaveLength(7)
  for (const query of ['', 'type=Observation&count=0', 'type=Observation&count=1e3', 'type=Observation&before=x'])
    expect(await list(query), query).toMatchObject({ code: 'parameter-invalid' })
  expect(await list('type=Canary')).toMatchObject({ code: 'type-unknown' })
})

test('H-V08: types that the role may not see are named with their rule, recorded, and say nothing of what there is', async ({
  rest,
}) => {
  const id = await rest.patient()
  await rest.make({ resourceType: 'Condition', subject: { reference: `Patient/${id}` }, code: { text: 'canary' } })
  const desk = await rest.desk('biller')
  const before = (await rest.entries()).length
  const { json, text } = await desk.office('GET', `/patients/${id}/records?type=Condition&type=Claim&type=Observation`)
  expect(json).toMatchObject({
    records: [],
    refused: [
      { type: 'Condition', reason: { code: 'not-permitted', rule: 'role:biller/clinical' } },
      { type: 'Observation', reason: { code: 'not-permitted', rule: 'role:biller/clinical' } },
    ],
  })
  expect(text).not.toContain('canary')
  expect((await rest.entries()).slice(before)).toMatchObject([
    { outcome: 'refused', types: ['Condition', 'Observation'], patients: [id], rule: 'role:biller/clinical' },
    { outcome: 'done', types: ['Claim'], patients: [id], rule: 'role:biller/billing' },
  ])
})

test('a patient who is not here, or is called by what is no id, is not found', async ({ rest }) => {
  const desk = await rest.desk('clinician')
  const nobody = '01890a5d-ac96-8abc-b123-0123456789ab'
  const draft = { title: '', text: 'x', loinc: '11506-3' }
  for (const id of [nobody, 'x', '..%2f..', "'--", nobody.toUpperCase()]) {
    for (const [method, path, body] of [
      ['GET', 'banner', undefined],
      ['GET', 'records?type=Observation', undefined],
      ['GET', 'events', undefined],
      ['PUT', 'draft', draft],
      ['POST', 'documents', Buffer.from('x')],
      ['GET', `documents/${nobody}`, undefined],
      ['POST', 'notes', { draft, password: desk.password }],
    ] as const)
      expect((await desk.office(method, `/patients/${id}/${path}`, body)).status, `${path} of ${id}`).toBe(404)
  }
})
