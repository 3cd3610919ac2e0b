// What no door of the store takes, an import does not take either, and its report says why.
import { describe, expect } from 'vitest'
import { newId } from '#base'
import { importedId } from '#import'
import { Grant, parseScope } from '#policy'
import type { Records } from '#records'
import { actor, bundle, entry, lines, observation, patient, reasons, test, urn } from './importing.ts'

const system = 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue'
const subsetted = { meta: { tag: [{ system, code: 'SUBSETTED' }] } }

async function remove(records: Records, id: ReturnType<typeof importedId<string>>): Promise<void> {
  const client = {
    ...actor,
    kind: 'client',
    id: newId<'client'>(0),
    scopes: [parseScope('system/Patient.cruds')!],
  } as const
  const grant = Grant.for({ actor: client, action: 'delete', type: 'Patient', purpose: 'TREAT' })
  await records.write([{ kind: 'delete', id, grant, type: 'Patient' }], newId(0))
}

describe('R-18: a part of a record, tagged SUBSETTED', () => {
  const part = /The store declined the record\. This is a part of a record, tagged SUBSETTED/

  test('is not imported, and its chart with it says so', async ({ setting }) => {
    const report = await setting.bring({
      'a.ndjson': lines(patient('p', subsetted), patient('q'), observation('o', 'Patient/p')),
    })
    expect(report).toMatchObject({ read: 3, imported: 1 })
    expect(reasons(report)).toEqual([
      expect.stringMatching(part),
      '3 Because its Patient was rejected, for the reason given there, this record was too.',
    ])
    expect(report.rejected[1]).toMatchObject({ because: { position: 1 } })
  })

  test.for([
    ['of an entry that replaces by id', { method: 'PUT', url: 'Observation/o' }],
    ['of an entry that replaces on a condition', { method: 'PUT', url: 'Observation?identifier=urn:lab|7' }],
    ['of an entry without a request', {}],
  ] as const)('does not replace the whole: %s', async ([, request], { setting }) => {
    const identified = { identifier: [{ system: 'urn:lab', value: '7' }] }
    const bring = (more: object) =>
      setting.bring({
        'a.json': bundle(entry(patient('p')), entry(observation('o', urn('p'), { ...identified, ...more }), request)),
      })
    await bring({ note: [{ text: 'kept' }] })
    const report = await bring(subsetted)
    expect(report).toMatchObject({ read: 2, imported: 1, updated: 0 })
    expect(reasons(report)[0]).toMatch(part)
    expect(await setting.stored('Observation', 'Observation/o', 'Patient/p')).toMatchObject({
      ...{ note: [{ text: 'kept' }], meta: { versionId: '1' } },
    })
  })
})

describe('R-17: of a patient who was deleted here', () => {
  const missing =
    /^\d+ The patient whom the record is about is neither in this import nor in the store, or was rejected\.$/

  test('nothing new is imported', async ({ setting }) => {
    const { records, parts, bring } = setting
    const person = patient('p', { identifier: [{ system: 'urn:mrn', value: '1' }] })
    const byNumber = { 'c.ndjson': lines(observation('o3', 'Patient?identifier=urn:mrn|1')) }
    await bring({ 'a.ndjson': lines(person) })
    const id = importedId<string>(parts.idKey, 'test', 'Patient/p')
    await remove(records, id)
    const about = observation('o1', 'Patient/p')
    const report = await bring({ 'b.ndjson': lines(about, observation('o2', 'Patient/nobody')) })
    expect(report).toMatchObject({ read: 2, imported: 0 })
    for (const reason of reasons(report)) expect(reason).toMatch(missing)
    expect(await bring(byNumber)).toMatchObject({ read: 1, imported: 0 })
    // With the Patient in the import: it stays deleted, and its chart is refused because of it.
    const whole = await bring({ 'd.ndjson': lines(person, about) })
    expect(whole).toMatchObject({ read: 2, imported: 0, contradictory: 1 })
    expect(reasons(whole)[1]).toBe(
      '2 Because its Patient was rejected, for the reason given there, this record was too.',
    )
  })
})
