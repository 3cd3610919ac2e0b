import { isObject } from './resource.ts'

/** A stretch of time in Unix milliseconds: from `low` up to, not including, `high`. Open ends are infinite. */
export interface DateRange {
  readonly low: number
  readonly high: number
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/**
 * All the time that a FHIR date, dateTime or instant stands for: `2020` is a whole year, `2020-02-03T10:00:00Z` one
 * second. A text without offset is read as UTC. Undefined when it is no date of the calendar: a year is 1 or later, an offset
 * at most 14 hours, and a leap second one that there was.
 */
export function dateRange(text: string): DateRange | undefined {
  const { length } = text
  const year = digits(text, 0, 4)
  if (year === undefined || year === 0) return undefined
  if (length === 4) return { low: utc(year, 0, 1), high: utc(year + 1, 0, 1) }
  const month = text.charCodeAt(4) === 0x2d ? digits(text, 5, 2) : undefined
  if (month === undefined || month < 1 || month > 12) return undefined
  if (length === 7) return { low: utc(year, month - 1, 1), high: utc(year, month, 1) }
  const date = text.charCodeAt(7) === 0x2d ? digits(text, 8, 2) : undefined
  if (date === undefined || date < 1 || date > daysIn(year, month)) return undefined
  const midnight = utc(year, month - 1, date)
  if (length === 10) return { low: midnight, high: midnight + day }
  return timeRange(text, midnight)
}

/** From the `T` on: hours and minutes, then seconds with a fraction, then the offset. */
function timeRange(text: string, midnight: number): DateRange | undefined {
  const hours = digits(text, 11, 2)
  const minutes = digits(text, 14, 2)
  if (text.charCodeAt(10) !== 0x54 || text.charCodeAt(13) !== 0x3a) return undefined
  if (hours === undefined || minutes === undefined || hours > 23 || minutes > 59) return undefined
  let low = midnight + hours * hour + minutes * minute
  let width = minute
  let at = 16
  let leap: number | undefined
  if (text.charCodeAt(16) === 0x3a) {
    const seconds = digits(text, 17, 2)
    if (seconds === undefined || seconds > 60) return undefined
    low += seconds * 1000
    if (seconds === 60) leap = low
    width = 1000
    at = 19
  }
  if (text.charCodeAt(at) === 0x2e && at === 19) {
    at = endOfDigits(text, 20)
    if (at === 20) return undefined
    // Three digits and more are one millisecond, the finest that is told apart here.
    width = at === 21 ? 100 : at === 22 ? 10 : 1
    low += Number(text.slice(20, Math.min(at, 23))) * width
  }
  const offset = offsetAt(text, at)
  if (offset === undefined || (leap !== undefined && !followsLeapSecond(leap - offset))) return undefined
  return { low: low - offset, high: low - offset + width }
}

/** Years in which a leap second came before the first of the month (IERS Bulletin C; none since). */
const leapSeconds: Readonly<Record<number, ReadonlySet<number>>> = {
  0: new Set([1973, 1974, 1975, 1976, 1977, 1978, 1979, 1980, 1988, 1990, 1991, 1996, 1999, 2006, 2009, 2017]),
  6: new Set([1972, 1981, 1982, 1983, 1985, 1992, 1993, 1994, 1997, 2012, 2015]),
}
/** What comes later is not decided yet. */
const lastKnown = Date.UTC(2027, 0, 1)

/** Whether the second before a moment (Unix milliseconds) had the number 60 in UTC. */
function followsLeapSecond(moment: number): boolean {
  const at = new Date(moment)
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()]
  if (moment !== Date.UTC(year, month, 1)) return false
  return moment > lastKnown ? month === 0 || month === 6 : leapSeconds[month]?.has(year) === true
}

function offsetAt(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at)
  if (at === text.length || (sign === 0x5a && at + 1 === text.length)) return 0
  const hours = digits(text, at + 1, 2)
  const minutes = digits(text, at + 4, 2)
  if (text.length !== at + 6 || text.charCodeAt(at + 3) !== 0x3a) return undefined
  if (hours === undefined || minutes === undefined || minutes > (hours === 14 ? 0 : 59) || hours > 14) return undefined
  const size = hours * hour + minutes * minute
  if (sign === 0x2b) return size
  return sign === 0x2d ? -size : undefined
}

function digits(text: string, start: number, count: number): number | undefined {
  let value = 0
  for (let at = start; at < start + count; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (!(digit >= 0 && digit <= 9)) return undefined
    value = value * 10 + digit
  }
  return value
}

function endOfDigits(text: string, start: number): number {
  let at = start
  while (text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at++
  return at
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Date.UTC takes the years 0 to 99 for those of the twentieth century. */
function utc(year: number, month: number, dayOfMonth: number): number {
  if (year >= 100) return Date.UTC(year, month, dayOfMonth)
  return new Date(Date.UTC(2000, month, dayOfMonth)).setUTCFullYear(year, month, dayOfMonth)
}

/** A Period; one without an end goes on, one without a start has always been. */
export function periodRange(value: unknown): DateRange | undefined {
  if (!isObject(value)) return undefined
  const start = typeof value['start'] === 'string' ? dateRange(value['start']) : undefined
  const end = typeof value['end'] === 'string' ? dateRange(value['end']) : undefined
  if (start === undefined && end === undefined) return undefined
  return { low: start?.low ?? Number.NEGATIVE_INFINITY, high: end?.high ?? Number.POSITIVE_INFINITY }
}

/** A Timing: from its first event or bound to its last; undefined when it has only a rhythm. */
export function timingRange(value: unknown): DateRange | undefined {
  if (!isObject(value)) return undefined
  const ranges: (DateRange | undefined)[] = []
  if (Array.isArray(value['event'])) {
    for (const one of value['event']) if (typeof one === 'string') ranges.push(dateRange(one))
  }
  if (isObject(value['repeat'])) ranges.push(periodRange(value['repeat']['boundsPeriod']))
  const known = ranges.filter((one) => one !== undefined)
  if (known.length === 0) return undefined
  // More than a call takes arguments, there may be.
  return {
    low: known.reduce((least, { low }) => Math.min(least, low), Number.POSITIVE_INFINITY),
    high: known.reduce((most, { high }) => Math.max(most, high), Number.NEGATIVE_INFINITY),
  }
}
