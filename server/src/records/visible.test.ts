import { randomBytes } from 'node:crypto'
import type { Resource } from '@chartkeep/model/fhir'
import { afterAll, expect, test } from 'vitest'
import { bucketOf, type Id, newId, openLog } from '#base'
import { PatientKey } from '#keys'
import { type Actor, type Grant, grantFor, parseScope, type Role } from '#policy'
import { type Facts, spellPlace } from './body.ts'
import type { HeldKey } from './patient-keys.ts'
import { parseRow, type Row } from './row.ts'
import { sealPiece } from './sealing/piece.ts'
import { openSealer } from './sealing/sealer.ts'
import { openAllVisible, storedOf, withhold } from './visible.ts'

const sealer = openSealer(openLog('silent'), false)
afterAll(() => sealer.close())

const una = newId<'patient'>(0)
const held: HeldKey = { owner: una, keyId: 1, key: new PatientKey(randomBytes(32)) }

function rowOf(resource: Resource, over: Partial<Facts> = {}): Row {
  const facts: Facts = {
    ...{ tenant: 1, type: resource.resourceType, id: newId<string>(1, bucketOf(una)), version: 2, at: 123_456_789 },
    ...{ updated: Date.UTC(2026, 2, 1), patient: una, keyId: 1, deleted: false },
    ...over,
  }
  const row = {
    ...facts,
    bucket: bucketOf(facts.id),
    place: spellPlace(facts),
    body: Buffer.from(JSON.stringify(resource)),
  }
  return { ...row, body: sealPiece({ key: held.key.body, row }).body }
}

const person = (role: Role): Actor => ({
  kind: 'person',
  tenant: 1,
  id: newId(0),
  role,
  session: newId(0),
  workstation: 'w',
})
const client = (scope: string): Actor => ({ kind: 'client', tenant: 1, id: newId(0), workstation: 'w', scopes: [parseScope(scope)!] }) // oxfmt-ignore
const reading = (actor: Actor, type: Resource['resourceType'], patient?: Id<'patient'>) => grantFor({ actor, purpose: 'TREAT' }, 'read', type, patient) // oxfmt-ignore

const observation: Resource = { resourceType: 'Observation', status: 'final', code: { text: 'Canary' } }

async function show(grant: Grant, row: Row) {
  const [opened] = await openAllVisible(sealer, [{ grant, row, held }])
  return opened === undefined ? undefined : JSON.parse(storedOf(opened).json.toString())
}

test('a record is opened as it was stored for whoever sees it all', async () => {
  expect(await show(reading(person('clinician'), 'Observation'), rowOf(observation))).toEqual(observation)
})

test('a grant for one patient opens nothing of another', async () => {
  const [own, other] = [reading(person('clinician'), 'Observation', una), reading(person('clinician'), 'Observation', newId<'patient'>(5))] // oxfmt-ignore
  expect(await show(own, rowOf(observation))).toEqual(observation)
  expect(await show(other, rowOf(observation))).toBeUndefined()
})

test('a scope with a condition opens what meets it, and no deletion: that has no content to meet it', async () => {
  const narrow = reading(client('system/Observation.rs?status=final'), 'Observation')
  const whole = reading(client('system/Observation.rs'), 'Observation')
  const amended: Resource = { ...observation, status: 'amended' }
  expect(await show(narrow, rowOf(observation))).toEqual(observation)
  expect(await show(narrow, rowOf(amended))).toBeUndefined()
  expect(await show(whole, rowOf(amended))).toEqual(amended)
  expect(await show(narrow, rowOf(observation, { deleted: true }))).toBeUndefined()
  expect(await show(whole, rowOf(observation, { deleted: true }))).toEqual(observation)
})

test('of two scopes one is enough, and of two conditions in one both have to be met', async () => {
  const [either, both] = [
    reading(
      {
        ...client('system/*.rs'),
        scopes: ['final', 'amended'].map((status) => parseScope(`system/Observation.rs?status=${status}`)!),
      } as Actor,
      'Observation',
    ),
    reading(client('system/Observation.rs?status=final&_id=x'), 'Observation'),
  ]
  for (const status of ['final', 'amended'])
    expect(await show(either, rowOf({ ...observation, status }))).toMatchObject({ status })
  expect(await show(either, rowOf({ ...observation, status: 'registered' }))).toBeUndefined()
  expect(await show(both, rowOf(observation))).toBeUndefined()
})

test('a body that was cut, or names a dictionary that there is not, opens as little as an altered one', async () => {
  const row = rowOf(observation)
  const unknown = Buffer.from(row.body)
  unknown[0] = 255
  for (const body of [Buffer.alloc(0), row.body.subarray(0, 10), unknown])
    expect(await sealer.open([{ key: held.key.body, row: { ...row, body } }])).toEqual([undefined])
})

test('a row without an id is none of ours', () => {
  const { place, body } = rowOf(observation)
  const nameless = Buffer.concat([place, body])
  nameless.fill(0, 32, 48)
  expect(() => parseRow({ row: nameless })).toThrow('a row has an id')
})

test('what a role does not see is left out, and the digits of what is left stay as they were written', async () => {
  const appointment: Resource = {
    resourceType: 'Appointment',
    status: 'booked',
    description: 'Canary',
    comment: 'Canary',
    participant: [],
  }
  const desk = reading(person('front-desk'), 'Appointment')
  const shown = await show(desk, rowOf(appointment))
  expect(shown).toMatchObject({ resourceType: 'Appointment', status: 'booked' })
  expect(JSON.stringify(shown)).not.toContain('Canary')
  expect(JSON.stringify(JSON.parse(withhold(Buffer.from(JSON.stringify(appointment)), desk).toString()))).toBe(JSON.stringify(shown)) // oxfmt-ignore
  // Who sees it whole is given the very bytes.
  const bytes = Buffer.from('{"resourceType":"Appointment","minutesDuration":1.50}')
  expect(withhold(bytes, reading(person('clinician'), 'Appointment'))).toBe(bytes)
  expect(withhold(bytes, desk).toString()).toContain('1.50')
})

test('a record that was altered fails the whole page; what the grant does not show is not opened at all', async () => {
  const grant = reading(person('clinician'), 'Observation', una)
  const broken = { ...rowOf(observation), body: randomBytes(200) }
  await expect(openAllVisible(sealer, [{ grant, row: rowOf(observation), held }, { grant, row: broken, held }])).rejects.toMatchObject({ code: 'record-damaged' }) // oxfmt-ignore
  const elsewhere = { ...broken, patient: newId<'patient'>(9) }
  expect(await openAllVisible(sealer, [{ grant, row: elsewhere, held }])).toEqual([undefined])
})

test('of several each stands in its place', async () => {
  const grant = reading(client('system/Observation.rs?status=final'), 'Observation')
  const rows = [observation, { ...observation, status: 'amended' }, { ...observation, code: { text: 'b' } }].map((one) => rowOf(one)) // oxfmt-ignore
  const opened = await openAllVisible(sealer, rows.map((row) => ({ grant, row, held }))) // oxfmt-ignore
  expect(opened.map((one) => one?.row)).toEqual([rows[0], undefined, rows[2]])
  expect(opened[0]?.resource).toBe(opened[0]?.resource)
})

test('a row says in its place all that its columns do, and is read from the bytes that the database sends', () => {
  for (const over of [
    {},
    { patient: undefined },
    { deleted: true },
    { tenant: 2, version: 7, at: -5, keyId: 3 },
    { at: 2 ** 45 },
  ]) {
    const row = rowOf(observation, over)
    expect(parseRow({ row: Buffer.concat([row.place, row.body]) })).toEqual(row)
  }
})

test.each<[string, Partial<Facts>]>([
  ['tenant', { tenant: 2 }],
  ['version', { version: 3 }],
  ['order in the chart', { at: 123_456_790 }],
  ['time of writing', { updated: Date.UTC(2026, 2, 2) }],
  ['key', { keyId: 2 }],
  ['type', { type: 'Condition' }],
  ['id', { id: newId<string>(2, bucketOf(una)) }],
  ['patient', { patient: newId<'patient'>(2) }],
  ['no patient', { patient: undefined }],
  ['deletion', { deleted: true }],
])('a body does not open under another %s', async (_, over) => {
  const row = rowOf(observation)
  const { place: was, body, ...facts } = row
  const moved = { ...facts, ...over, place: spellPlace({ ...facts, ...over }), body }
  expect(moved.place.equals(was)).toBe(false)
  expect(await sealer.open([{ key: held.key.body, row: moved }])).toEqual([undefined])
})
