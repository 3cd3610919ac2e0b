import type { Resource } from '@chartkeep/model/fhir'
import { expect } from 'vitest'
import { newId, Refusal, systemClock } from '#base'
import { type Actor, parseScope } from '#policy'
import { parseStored, verifyRecords, type Write } from '#records'
import { create, createPatient, grant, newRequest, observation, person, test } from '../../test/fixtures.ts'

const noted = (text: string) => async (resource: Resource) => ({ ...resource, note: [{ text }] })

const patching = (id: Awaited<ReturnType<typeof create>>['id'], apply: (resource: Resource) => Promise<Resource>) => {
  const actor = person()
  const [update, read] = [grant('update', 'Observation', actor), grant('read', 'Observation', actor)]
  return { kind: 'patch', grant: update, read, type: 'Observation', id, apply } as const
}

test('patches and other changes are one write: all of them, or none and which one was refused', async ({ records }) => {
  const patient = await createPatient(records)
  const [one, two] = [await create(records, observation(patient)), await create(records, observation(patient))]
  const making: Write = { kind: 'create', grant: grant('create', 'Observation'), resource: observation(patient) }
  const written = await records.write(
    [patching(one.id, noted('first')), making, patching(two.id, noted('second'))],
    newRequest(),
  )
  expect(written.map(({ version }) => version)).toEqual([2, 1, 2])
  expect(written.map(({ json }) => parseStored(json)['note'])).toEqual([
    [{ text: 'first' }],
    undefined,
    [{ text: 'second' }],
  ])
  const refusing = async (): Promise<Resource> => {
    throw new Refusal('patch-failed')
  }
  await expect(
    records.write([patching(one.id, noted('third')), making, patching(two.id, refusing)], newRequest()),
  ).rejects.toMatchObject({ code: 'patch-failed', part: 2 })
  expect((await records.read(grant('read', 'Observation'), one.id, newRequest())).version).toBe(2)
})

test('a patient and what is theirs are written together, whichever comes first', async ({ records }) => {
  const id = newId<'patient'>(systemClock.now())
  const resource = { resourceType: 'Patient', name: [{ family: 'Marchetti' }] } as const
  const [result, patient] = await records.write(
    [
      { kind: 'create', grant: grant('create', 'Observation'), resource: observation(id) },
      { kind: 'create', grant: grant('create', 'Patient'), resource, id },
    ],
    newRequest(),
  )
  expect([result?.patient, patient?.patient]).toEqual([id, id])
  expect(
    (await records.read(grant('read', 'Observation'), String(result?.id) as typeof id, newRequest())).patient,
  ).toBe(id)
  await expect(create(records, observation(newId(systemClock.now())))).rejects.toMatchObject({
    code: 'reference-unresolved',
  })
})

test('what is deleted already is deleted again without a version, and says so', async ({ records }) => {
  const actor: Actor = {
    ...{ kind: 'client', tenant: 1, id: newId<'client'>(0), workstation: '10.1.1.9' },
    scopes: [parseScope('system/Observation.cruds')!],
  }
  const { id } = await create(records, observation(await createPatient(records)))
  const remove = async () => {
    const removing = { kind: 'delete', grant: grant('delete', 'Observation', actor), type: 'Observation', id } as const
    const [removed] = await records.write([removing], newRequest())
    return [removed?.version, removed?.deleted]
  }
  expect([await remove(), await remove()]).toEqual([
    [2, true],
    [2, true],
  ])
})

test('who writes sees what they may see of it, and what is hidden from them stays', async ({ records }) => {
  const patient = await createPatient(records)
  const resource: Resource = {
    resourceType: 'Appointment',
    status: 'booked',
    ...{ start: '2026-03-02T09:00:00Z', end: '2026-03-02T09:20:00Z', comment: 'canary comment' },
    participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
  }
  const { id } = await create(records, resource)
  const desk = person('front-desk')
  const update = { kind: 'update', grant: grant('update', 'Appointment', desk), id, ifMatch: 1 } as const
  const { comment: _, ...shown } = resource
  const [written] = await records.write([{ ...update, resource: { ...shown, status: 'arrived' } }], newRequest())
  expect(String(written?.json)).not.toContain('canary')
  const stored = parseStored((await records.read(grant('read', 'Appointment'), id, newRequest())).json)
  expect(stored).toMatchObject({ status: 'arrived', comment: 'canary comment' })
})

test('which of some ids are there can be asked', async ({ records }) => {
  const patient = await createPatient(records)
  const { id } = await create(records, observation(patient))
  const found = await records.existing(grant('create', 'Observation'), [id, newId(0), patient])
  expect([...found].toSorted()).toEqual([id, patient].toSorted())
})

test('more look-ups than are read at once are all looked at, and one that is missing is named', async ({
  records,
  db,
  keys,
  owner,
}) => {
  const identifier = Array.from({ length: 6000 }, (_, at) => ({ system: 'urn:oid:1.2.3', value: `N-${at}` }))
  const patient = await createPatient(records, { identifier })
  const verify = async () => (await verifyRecords({ db, keys, clock: systemClock, tenant: 1 })).faults
  expect(Number((await owner.query('select from records.lookup')).rowCount)).toBeGreaterThan(5001)
  expect(await verify()).toEqual([])
  await owner.query('delete from records.lookup where token = (select max(token) from records.lookup)')
  expect(await verify()).toMatchObject([
    { record: `Patient/${patient}/_history/1`, what: expect.stringContaining('a look-up was removed or altered') },
  ])
})

test('whatever is done with a draft stands in the history of its patient', async ({ records, ledger }) => {
  const [patient, author] = [await createPatient(records), person()]
  const draft = grant('draft', 'DocumentReference', author)
  await records.saveDraft(draft, patient, Buffer.from('half a note'), newRequest())
  await records.readDraft(draft, patient, newRequest())
  await records.dropDraft(draft, patient, newRequest())
  const { accesses } = await ledger.accessesOf(1, patient, { count: 10 })
  const drafts = accesses.filter(({ action }) => action === 'draft')
  expect(drafts).toHaveLength(3)
  for (const each of drafts)
    expect(each).toMatchObject({
      ...{ actor: { id: author.id }, types: ['DocumentReference'], patients: [patient], records: [] },
    })
})
