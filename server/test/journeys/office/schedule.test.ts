import { expect } from 'vitest'
import { listOf } from '../../desk.ts'
import { test } from '../../rest-rig.ts'

const appointment = (patient: string, over: object = {}) => ({
  resourceType: 'Appointment',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">canary narrative</div>' },
  status: 'booked',
  description: 'canary subject line',
  serviceType: [{ text: 'Follow-up' }],
  reasonCode: [{ text: 'canary cough' }],
  comment: 'canary comment',
  start: '2026-03-02T10:00:00-05:00',
  end: '2026-03-02T10:20:00-05:00',
  participant: [
    { actor: { reference: `Patient/${patient}` }, status: 'accepted' },
    {
      actor: { reference: 'Practitioner/01890a5d-ac96-8abc-b123-0123456789ab', display: 'Dr Aiko Ito' },
      status: 'accepted',
    },
    { actor: { reference: 'Location/01890a5d-ac96-8abc-b123-0123456789ac', display: 'Room 2' }, status: 'accepted' },
  ],
  ...over,
})

test('the day as those who treat see it, in order of time, by the day that the practice calls it', async ({ rest }) => {
  const patient = await rest.patient()
  const id = await rest.make(appointment(patient))
  const late = await rest.make(
    appointment(patient, { start: '2026-03-02T23:30:00-05:00', end: '2026-03-02T23:50:00-05:00' }),
  )
  const early = await rest.make(
    appointment(patient, { start: '2026-03-02T07:00:00+13:00', end: '2026-03-02T07:20:00+13:00' }),
  )
  await rest.make(appointment(patient, { start: '2026-03-03T10:00:00-05:00', end: '2026-03-03T10:20:00-05:00' }))
  const desk = await rest.desk('clinician')
  const { json } = await desk.office('GET', '/schedule?date=2026-03-02')
  expect(json['date']).toEqual('2026-03-02')
  expect(listOf(json['appointments']).map((visit) => visit['id'])).toEqual([early, id, late])
  expect(listOf(json['appointments'])[1]).toEqual({
    id,
    version: '1',
    start: '2026-03-02T10:00:00-05:00',
    end: '2026-03-02T10:20:00-05:00',
    status: 'booked',
    patient: expect.objectContaining({ id: patient, name: 'Zwyssig, Quirina Maria', mrn: 'MRN-77Q' }),
    practitioner: 'Dr Aiko Ito',
    room: 'Room 2',
    type: 'Follow-up',
    reason: 'canary cough',
  })
  for (const date of ['2026-3-2', '2026-02-30', 'today', '2026-03-02T00:00', ''])
    expect((await desk.office('GET', `/schedule?date=${date}`)).json, date).toMatchObject({ code: 'parameter-invalid' })
  const today = await desk.office('GET', '/schedule')
  expect(today.json).toEqual({ date: new Date().toISOString().slice(0, 10), appointments: [] })
})

test('a day of six hundred visits is shown whole', async ({ rest }) => {
  const patient = await rest.patient()
  const entry = Array.from({ length: 600 }, (_, visit) => {
    const at = new Date(Date.parse('2026-03-02T08:00:00Z') + visit * 60_000).toISOString()
    return { request: { method: 'POST', url: 'Appointment' }, resource: appointment(patient, { start: at, end: at }) }
  })
  expect((await rest.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200)
  const desk = await rest.desk('nurse')
  const { json } = await desk.office('GET', '/schedule?date=2026-03-02')
  expect(listOf(json['appointments'])).toHaveLength(600)
})

test('H-V08: the front desk moves a visit along without seeing why someone comes, and without losing it', async ({
  rest,
}) => {
  const patient = await rest.patient()
  const id = await rest.make(appointment(patient))
  const frontDesk = await rest.desk('front-desk')
  const clinician = await rest.desk('clinician')
  const visit = async (desk = frontDesk) => {
    const got = await desk.office('GET', '/schedule?date=2026-03-02')
    return { text: got.text, visit: listOf(got.json['appointments'])[0] }
  }
  let version = 1
  for (const status of ['arrived', 'checked-in', 'fulfilled']) {
    const moved = await frontDesk.office('POST', `/appointments/${id}/status`, { status, version: String(version) })
    expect([moved.status, moved.text]).toEqual([204, ''])
    const seen = await visit()
    expect(seen.visit).toMatchObject({ status, version: String(++version) })
    expect(seen.text).not.toContain('canary')
  }
  expect((await visit(clinician)).visit).toMatchObject({ status: 'fulfilled', reason: 'canary cough' })
  expect((await rest.fhir('GET', `/Appointment/${id}`)).json).toMatchObject({
    ...appointment(patient, { status: 'fulfilled' }),
  })
  // By the other door as well: neither a read nor the answer to a change shows it.
  const read = await frontDesk.fhir('GET', `/Appointment/${id}`)
  expect(read.text).not.toContain('canary')
  const changed = await frontDesk.fhir(
    'PUT',
    `/Appointment/${id}`,
    { ...read.json, status: 'cancelled' },
    { 'if-match': 'W/"4"' },
  )
  expect([changed.status, changed.text.includes('canary')]).toEqual([200, false])
  expect((await rest.fhir('GET', `/Appointment/${id}`)).text).toContain('canary cough')
  expect((await frontDesk.fhir('GET', `/Appointment/${id}/_history`)).status).toBe(403)
  expect((await frontDesk.fhir('GET', `/Appointment/${id}/_history/1`)).status).toBe(403)
})

test('R-06: of many who move a visit from the same version, one does; the others are told', async ({ rest }) => {
  const id = await rest.make(appointment(await rest.patient()))
  const desk = await rest.desk('nurse')
  const move = (version?: string) => desk.office('POST', `/appointments/${id}/status`, { status: 'arrived', version })
  const tries = await Promise.all(Array.from({ length: 12 }, () => move('1')))
  expect(tries.map(({ status }) => status).toSorted()).toEqual([204, ...Array.from({ length: 11 }, () => 412)])
  expect((await rest.fhir('GET', `/Appointment/${id}`)).json['meta']).toMatchObject({ versionId: '2' })
  expect((await move('1')).json).toMatchObject({ code: 'version-conflict' })
  expect((await move()).status).toBe(204)
})

test('what is no status, no version or no appointment is refused', async ({ rest }) => {
  const patient = await rest.patient()
  const id = await rest.make(appointment(patient))
  const desk = await rest.desk('nurse')
  for (const body of [
    {},
    { status: 'entered-in-error' },
    { status: '__proto__' },
    { status: 'arrived', version: 1 },
    { status: 'arrived', version: '-1' },
  ])
    expect((await desk.office('POST', `/appointments/${id}/status`, body)).json).toMatchObject({
      code: 'input-invalid',
    })
  for (const other of [patient, 'x', '01890a5d-ac96-8abc-b123-0123456789ab'])
    expect((await desk.office('POST', `/appointments/${other}/status`, { status: 'arrived' })).status).toBe(404)
  expect((await rest.fhir('GET', `/Appointment/${id}`)).json['meta']).toMatchObject({ versionId: '1' })
})
