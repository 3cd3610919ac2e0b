// What is wrong in a source, told by kind, and how records are taken without what is wrong.
import { describe, expect } from 'vitest'
import { parseId } from '#base'
import { firstTenant } from '#records'
import { lines, observation, patient, test } from './importing.ts'

const wrong = {
  'a.ndjson': lines(
    patient('p1', { birthDate: 'soon', contact: [{ gender: 'x' }, { name: { text: 'A' } }] }),
    patient('p2', { birthDate: 'later' }),
    observation('o1', 'Patient/p1'),
    observation('o2', 'Patient/p2', { status: 'x' }),
  ),
}

describe('a code that is doubtful', () => {
  const marital = 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus'
  const unit = { system: 'http://unitsofmeasure.org', code: 'mmHg' }
  const married = (...codings: object[]) => ({ maritalStatus: { coding: codings } })
  const files = {
    'a.ndjson': lines(
      patient('p1', married({ system: marital, code: 'XYZ' }, { system: marital, code: 'M', display: 'divorced' })),
      patient('p2', married({ system: marital, code: 'M', display: 'Married' })),
      observation('o1', 'Patient/p1', { valueQuantity: { value: 120, ...unit } }),
      observation('o2', 'Patient/p1', { component: [{ code: { text: 'y' }, valueQuantity: { value: 80, ...unit } }] }),
      observation('o3', 'Patient/p1', {
        component: Array.from({ length: 30 }, () => ({ code: { text: 'y' }, valueQuantity: unit })),
      }),
      patient('p3', { gender: 'x', ...married({ system: marital, code: 'XYZ' }) }),
    ),
  }
  const counted = [
    [2, 'Observation.component.value: has a code that is no unit of UCUM'],
    [1, 'Patient.maritalStatus.coding: has a code that its code system does not have'],
    [1, 'Patient.maritalStatus.coding: has the display of another code of its code system'],
    [1, 'Observation.value: has a code that is no unit of UCUM'],
  ]

  test('is imported as it is, counted by kind, and kept sealed in the ledger', async ({ setting }) => {
    const report = await setting.bring(files)
    expect(report).toMatchObject({ read: 6, imported: 5 })
    expect(report.doubtful.map(({ count, reason }) => [count, reason])).toEqual(counted)
    const stored = await setting.stored('Patient', 'Patient/p1')
    expect(stored).toMatchObject(married({ code: 'XYZ' }, { display: 'divorced' }))
    const id = parseId<'patient'>(stored.id)!
    const { accesses } = await setting.ledger.accessesOf(firstTenant, id, { count: 10 })
    const found = await Promise.all(accesses.map((one) => setting.ledger.find(firstTenant, parseId<'entry'>(one.id)!)))
    const notes = found.flatMap(
      (one) => (one?.details as { notes?: { doubtful?: object[] }[] } | undefined)?.notes ?? [],
    )
    // Of one record, no more than 20 are kept.
    expect(notes.map((note) => note?.doubtful?.length ?? 0)).toEqual([2, 0, 1, 1, 20])
    expect(notes[0]).toMatchObject({ doubtful: [{ expression: 'Patient.maritalStatus.coding[0]' }, {}] })
  })

  test('is counted again when nothing has changed, and takes nothing from a comparison', async ({ setting }) => {
    await setting.bring(files)
    const report = await setting.bring(files)
    expect(report).toMatchObject({ unchanged: 5, updated: 0 })
    expect(report.doubtful.map(({ count, reason }) => [count, reason])).toEqual(counted)
    expect(await setting.verify(files)).toMatchObject({ alike: 5, differing: 1 })
  })
})

describe('what is wrong', () => {
  test('is counted by kind, with the path that may be left out', async ({ setting }) => {
    const { kinds, rejected } = await setting.bring(wrong)
    expect(rejected).toHaveLength(4)
    expect(kinds.map(({ count, reason, accept }) => [count, /[A-Z]\w+\.\S+:/.exec(reason)?.[0], accept])).toEqual([
      [2, 'Patient.birthDate:', 'Patient.birthDate'],
      [1, 'Patient.contact.gender:', 'Patient.contact.gender'],
      [1, 'Patient.contact:', 'Patient.contact'],
      [1, 'Observation.status:', undefined],
      [1, undefined, undefined],
    ])
  })

  test('is left out where that is accepted, told, and kept sealed in the ledger', async ({ setting }) => {
    const accepted = ['Patient.birthDate', 'Patient.contact', 'Observation.status']
    const report = await setting.bring(wrong, { accepted })
    expect(report).toMatchObject({ read: 4, imported: 3 })
    expect(report.accepted.map(({ position, element }) => `${position} ${element}`)).toEqual([
      '1 Patient.birthDate',
      '1 Patient.contact[0].gender',
      '2 Patient.birthDate',
    ])
    expect(JSON.stringify(report)).not.toMatch(/soon|later/)
    const stored = await setting.stored('Patient', 'Patient/p1')
    expect(stored).not.toHaveProperty('birthDate')
    expect(stored).toMatchObject({ contact: [{ name: { text: 'A' } }] })
    const id = parseId<'patient'>(stored.id)!
    const { accesses } = await setting.ledger.accessesOf(firstTenant, id, { count: 10 })
    const entries = await Promise.all(
      accesses.map((one) => setting.ledger.find(firstTenant, parseId<'entry'>(one.id)!)),
    )
    const details = entries.map((one) => one?.details)
    expect(JSON.stringify(details)).toContain('soon')
    expect(await setting.bring(wrong, { accepted })).toMatchObject({ imported: 3, unchanged: 3 })
    expect(await setting.verify(wrong, { accepted })).toMatchObject({ alike: 3, differing: 1 })
  })

  test('is not left out where the rest would be about nobody', async ({ setting }) => {
    const accepted = ['Observation.subject', 'Observation.subject.reference', 'Appointment.participant']
    const report = await setting.bring(
      { 'a.ndjson': lines(patient('p'), observation('o', 'Patient/p', { subject: { reference: '' } })) },
      { accepted },
    )
    expect(report).toMatchObject({ read: 2, imported: 1 })
  })

  test('with a profile that it claims costs the record that claim alone', async ({ setting }) => {
    const profile = ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient', 'https://example.com/other']
    const files = { 'a.ndjson': lines(patient('p', { meta: { profile } })) }
    const { kinds } = await setting.bring(files)
    expect(kinds[0]?.accept).toBe('Patient.meta.profile')
    expect(await setting.bring(files, { accepted: ['Patient.meta.profile'] })).toMatchObject({ imported: 1 })
    expect(await setting.stored('Patient', 'Patient/p')).toMatchObject({ meta: { profile: [profile[1]] } })
  })
})
