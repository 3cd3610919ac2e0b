import { expect } from 'vitest'
import { newId } from '#base'
import { type Actor, parseScope } from '#policy'
import { create, createPatient, grant, newRequest, observation, test } from '../../test/fixtures.ts'

const una = {
  name: [{ family: 'Ünal', given: ['Una'] }],
  birthDate: '1961-03-12',
  gender: 'female',
  identifier: [{ system: 'urn:mrn', value: 'MRN-4711' }],
  telecom: [{ system: 'phone', value: '555-0100-77' }],
} as const

const remover: Actor = {
  ...{ kind: 'client', tenant: 1, id: newId<'client'>(0), workstation: '10.1.1.9' },
  scopes: ['system/Patient.cruds', 'system/Observation.cruds'].map((text) => parseScope(text)!),
}
const described = (elements: object) => ({ resourceType: 'Patient', ...elements }) as const

test('who is described is found by name and birth date, by a number, or by an identifier, likeliest first', async ({
  records,
}) => {
  const same = await createPatient(records, una)
  const sister = await createPatient(records, { ...una, name: [{ family: 'Ünal', given: ['Ela'] }], identifier: [], telecom: [] }) // oxfmt-ignore
  await createPatient(records, { name: [{ family: 'Other', given: ['Bo'] }], birthDate: '1950-01-01' })
  const match = async (elements: object, over: { count?: number; onlyCertain?: boolean } = {}) => {
    const asked = { described: described(elements), count: 10, onlyCertain: false, ...over }
    const found = await records.matchPatients(grant('search', 'Patient'), asked, newRequest())
    return found.map(({ stored, grade, score }) => [stored.id, grade, score])
  }
  const both = [
    [same, 'certain', 1],
    [sister, 'possible', 0.5],
  ]
  expect(await match(una)).toEqual(both)
  expect(await match(una, { count: 1 })).toEqual(both.slice(0, 1))
  expect(await match(una, { onlyCertain: true })).toEqual(both.slice(0, 1))
  // By the identifier alone as a candidate: its number is in the index.
  expect(await match({ identifier: una.identifier, name: una.name })).toEqual([[same, 'certain', 1]])
  expect(await match({ identifier: una.identifier })).toEqual([[same, 'possible', 0.6]])
  expect(await match({ telecom: una.telecom, name: una.name, birthDate: una.birthDate })).toEqual([
    [same, 'probable', 0.85],
  ])
  // A number of two characters leads to everyone, so it leads to nobody.
  expect(await match({ identifier: [{ value: '47' }] })).toEqual([])
  expect(await match({ name: [{ family: 'Nobody' }], birthDate: '1961-03-12' })).toEqual([])
})

test('of two who are certain nobody is named when only one may be; the deleted are never named', async ({
  records,
}) => {
  const [first, second] = [await createPatient(records, una), await createPatient(records, una)]
  const asked = { described: described(una), count: 10, onlyCertain: true }
  const match = async () =>
    (await records.matchPatients(grant('search', 'Patient'), asked, newRequest())).map(({ stored }) => stored.id)
  expect(await match()).toEqual([])
  const removing = grant('delete', 'Patient', remover)
  await records.write([{ kind: 'delete', grant: removing, type: 'Patient', id: second, ifMatch: 1 }], newRequest())
  expect(await match()).toEqual([first])
})

test('a patient whose chart stands is not deleted, and which of several changes was refused is said', async ({
  records,
}) => {
  const [empty, full] = [await createPatient(records), await createPatient(records)]
  const { id } = await create(records, observation(full))
  const removing = grant('delete', 'Patient', remover)
  const remove = (patient: typeof full) =>
    ({ kind: 'delete', grant: removing, type: 'Patient', id: patient, ifMatch: 1 }) as const
  await expect(records.write([remove(full)], newRequest())).rejects.toMatchObject({ code: 'chart-stands' })
  await expect(records.write([remove(empty), remove(full)], newRequest())).rejects.toMatchObject({
    ...{ code: 'chart-stands', part: 1 },
  })
  expect((await records.read(grant('read', 'Patient'), empty, newRequest())).version).toBe(1)
  // Together with all that is in it, it goes.
  const result = {
    kind: 'delete',
    grant: grant('delete', 'Observation', remover),
    type: 'Observation',
    id,
    ifMatch: 1,
  } as const
  await records.write([remove(full), result], newRequest())
  await expect(records.read(grant('read', 'Patient'), full, newRequest())).rejects.toMatchObject({ code: 'gone' })
})
