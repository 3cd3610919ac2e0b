import { parseQuery } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { textOfSpan, textsTouching } from '../spans.ts'
import { timesAsked } from './by-time.ts'

const query = (value: string, name = 'date') => {
  const read = parseQuery('Encounter', name, value, { now: Date.UTC(2024, 5, 1) })
  if (!('query' in read)) throw new Error(read.refused)
  return read.query
}
const asked = (...values: string[]) => timesAsked(values.map((value) => query(value)))
const day = (text: string) => Date.parse(text)
const touching = (low: string, high: string, within = false) =>
  textsTouching({ low: day(low), high: day(high) }, within)

test.each<[string, string[], string[] | undefined]>([
  ['a day, in which what is found lies', ['2024-03-05'], touching('2024-03-05', '2024-03-06', true)],
  ['a month', ['2024-03'], touching('2024-03-01', '2024-04-01', true)],
  ['a day or another, and all between', ['2024-03-05,2024-03-09'], touching('2024-03-05', '2024-03-10', true)],
  ['from one day on, before another', ['ge2024-03-05', 'lt2024-03-09'], touching('2024-03-05', '2024-03-09')],
  ['after one day, up to another', ['gt2024-03-05', 'le2024-03-09'], touching('2024-03-06', '2024-03-10')],
  ['beginning after, ended before', ['sa2024-03-05', 'eb2024-03-09'], touching('2024-03-06', '2024-03-09')],
  [
    'two days that have nothing in common but what reaches over both',
    ['2024-03-05', '2024-03-09'],
    touching('2024-03-09', '2024-03-06'),
  ],
  ['one that ends nothing, with a day', ['ne2024-01-01', '2024-03-05'], touching('2024-03-05', '2024-03-06')],
])('looked up: %s', (_, values, expected) => {
  expect(expected?.length).toBeGreaterThan(0)
  expect(asked(...values)).toEqual(expected)
})

test.each<[string, string[]]>([
  ['only a beginning', ['ge2024-03-05']],
  ['only an end', ['lt2024-03-05']],
  ['anything but a day', ['ne2024-03-05']],
  ['a day, or from another on', ['2024-03-05,ge2024-06-01']],
  ['more than 13 months', ['ge2023-01-01', 'lt2024-06-01']],
])('not looked up: %s', (_, values) => {
  expect(asked(...values)).toBeUndefined()
})

test('some time about a day is looked up as far as it reaches', () => {
  const texts = asked('ap2024-05-22')
  // A tenth of the time between then and now: a day either way.
  for (const text of ['2024-05-21T12:00:00Z', '2024-05-22T12:00:00Z', '2024-05-23T12:00:00Z'])
    expect(texts).toContain(textOfSpan({ low: day(text), high: day(text) + 1 }))
  // A stay that lasts longer touches it, too.
  for (const some of [texts, asked('2024-05-22,ap2024-05-22')])
    expect(some).toContain(textOfSpan({ low: day('2024-04-01'), high: day('2024-07-01') }))
  expect(texts).not.toContain(textOfSpan({ low: day('2024-05-26'), high: day('2024-05-26') + 1 }))
})

test('a query for what has no time narrows nothing; beside another it is left to the comparison', () => {
  const missing = query('true', 'date:missing')
  expect(timesAsked([missing])).toBeUndefined()
  expect(timesAsked([missing, query('2024-03-05')])).toEqual(touching('2024-03-05', '2024-03-06', true))
  expect(timesAsked([])).toBeUndefined()
})
