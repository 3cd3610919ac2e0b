// Whose chart a record comes into, where names are many, shared or contested.
import { describe, expect } from 'vitest'
import { bundle, lines, observation, patient, practitioner, reasons, test, urn } from './importing.ts'

const allergy = (id: string, reference: string) => ({
  ...{ resourceType: 'AllergyIntolerance', id, code: { text: 'penicillin' }, patient: { reference } },
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  },
})
const uuid = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`

describe('every record comes into the chart that it names', () => {
  test.for([342, 683, 1366])(
    '%s patients with a urn, another id and an identifier each',
    async (count, { setting }) => {
      const patients = Array.from({ length: count }, (_, at) => ({
        fullUrl: urn(uuid(at)),
        resource: patient(`b${at}`, { identifier: [{ system: 'urn:mrn', value: String(at) }] }),
      }))
      const allergies = Array.from({ length: count }, (_, at) => ({
        fullUrl: urn(uuid(10_000 + at)),
        resource: allergy(`a${at}`, `Patient/b${at}`),
      }))
      const text = JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [...patients, ...allergies] })
      const report = await setting.bring({ 'a.json': text })
      expect(report).toMatchObject({ read: 2 * count, imported: 2 * count, rejected: [] })
      for (const at of [0, 1, 340, 341, count - 1]) {
        const { id } = await setting.stored('Patient', urn(uuid(at)))
        const found = await setting.stored('AllergyIntolerance', urn(uuid(10_000 + at)), urn(uuid(at)))
        expect(found.patient.reference).toBe(`Patient/${id}`)
      }
      const verified = await setting.verify({ 'a.json': text })
      expect(verified).toMatchObject({ read: 2 * count, alike: 2 * count, references: count, differences: [] })
    },
  )

  test('a name that two patients have leads to neither, and says so', async ({ setting }) => {
    const report = await setting.bring({
      'a.json': bundle(
        { fullUrl: urn(uuid(1)), resource: patient('p') },
        { fullUrl: urn(uuid(2)), resource: observation('o', 'Patient/p') },
      ),
      'b.json': bundle({ fullUrl: 'https://b.example/Patient/p', resource: patient('p', { gender: 'male' }) }),
    })
    expect(report).toMatchObject({ read: 3, imported: 2 })
    expect(reasons(report)).toEqual(['1 No patient, or more than one, matches where the record says whom it is about.'])
  })

  test('a condition that two records of the import meet stays as a logical reference', async ({ setting }) => {
    const doctor = (id: string) => ({ ...practitioner(id, '7'), active: id === 'd1' })
    const performer = [{ reference: 'Practitioner?identifier=urn:npi|7' }]
    const report = await setting.bring({
      'a.ndjson': lines(doctor('d1'), patient('p'), observation('o', 'Patient/p', { performer }), doctor('d2')),
    })
    expect(report).toMatchObject({ read: 4, imported: 4, dangling: 1 })
    expect((await setting.stored('Observation', 'Observation/o', 'Patient/p')).performer).toEqual([
      { type: 'Practitioner', identifier: { system: 'urn:npi', value: '7' } },
    ])
  })

  test('another reference by a name that two records have is named', async ({ setting }) => {
    const doctor = (at: number) => ({ fullUrl: urn(uuid(at)), resource: { resourceType: 'Practitioner', id: 'd' } })
    const report = await setting.bring({
      'a.json': bundle(
        { fullUrl: urn(uuid(1)), resource: patient('p') },
        { ...doctor(2), resource: { ...doctor(2).resource, active: true } },
        doctor(3),
        { resource: observation('o', 'Patient/p', { performer: [{ reference: 'Practitioner/d' }] }) },
      ),
    })
    expect(report).toMatchObject({ read: 4, imported: 3 })
    expect(reasons(report)).toEqual([
      '3 A reference leads to more than one record of this import. Observation.performer[0]: more than one record has this name',
    ])
  })
})

describe('of two servers', () => {
  const at = (server: string, resource: { resourceType: string; id: string }) => ({
    fullUrl: `https://${server}.example/fhir/${resource.resourceType}/${resource.id}`,
    resource,
  })

  test('the same id is two patients: what is about the other one is not taken for the one', async ({ setting }) => {
    const report = await setting.bring({
      'a.json': bundle(at('a', patient('1'))),
      'b.json': bundle(
        at('b', patient('1', { gender: 'male' })),
        at('b', observation('relative', 'Patient/1')),
        at('b', observation('absolute', 'https://b.example/fhir/Patient/1')),
        at('a', observation('ours', 'Patient/1')),
      ),
    })
    expect(report).toMatchObject({ read: 5, imported: 2 })
    expect(report.rejected.map(({ position }) => position)).toEqual([0, 1, 2])
  })

  test('addresses that are named as the source’s own are one server', async ({ setting }) => {
    const bases = ['https://a.example/fhir', 'https://b.example/fhir/']
    const report = await setting.bring(
      {
        'a.json': bundle(at('a', patient('1'))),
        'b.ndjson': lines(observation('o1', 'https://b.example/fhir/Patient/1'), observation('o2', 'Patient/1')),
        'c.json': bundle(at('b', observation('o3', 'Patient/1'))),
      },
      { bases },
    )
    expect(report).toMatchObject({ read: 4, imported: 4, rejected: [] })
  })

  test('an address that is not the source’s is somebody else’s patient', async ({ setting }) => {
    const report = await setting.bring({
      'a.ndjson': lines(patient('1'), observation('o1', 'https://b.example/fhir/Patient/1')),
    })
    expect(report).toMatchObject({ read: 2, imported: 1 })
  })
})

describe('a Bundle that is a record', () => {
  const kept = (reference: string) => ({
    ...{ resourceType: 'Bundle', id: 'd', type: 'collection' },
    entry: [
      { fullUrl: urn(uuid(1)), resource: patient('p') },
      { fullUrl: urn(uuid(2)), resource: observation('o', reference) },
    ],
  })
  const entries = (stored: object) => (stored as { entry: { fullUrl: string; resource: object }[] }).entry

  test('is stored whole, in the chart of the one patient of the import whom it is about', async ({ setting }) => {
    const files = { 'a.ndjson': lines(patient('p'), kept('Patient/p')) }
    expect(await setting.bring(files)).toMatchObject({ read: 2, imported: 2 })
    const { id } = await setting.stored('Patient', 'Patient/p')
    const stored = entries(await setting.stored('Bundle', 'Bundle/d', 'Patient/p'))
    expect(stored[1]?.resource).toMatchObject({ subject: { reference: `Patient/${id}` } })
    expect(await setting.verify(files)).toMatchObject({ alike: 2, differences: [] })
  })

  test('keeps references to its own entries as they were written, whatever else has their names', async ({
    setting,
  }) => {
    const files = {
      'a.json': bundle({ fullUrl: urn(uuid(1)), resource: patient('q') }),
      'b.ndjson': lines(kept(urn(uuid(1)))),
    }
    expect(await setting.bring(files)).toMatchObject({ read: 2, imported: 2 })
    expect(entries(await setting.stored('Bundle', 'Bundle/d'))).toEqual(kept(urn(uuid(1))).entry)
  })
})
