import { expect } from 'vitest'
import { type Desk, type Json, listOf } from '../../desk.ts'
import { observation } from '../../fixtures.ts'
import { test } from '../../rest-rig.ts'

const entriesOf = (json: Json): Json[] => listOf(json['entries'])
const steps = (json: Json): unknown[] =>
  entriesOf(json).map((entry) => [entry['action'], entry['what'], entry['outcome']])

test('H-T06: access history shows every step at a chart: who, when, what, why allowed; looking at it is a step too', async ({
  rest,
  rig,
}) => {
  await rig.ledger.start()
  const patient = await rest.patient()
  const clinician = await rest.desk('clinician')
  const biller = await rest.desk('biller')
  const officer = await rest.desk('privacy-officer')
  const draft = { title: 'Visit', text: 'canary', loinc: '11506-3' }
  await clinician.office('GET', `/patients/${patient}/banner`)
  await clinician.office('GET', `/patients/${patient}/records?type=Condition&type=Observation`)
  await clinician.fhir('POST', '/Observation', observation(patient))
  await clinician.office('PUT', `/patients/${patient}/draft`, draft)
  await clinician.office('POST', `/patients/${patient}/notes`, { draft, password: clinician.password })
  await biller.office('GET', `/patients/${patient}/draft`)
  await biller.fhir('GET', `/Patient/${patient}/_history`)
  await clinician.office('GET', `/patients/${patient}/access`)

  const history = await officer.office('GET', `/patients/${patient}/access`)
  expect(steps(history.json).toReversed()).toEqual([
    ['create', 'Patient', 'done'],
    ['read', 'Patient', 'done'],
    ['search', 'AllergyIntolerance', 'done'],
    ['search', 'Condition, Observation', 'done'],
    ['create', 'Observation', 'done'],
    ['draft', 'DocumentReference', 'done'],
    ['create', 'DocumentReference', 'done'],
    ['draft', 'DocumentReference', 'done'],
    ['draft', 'DocumentReference', 'refused'],
    ['history', 'Patient', 'refused'],
    ['review-access', 'AuditEvent', 'done'],
  ])
  const [look, , refused] = entriesOf(history.json)
  expect(look).toEqual({
    id: expect.any(String),
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    who: clinician.name,
    role: 'clinician',
    workstation: '127.0.0.1',
    action: 'review-access',
    what: 'AuditEvent',
    purpose: 'TREAT',
    rule: 'role:clinician/access-history',
    why: 'What clinicians may see and do with who opened a chart',
    outcome: 'done',
  })
  expect(refused).toMatchObject({ who: biller.name, role: 'biller', purpose: 'HPAYMT', rule: 'role:biller/clinical' })
  expect(entriesOf(history.json).at(-1)).toMatchObject({ who: 'Test program', rule: 'client:scope' })
  expect(history.text).not.toContain('canary')
  await expect
    .poll(async () => (await officer.office('GET', `/patients/${patient}/access`)).json['checkpoint'])
    .toEqual({ size: expect.any(Number), at: expect.stringMatching(/^\d{4}-/) })
  const [own] = entriesOf((await officer.office('GET', `/patients/${patient}/access`)).json)
  expect(own).toMatchObject({ who: officer.name, action: 'review-access' })
})

test('access history comes in pages, newest first, without gap or overlap', async ({ rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('nurse')
  for (let look = 0; look < 110; look++) await rest.fhir('GET', `/Patient/${patient}`)
  const first = await desk.office('GET', `/patients/${patient}/access`)
  expect(entriesOf(first.json)).toHaveLength(100)
  const next = encodeURIComponent(String(first.json['next']))
  const second = await desk.office('GET', `/patients/${patient}/access?before=${next}`)
  expect(second.json['next']).toBeUndefined()
  const ids = [...entriesOf(first.json), ...entriesOf(second.json)].map((entry) => String(entry['id']))
  // One record made, 110 looks, none of the two looks at the history itself: they came later than the page began.
  expect([ids.length, new Set(ids).size]).toEqual([111, 111])
  for (const before of ['x', '1.2', "1'--.01890a5d-ac96-8abc-b123-0123456789ab"]) {
    const path = `/patients/${patient}/access?before=${encodeURIComponent(before)}`
    expect((await desk.office('GET', path)).json).toMatchObject({ code: 'parameter-invalid' })
  }
})

test('H-B14: what one person did, with the patient where it was one; for the privacy officer alone', async ({
  rest,
}) => {
  const [patient, other] = [await rest.patient(), await rest.patient()]
  const nurse = await rest.desk('nurse')
  const officer = await rest.desk('privacy-officer')
  await nurse.office('GET', `/patients/${patient}/banner`)
  await nurse.office('POST', '/patients/search', { text: 'zwyssig' })
  await nurse.office('GET', `/people?account=${officer.id}`)
  const path = `/people?account=${nurse.id}`
  const { json } = await officer.office('GET', path)
  expect(steps(json)).toEqual([
    ['review-access', 'AuditEvent', 'refused'],
    ['search', 'Patient', 'done'],
    ['search', 'AllergyIntolerance', 'done'],
    ['read', 'Patient', 'done'],
    ['sign-in', '', 'done'],
  ])
  const patients = entriesOf(json).map((entry) => entry['patient']?.['id'])
  expect(patients).toEqual([undefined, undefined, patient, patient, undefined])
  expect(other).not.toBe(patient)
  const looked = (await rest.entries()).filter(({ actor }) => actor.id === officer.id).slice(-2)
  expect(looked).toMatchObject([
    { action: 'search', types: ['Patient'], patients: [patient] },
    { action: 'review-access', types: ['AuditEvent'], purpose: 'HOPERAT' },
  ])
  for (const asked of ['', 'account=', 'account=x', `account=${nurse.user}`])
    expect((await officer.office('GET', `/people?${asked}`)).json).toMatchObject({ code: 'parameter-invalid' })
  expect(await refusalOf(nurse, path)).toEqual([
    'not-permitted',
    'role:nurse/access-history',
    'Ask the privacy officer.',
  ])
})

async function refusalOf(desk: Desk, path: string): Promise<unknown[]> {
  const { code, rule, remedy } = (await desk.office('GET', path)).json
  return [code, rule, remedy]
}

test('what a colleague did is not told where a patient’s history is asked for, nor whose records by a patient’s id', async ({
  rest,
  rig,
}) => {
  const nurse = await rest.desk('nurse')
  const colleague = await rest.desk('clinician')
  const officer = await rest.desk('privacy-officer')
  const patient = await rest.patient()
  await colleague.office('GET', `/patients/${patient}/banner`)
  // Both while entries are pending and once they are in order.
  for (const signed of [false, true]) {
    if (signed) {
      await rig.ledger.start()
      await expect
        .poll(async () => (await officer.office('GET', `/patients/${patient}/access`)).json['checkpoint'])
        .toBeDefined()
    }
    const asPatient = await nurse.office('GET', `/patients/${colleague.id}/access`)
    expect([asPatient.status, asPatient.json['next']]).toEqual([200, undefined])
    // The asking itself is there, the second time.
    expect(entriesOf(asPatient.json).map(({ who, action }) => [who, action])).toEqual(
      signed ? [[nurse.name, 'review-access']] : [],
    )
    const asPerson = await officer.office('GET', `/people?account=${patient}`)
    expect([asPerson.status, entriesOf(asPerson.json)]).toEqual([200, []])
  }
})
