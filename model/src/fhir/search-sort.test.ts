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
  ['the start and the end of a time', patient, 'birthdate', Date.UTC(1980, 4), Date.UTC(1980, 5)],
  ['the highest number for a time without an end', observation, 'date', Date.UTC(2020, 0), Number.MAX_VALUE],
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
