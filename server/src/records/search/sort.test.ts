import { type Resource, searchParameter } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import type { SortKey } from './ask.ts'
import { compareSorted, keysOf, type Sorted } from './sort.ts'

const key = (code: string): SortKey => {
  const descending = code.startsWith('-')
  const parameter = searchParameter('Encounter', descending ? code.slice(1) : code)
  if (parameter === undefined) throw new Error('no such parameter')
  return { parameter, descending }
}
const encounter = (period: object | undefined, status = 'finished'): Resource => ({
  ...{ resourceType: 'Encounter', status },
  ...(period === undefined ? {} : { period }),
})
const at = (text: string) => Date.parse(text)

test.each<[string, object | undefined, number | null]>([
  ['a period by its beginning', { start: '2024-01-01', end: '2024-02-01' }, at('2024-01-01')],
  ['one that goes on by its beginning', { start: '2024-01-01' }, at('2024-01-01')],
  ['one without a beginning by its end', { end: '2024-01-01' }, at('2024-01-02')],
  ['none at all comes last', undefined, null],
])('times are put in order alike upwards and downwards: %s', (_, period, expected) => {
  for (const code of ['date', '-date']) expect(keysOf(encounter(period), [key(code)], undefined)).toEqual([expected])
})

test('of several times the first counts upwards and the last downwards', () => {
  const appointment: Resource = {
    ...{ resourceType: 'Encounter', status: 'planned' },
    location: [
      { location: {}, period: { start: '2024-03-01' } },
      { location: {}, period: { start: '2024-01-01' } },
      { location: {}, period: { start: '2024-02-01' } },
    ],
  }
  expect(keysOf(appointment, [key('location-period')], undefined)).toEqual([at('2024-01-01')])
  expect(keysOf(appointment, [key('-location-period')], undefined)).toEqual([at('2024-03-01')])
})

test('of several values the first by the alphabet counts upwards and the last downwards', () => {
  const several: Resource = { ...encounter(undefined), identifier: [{ value: 'b' }, { value: 'a' }, { value: 'c' }] }
  const [up] = keysOf({ ...several, identifier: [{ value: 'a' }] }, [key('identifier')], undefined)
  const [down] = keysOf({ ...several, identifier: [{ value: 'c' }] }, [key('identifier')], undefined)
  expect(up).not.toBe(down)
  expect(keysOf(several, [key('identifier'), key('-identifier')], undefined)).toEqual([up, down])
})

test('there is one key for each parameter, in their order', () => {
  const keys = keysOf(encounter({ start: '2024-01-01' }), [key('status'), key('-date'), key('length')], undefined)
  expect(keys).toEqual([expect.any(String), at('2024-01-01'), null])
})

const sorted = (sort: readonly SortKey[], list: readonly Sorted[]) =>
  list.toSorted((a, b) => compareSorted(a, b, sort)).map(({ id }) => id)

test('the next key decides where the one before is equal, then the id, whatever the direction', () => {
  const list: Sorted[] = [
    { id: 'd', keys: ['b', 1] },
    { id: 'a', keys: ['b', 2] },
    { id: 'c', keys: ['a', 2] },
    { id: 'b', keys: ['a', 2] },
  ]
  for (const some of [list, list.toReversed()]) {
    expect(sorted([key('status'), key('date')], some)).toEqual(['b', 'c', 'd', 'a'])
    expect(sorted([key('-status'), key('date')], some)).toEqual(['d', 'a', 'b', 'c'])
    expect(sorted([key('status'), key('-date')], some)).toEqual(['b', 'c', 'a', 'd'])
  }
  expect(compareSorted(list[0]!, list[0]!, [key('status')])).toBe(0)
  expect(compareSorted(list[2]!, list[3]!, [key('status')])).toBeGreaterThan(0)
})

test('what has no key comes last in either direction, and among others without one by the next', () => {
  const list: Sorted[] = [
    { id: 'a', keys: [null, 2] },
    { id: 'b', keys: [null, 1] },
    { id: 'c', keys: [5, null] },
    { id: 'd', keys: [7, 3] },
    { id: 'e', keys: [] },
  ]
  for (const some of [list, list.toReversed()]) {
    expect(sorted([key('date'), key('length')], some)).toEqual(['c', 'd', 'b', 'a', 'e'])
    expect(sorted([key('-date'), key('length')], some)).toEqual(['d', 'c', 'b', 'a', 'e'])
  }
})
