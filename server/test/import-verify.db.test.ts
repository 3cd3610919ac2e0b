// What was imported can be held against its source, record by record and reference by reference.
import { expect } from 'vitest'
import { newId } from '#base'
import { importedId } from '#import'
import { Grant } from '#policy'
import { actor, bundle, entry, lines, observation, patient, practitioner, test, urn } from './importing.ts'

const [ann, dr] = ['11111111-1111-4111-8111-111111111111', '33333333-3333-4333-8333-333333333333'] as const

const files = {
  'a.json': bundle(
    entry(patient(ann, { generalPractitioner: [{ reference: 'Practitioner?identifier=urn:npi|7' }] })),
    entry(
      observation('44444444-4444-4444-8444-444444444444', urn(ann), {
        performer: [{ reference: urn(dr) }],
        valueQuantity: { value: 1, unit: 'mg' },
      }),
    ),
  ).replace('"value": 1,', '"value": 1.00,'),
  'b.json': bundle(entry(practitioner(dr, '7'))),
  'c.ndjson': lines(
    patient('q', { generalPractitioner: [{ reference: 'Practitioner?identifier=urn:npi|none' }] }),
    observation('o', 'Patient/q', { encounter: { reference: 'Encounter/none' } }),
  ),
}

test('what was imported is here as it was in the source, to the digit', async ({ setting }) => {
  expect(await setting.bring(files)).toMatchObject({ read: 5, imported: 5 })
  expect(await setting.verify(files)).toMatchObject({
    ...{ read: 5, alike: 5, differing: 0, standing: 0, references: 6, dangling: 2, differences: [] },
  })
})

test('before an import, everything is missing', async ({ setting }) => {
  const report = await setting.verify(files)
  expect(report).toMatchObject({ read: 5, alike: 0, differing: 5 })
  expect(report.differences.map(({ kind }) => kind)).toEqual(Array(5).fill('missing'))
})

const changes = [
  ['an element', { status: 'amended' }, 'content', 'Observation.status'],
  [
    'the digits of a number',
    { valueQuantity: { value: 1, unit: 'mg' } },
    'content',
    'Observation.valueQuantity (digits',
  ],
  ['an element left out', { valueQuantity: undefined }, 'content', 'Observation.valueQuantity'],
  [
    'another target',
    { performer: [{ reference: 'Practitioner/00000000-0000-8000-8000-000000000001' }] },
    'reference',
    'Observation.performer[0].reference',
  ],
] as const

test.for(changes)('%s that differs is named, without values', async ([, change, kind, element], { setting }) => {
  await setting.bring(files)
  const name = 'Observation/44444444-4444-4444-8444-444444444444'
  const { meta: _, ...kept } = await setting.stored('Observation', name, `Patient/${ann}`)
  const resource = { ...kept, resourceType: 'Observation', ...change } as const
  const id = importedId<string>(setting.parts.idKey, 'test', name, `Patient/${ann}`)
  const grant = Grant.for({ actor, action: 'update', type: 'Observation', purpose: 'SYSADMIN' })
  await setting.records.write([{ kind: 'update', grant, id, resource }], newId(0))
  const report = await setting.verify(files)
  expect(report).toMatchObject({ alike: 4, differing: 1 })
  const found = report.differences.filter((one) => one.kind === kind)
  expect(found).toMatchObject([{ file: expect.stringContaining('a.json'), position: 1 }])
  expect(found[0]?.reason).toContain(element)
})

test('what an import does not take, and a copy of which another state was taken, are differences', async ({
  setting,
}) => {
  const broken = { 'a.ndjson': lines(patient('p'), patient('p', { gender: 'male' }), { resourceType: 'Cat' }) }
  await setting.bring(broken)
  const { differences } = await setting.verify(broken)
  expect(differences.map(({ position, kind }) => `${position} ${kind}`)).toEqual(['1 not-taken', '3 not-taken'])
})

test('a record that stands for one that was only to be added if there was none is not compared', async ({
  setting,
}) => {
  const only = { ifNoneExist: 'identifier=urn:npi|7' }
  await setting.bring({ 'a.json': bundle(entry(practitioner(dr, '7'), only)) })
  const other = { 'b.json': bundle(entry({ ...practitioner(ann, '7'), active: true } as never, only)) }
  await setting.bring(other)
  expect(await setting.verify(other)).toMatchObject({ read: 1, alike: 0, standing: 1, differences: [] })
})
