import { expect, test } from 'vitest'
import {
  calendarDate,
  formatAge,
  formatDate,
  formatDateTime,
  formatLongDate,
  formatMoment,
  formatRecent,
  shiftDate,
} from './date.ts'

test.each([
  ['2026-03-12', '12 Mar 2026'],
  ['2026-03', 'Mar 2026'],
  ['2026', '2026'],
  ['not a date', 'not a date'],
])('the FHIR date %s is written %s', (text, written) => {
  expect(formatDate(text)).toBe(written)
})

test('a date without a time is the same day in every time zone', () => {
  expect(formatDate('1961-01-01')).toBe('1 Jan 1961')
})

test('a moment is written in the time of the workstation, a bare date without a time', () => {
  const at = new Date(2026, 2, 12, 9, 5)
  expect(formatDateTime(at.toISOString())).toBe('12 Mar 2026, 09:05')
  expect(formatDateTime('2026-03-12')).toBe('12 Mar 2026')
})

test('in the record of who did what the second counts', () => {
  expect(formatMoment(new Date(2026, 2, 12, 9, 5, 7).toISOString())).toBe('12 Mar 2026, 09:05:07')
})

test('today is written as the time, another day as the date', () => {
  const now = new Date(2026, 2, 12, 18, 0).getTime()
  expect(formatRecent(new Date(2026, 2, 12, 9, 5).toISOString(), now)).toBe('09:05')
  expect(formatRecent(new Date(2026, 2, 11, 9, 5).toISOString(), now)).toBe('11 Mar 2026')
  expect(formatRecent('2026-03-12', now)).toBe('12 Mar 2026')
})

test.each([
  ['1961-03-12', '2026-03-11', '64 y'],
  ['1961-03-12', '2026-03-12', '65 y'],
  ['2024-03-13', '2026-03-12', '23 m'],
  ['2026-01-13', '2026-03-12', '58 d'],
  ['2026-01-12', '2026-03-12', '2 m'],
  ['2026-03-12', '2026-03-12', '0 d'],
  ['1961', '2026-03-12', '65 y'],
  ['2027-01-01', '2026-03-12', undefined],
])('someone born %s is on %s aged %s', (born, on, age) => {
  expect(formatAge(born, on)).toBe(age)
})

test('days are counted on the calendar, over the end of a year and a leap day', () => {
  expect(shiftDate('2026-12-31', 1)).toBe('2027-01-01')
  expect(shiftDate('2028-03-01', -1)).toBe('2028-02-29')
  expect(formatLongDate('2026-11-22')).toBe('Sunday 22 Nov 2026')
  expect(calendarDate(new Date(2026, 0, 5, 23, 59).getTime())).toBe('2026-01-05')
})
