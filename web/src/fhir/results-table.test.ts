import type { FhirRecord } from '@chartkeep/model/office'
import { expect, test } from 'vitest'
import { momentOf, otherTests, tabulate } from './results-table.ts'
import { vitalRows } from './vitals.ts'

function observation(
  id: string,
  [code, name]: readonly [string, string],
  at: string,
  value: number,
  unit = 'mmol/L',
): FhirRecord {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code, display: name }] },
    effectiveDateTime: at,
    valueQuantity: { value, unit },
  }
}

const records = [
  observation('1', ['2951-2', 'Sodium in Serum or Plasma'], '2026-03-10T08:00:00Z', 138),
  observation('2', ['2951-2', 'Sodium in Serum or Plasma'], '2026-03-12T08:00:00+01:00', 141),
  observation('3', ['2823-3', 'Potassium in Serum or Plasma'], '2026-03-12T07:00:20Z', 4.1),
  observation('4', ['2823-3', 'Potassium in Serum or Plasma'], '2026-01-02', 4.4),
]
const reports: readonly FhirRecord[] = [
  {
    resourceType: 'DiagnosticReport',
    id: 'r',
    code: { text: 'Electrolytes' },
    result: [{ reference: 'Observation/2' }],
  },
]

test('columns are moments to the minute, newest first, whatever the time zone', () => {
  expect(tabulate(records, []).moments).toEqual(['2026-03-12T07:00Z', '2026-03-10T08:00Z', '2026-01-02'])
  expect(momentOf('')).toBe('')
})

test('a row is a test with its values, newest first', () => {
  const [group] = tabulate(records, []).groups
  expect(group?.courses.map(({ name, results }) => [name, results.map(({ shown }) => shown)])).toEqual([
    ['Potassium', ['4.1', '4.4']],
    ['Sodium', ['141', '138']],
  ])
})

test('tests stand under the report that holds them, the others after', () => {
  expect(
    tabulate(records, reports).groups.map(({ name, courses }) => [name, courses.map((course) => course.name)]),
  ).toEqual([
    ['Electrolytes', ['Sodium']],
    [otherTests, ['Potassium']],
  ])
})

test('the same test in another unit is another row: the two are never joined by a line', () => {
  const glucose = [
    observation('5', ['2339-0', 'Glucose in Blood'], '2026-03-10', 97, 'mg/dL'),
    observation('6', ['2339-0', 'Glucose in Blood'], '2026-03-11', 5.4, 'mmol/L'),
  ]
  expect(
    tabulate(glucose, [])
      .groups[0]?.courses.map(({ unit }) => unit)
      .toSorted(),
  ).toEqual(['mg/dL', 'mmol/L'])
})

test('vital signs stand in the order in which they are read, and pressures are plotted together', () => {
  const vitals = vitalRows([
    observation('1', ['29463-7', 'Body weight'], '2026-03-12', 80, 'kg'),
    observation('2', ['8462-4', 'Diastolic blood pressure'], '2026-03-12', 76, 'mmHg'),
    observation('3', ['8480-6', 'Systolic blood pressure'], '2026-03-12', 124, 'mmHg'),
    observation('4', ['0000-0', 'Something else'], '2026-03-12', 1, ''),
  ])
  expect(vitals.courses.map(({ name }) => name)).toEqual([
    'Systolic pressure',
    'Diastolic pressure',
    'Weight',
    'Something else',
  ])
  expect(vitals.partners.get('http://loinc.org|8480-6 mmHg')).toBe('http://loinc.org|8462-4 mmHg')
})
