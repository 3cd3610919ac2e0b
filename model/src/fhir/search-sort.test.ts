import { expect, test } from 'vitest'
import type { Resource } from './resource.ts'
import { searchParameter } from './search-parameter.ts'
import { isSortable, type SortKey, sortKeyOf } from './search-sort.ts'

const patient: Resource = {
  resourceType: 'Patient',
  name: [{ family: 'Zäh' }, { family: 'Abel', given: ['Émile'] }],
  birthDate: '1980-05',
}
const observation: Resource = {
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Weight' },
  subject: { reference: 'Patient/p1' },
  effectivePeriod: { start: '2020-01-01' },
  valueQuantity: { value: 72, unit: 'kg' },
}

test.each<[string, Resource, string, SortKey | undefined, SortKey | undefined]>([
  ['the lowest and the highest of several texts, folded', patient, 'family', 'ABEL', 'ZAH'],
  ['the beginning of a time in either direction', patient, 'birthdate', Date.UTC(1980, 4), Date.UTC(1980, 4)],
  ['the beginning of a time without an end', observation, 'date', Date.UTC(2020, 0), Date.UTC(2020, 0)],
  [
    'the end of a time without a beginning',
    { resourceType: 'Observation', effectivePeriod: { end: '2020' } },
    'date',
    Date.UTC(2021, 0),
    Date.UTC(2021, 0),
  ],
  [
    'the earliest and the latest of several times',
    { resourceType: 'Goal', target: [{ dueDate: '2021' }, { dueDate: '2020' }] },
    'target-date',
    Date.UTC(2020, 0),
    Date.UTC(2021, 0),
  ],
  [
    'the largest number for what has no upper end',
    { resourceType: 'Observation', valueQuantity: { value: 5, comparator: '>' } },
    'value-quantity',
    5,
    Number.MAX_VALUE,
  ],
  ['a code', observation, 'status', 'FINAL', 'FINAL'],
  ['the words of a code where there is none', observation, 'code', 'WEIGHT', 'WEIGHT'],
  ['a reference', observation, 'subject', 'Patient/p1', 'Patient/p1'],
  ['a quantity as written', observation, 'value-quantity', 72, 72],
  ['nothing where there is none', observation, 'method', undefined, undefined],
  ['nothing for a combination', observation, 'code-value-quantity', undefined, undefined],
])('%s', (_, resource, code, lowest, highest) => {
  expect(sortKeyOf(resource, code, 'ascending')).toBe(lowest)
  expect(sortKeyOf(resource, code, 'descending')).toBe(highest)
})

test('combinations, places and words have no order', () => {
  const sortable = (type: 'Observation' | 'Location', code: string): boolean | undefined => {
    const parameter = searchParameter(type, code)
    return parameter && isSortable(parameter)
  }
  expect(
    ['code', 'date', 'value-quantity', '_id', '_lastUpdated'].map((code) => sortable('Observation', code)),
  ).toEqual([true, true, true, true, true])
  expect(['code-value-quantity', '_text', '_content'].map((code) => sortable('Observation', code))).toEqual([
    false,
    false,
    false,
  ])
  expect(sortable('Location', 'near')).toBe(false)
})
