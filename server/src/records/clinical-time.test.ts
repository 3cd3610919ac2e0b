import { type Resource, resourceTypes, searchParameter } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { chartParameter, clinicalTime } from './clinical-time.ts'

const at = (resourceType: string, elements: object) => clinicalTime({ resourceType, ...elements } as Resource)

test.each<[string, string, object, string | undefined]>([
  ['an observation', 'Observation', { effectiveDateTime: '2024-03-01T10:00:00Z' }, '2024-03-01T10:00:00Z'],
  [
    'one over a period, by its beginning',
    'Observation',
    { effectivePeriod: { start: '2024-03-01', end: '2024-04-01' } },
    '2024-03-01',
  ],
  ['a period without a beginning, by its end', 'Encounter', { period: { end: '2024-03-01' } }, '2024-03-02'],
  ['a day, by its beginning', 'Procedure', { performedDateTime: '2024-03-01' }, '2024-03-01'],
  ['a year, by its beginning', 'Immunization', { occurrenceDateTime: '2024' }, '2024-01-01'],
  [
    'a condition, by its onset and not by when it was written down',
    'Condition',
    { onsetDateTime: '2024-03-01', recordedDate: '2024-05-01' },
    '2024-03-01',
  ],
  ['a condition without an onset, by what else dates it', 'Condition', { recordedDate: '2024-05-01' }, '2024-05-01'],
  ['a prescription', 'MedicationRequest', { authoredOn: '2024-03-01' }, '2024-03-01'],
  ['an appointment', 'Appointment', { start: '2024-03-01T10:00:00Z' }, '2024-03-01T10:00:00Z'],
  ['a note', 'DocumentReference', { date: '2024-03-01T10:00:00Z' }, '2024-03-01T10:00:00Z'],
  ['a type without such a parameter, by what dates it', 'Coverage', { period: { start: '2024-03-01' } }, '2024-03-01'],
  ['what has no date', 'Observation', {}, undefined],
  ['what has no date that can be read', 'Coverage', { period: { start: 'x' } }, undefined],
])('%s is dated', (_, type, elements, expected) => {
  expect(at(type, elements)).toBe(expected === undefined ? undefined : Date.parse(expected))
})

test('a chart is in order of a date parameter of its type', () => {
  const kept = resourceTypes.flatMap((type) => chartParameter(type) ?? [])
  expect(kept.length).toBeGreaterThan(15)
  for (const type of resourceTypes) {
    const code = chartParameter(type)
    if (code !== undefined) expect(searchParameter(type, code)?.type, type).toBe('date')
  }
})
