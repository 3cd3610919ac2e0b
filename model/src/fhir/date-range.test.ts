import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dateRange, periodRange, timingRange } from './date-range.ts'

describe('the time a date stands for', () => {
  test.each([
    ['2020', '2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z'],
    ['2020-12', '2020-12-01T00:00:00Z', '2021-01-01T00:00:00Z'],
    ['2020-02-29', '2020-02-29T00:00:00Z', '2020-03-01T00:00:00Z'],
    ['0050-01-01', '0050-01-01T00:00:00Z', '0050-01-02T00:00:00Z'],
    ['2020-01-01T10:00', '2020-01-01T10:00:00Z', '2020-01-01T10:01:00Z'],
    ['2020-01-01T10:00:05Z', '2020-01-01T10:00:05Z', '2020-01-01T10:00:06Z'],
    ['2020-01-01T10:00:05.5Z', '2020-01-01T10:00:05.500Z', '2020-01-01T10:00:05.600Z'],
    ['2020-01-01T10:00:05.25+05:30', '2020-01-01T04:30:05.250Z', '2020-01-01T04:30:05.260Z'],
    ['2020-01-01T10:00:05.123456-14:00', '2020-01-02T00:00:05.123Z', '2020-01-02T00:00:05.124Z'],
  ])('%s', (text, low, high) => {
    expect(dateRange(text)).toEqual({ low: Date.parse(low), high: Date.parse(high) })
  })

  test.each([
    '',
    '20',
    '2020-',
    '2020-13',
    '2020-00',
    '2021-02-29',
    '2020-1-1',
    '2020-01-01T',
    '2020-01-01T25:00',
    '2020-01-01T10',
    '2020-01-01T10:00:00+5:00',
    '2020-01-01T10:00:00.Z',
    '2020-01-01T10:00Zx',
    '2020-01-01 10:00',
    '2020-01-01T10:00:00+15:00',
  ])('%s is none', (text) => {
    expect(dateRange(text)).toBeUndefined()
  })

  test('an instant of JavaScript is one millisecond', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(dateRange(date.toISOString())).toEqual({ low: date.getTime(), high: date.getTime() + 1 })
        },
      ),
    )
  })
})

test('periods are open where they have no end', () => {
  expect(periodRange({ start: '2020' })).toEqual({ low: Date.parse('2020-01-01T00:00:00Z'), high: Infinity })
  expect(periodRange({ end: '2020' })).toEqual({ low: -Infinity, high: Date.parse('2021-01-01T00:00:00Z') })
  expect(periodRange({})).toBeUndefined()
})

test('a timing reaches over its events and bounds', () => {
  const timing = { event: ['2020-02', '2020-05'], repeat: { boundsPeriod: { start: '2020-01-01', end: '2020-03-01' } } }
  expect(timingRange(timing)).toEqual({
    low: Date.parse('2020-01-01T00:00:00Z'),
    high: Date.parse('2020-06-01T00:00:00Z'),
  })
  expect(timingRange({ repeat: { frequency: 2 } })).toBeUndefined()
})
