import { expect } from 'vitest'
import { observation } from '../../fixtures.ts'
import { follow, test } from '../../rest-rig.ts'

const claimFor = (patient: string) => ({
  resourceType: 'Claim',
  status: 'active',
  type: { text: 'professional' },
  use: 'claim',
  created: '2026-03-02',
  provider: { display: 'canary' },
  priority: { text: 'normal' },
  patient: { reference: `Patient/${patient}` },
  insurance: [{ sequence: 1, focal: true, coverage: { display: 'canary' } }],
})

test('a change by another user arrives as type and id, without content; one’s own does not', async ({ rig, rest }) => {
  const patient = await rest.patient()
  const other = await rest.patient()
  const desk = await rest.desk('clinician')
  const before = (await rest.entries()).length
  const events = await follow(rig, `/office/patients/${patient}/events`, desk.cookie())
  expect(events.text()).toMatch(/content-type: text\/event-stream/i)
  expect((await rest.entries()).slice(before)).toMatchObject([
    { action: 'read', types: ['Patient'], patients: [patient] },
  ])

  await rest.make(observation(other))
  const made = await desk.fhir('POST', '/Observation', observation(patient))
  expect(made.status).toBe(201)
  const id = await rest.make(observation(patient))
  expect(await events.next()).toEqual({ event: 'changed', data: { type: 'Observation', id } })
  await rest.fhir('DELETE', `/Observation/${id}`)
  expect(await events.next()).toEqual({ event: 'changed', data: { type: 'Observation', id } })
  expect(events.text()).not.toMatch(/canary|Zwyssig|8480-6/)
  events.close()
})

test('H-V08: nothing is told of types that the role may not see', async ({ rig, rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('biller')
  const events = await follow(rig, `/office/patients/${patient}/events`, desk.cookie())
  await rest.make(observation(patient))
  const id = await rest.make(claimFor(patient))
  expect(await events.next()).toEqual({ event: 'changed', data: { type: 'Claim', id } })
  expect(events.text()).not.toContain('Observation')
  events.close()
})

test.for<
  [string, (desk: { office(method: string, path: string, body?: unknown): Promise<unknown> }) => Promise<unknown>]
>([
  ['is locked', (desk) => desk.office('POST', '/lock')],
  ['is over', (desk) => desk.office('POST', '/sign-out')],
  ['takes another role', (desk) => desk.office('POST', '/role', { role: 'biller' })],
])('N-03, N-07: the stream ends when the session %s', async ([, act], { rig, rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('nurse', 'biller')
  const cookie = desk.cookie()
  const events = await follow(rig, `/office/patients/${patient}/events`, cookie)
  await act(desk)
  await events.ended
  await rest.make(observation(patient))
  expect(events.text()).not.toContain('changed')
  const again = await follow(rig, `/office/patients/${patient}/events`, cookie)
  expect(again.text()).toMatch(/^HTTP\/1\.1 401 /)
  events.close()
  again.close()
})

test('R-16: a session has a dozen streams at once and no more; one that is closed makes room', async ({
  rig,
  rest,
}) => {
  const patient = await rest.patient()
  const desk = await rest.desk('nurse')
  const colleague = await rest.desk('nurse')
  const path = `/office/patients/${patient}/events`
  const open = await Promise.all(Array.from({ length: 12 }, () => follow(rig, path, desk.cookie())))
  const tooMany = await follow(rig, path, desk.cookie())
  expect(tooMany.text()).toMatch(/^HTTP\/1\.1 429 /)
  const others = await follow(rig, path, colleague.cookie())
  expect(others.text()).toMatch(/^HTTP\/1\.1 200 /)
  open[0]?.close()
  await expect
    .poll(async () => {
      const next = await follow(rig, path, desk.cookie())
      next.close()
      return next.text().slice(0, 12)
    })
    .toBe('HTTP/1.1 200')
  for (const one of [...open, tooMany, others]) one.close()
})

test('a reader who does not read holds up nobody else', async ({ rig, rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('nurse')
  const socket = await rig.connect()
  socket.write(
    `GET /office/patients/${patient}/events HTTP/1.1\r\nhost: localhost\r\ncookie: ${desk.cookie()}\r\nsec-fetch-site: same-origin\r\n\r\n`,
  )
  await new Promise((resolve) => socket.once('data', resolve))
  socket.pause()
  const events = await follow(rig, `/office/patients/${patient}/events`, desk.cookie())
  const id = await rest.make(observation(patient))
  expect(await events.next()).toEqual({ event: 'changed', data: { type: 'Observation', id } })
  events.close()
  socket.destroy()
})
