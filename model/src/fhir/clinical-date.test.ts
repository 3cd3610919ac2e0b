import { expect, test } from 'vitest'
import { clinicalDate } from './clinical-date.ts'
import type { Resource } from './resource.ts'

test.each<[string, Resource, string | undefined]>([
  [
    'an observation by when it was true',
    { resourceType: 'Observation', effectiveDateTime: '2020-01', issued: '2021-01-01T00:00:00Z' },
    '2020-01',
  ],
  [
    'else by when it was issued',
    { resourceType: 'Observation', issued: '2021-01-01T00:00:00Z' },
    '2021-01-01T00:00:00Z',
  ],
  [
    'an encounter by its start',
    { resourceType: 'Encounter', period: { start: '2020-02-03', end: '2020-02-04' } },
    '2020-02-03',
  ],
  [
    'a schedule of times by the first',
    { resourceType: 'Observation', effectiveTiming: { event: ['2020', '2021'] } },
    '2020',
  ],
  ['a type without dates', { resourceType: 'Organization' }, undefined],
  ['a date that is not text', { resourceType: 'Composition', date: 7 }, undefined],
])('%s', (_, resource, date) => {
  expect(clinicalDate(resource)).toBe(date)
})
