// One element against one value where values have an order or a distance: dates, numbers, quantities, places (R4 search,
// 3.1.1.4.5 to 3.1.1.4.7 and 3.1.1.4.11). For tests.

import { list, type Loose } from './brute-compare.ts'
import type { FoundElement } from './brute-extract.ts'
import type { Asked } from './brute-search.ts'
import { compareDecimals, decimal, impliedRange, interval, literal, pieces, type Interval } from './brute-values.ts'

function intervalOf({ value, type }: FoundElement): Interval | undefined {
  const one: Loose = value
  if (type === 'Period') {
    const [start, end] = [one.start, one.end].map((text) => (text === undefined ? undefined : interval(text)))
    return start === undefined && end === undefined ? undefined : [start?.[0] ?? -Infinity, end?.[1] ?? Infinity]
  }
  if (type === 'Timing') {
    const all = [
      ...list(one.event).map(interval),
      intervalOf({ value: one.repeat?.boundsPeriod ?? {}, type: 'Period' }),
    ].filter((some) => some !== undefined)
    return all.length === 0
      ? undefined
      : [Math.min(...all.map((some) => some[0])), Math.max(...all.map((some) => some[1]))]
  }
  const [start, end] = interval(one)
  return type === 'instant' ? [start, start + 1] : [start, end]
}

function splitPrefix(text: string): [string, string] {
  const prefix = /^[a-z]{2}/.exec(text)?.[0]
  return prefix === undefined ? ['eq', text] : [prefix, text.slice(2)]
}

export function dateMatches(element: FoundElement, wanted: string, now: number | undefined): boolean {
  const target = intervalOf(element)
  if (target === undefined) return false
  const [prefix, text] = splitPrefix(wanted)
  const search = interval(text)
  const contains = search[0] <= target[0] && target[1] <= search[1]
  const overlaps = (one: Interval): boolean => one[0] < target[1] && target[0] < one[1]
  const [above, below]: [Interval, Interval] = [
    [search[1], Infinity],
    [-Infinity, search[0]],
  ]
  const slack = now === undefined ? 0 : Math.abs(now - search[0]) * 0.1
  switch (prefix) {
    case 'ne':
      return !contains
    case 'gt':
      return overlaps(above)
    case 'lt':
      return overlaps(below)
    case 'ge':
      return overlaps(above) || contains
    case 'le':
      return overlaps(below) || contains
    case 'sa':
      return !overlaps(search) && target[0] >= above[0]
    case 'eb':
      return !overlaps(search) && target[1] <= below[1]
    case 'ap':
      return overlaps([search[0] - slack, search[1] + slack])
    default:
      return contains
  }
}

/** Undefined is an open end. */
type Bounds = readonly [low: number | undefined, high: number | undefined]

function boundsMatch([low, high]: Bounds, prefix: string, text: string): boolean {
  const to = (size: number | undefined, other: ReturnType<typeof decimal>, open: number): number =>
    size === undefined ? open : compareDecimals(decimal(String(size)), other)
  const value = decimal(text)
  const [first, last] = impliedRange(text)
  const contains = to(low, first, -1) >= 0 && to(high, last, 1) < 0
  switch (prefix) {
    case 'ne':
      return !contains
    case 'gt':
      return to(high, value, 1) > 0
    case 'lt':
      return to(low, value, -1) < 0
    case 'ge':
      return to(high, value, 1) >= 0
    case 'le':
      return to(low, value, -1) <= 0
    case 'sa':
      return to(low, value, -1) > 0
    case 'eb':
      return to(high, value, 1) < 0
    case 'ap': {
      const tenth = { digits: value.digits < 0n ? -value.digits : value.digits, scale: value.scale + 1 }
      const [from, until] = [-1n, 1n].map((sign) => ({
        digits: value.digits * 10n + sign * tenth.digits,
        scale: tenth.scale,
      }))
      return from !== undefined && until !== undefined && to(high, from, 1) >= 0 && to(low, until, -1) <= 0
    }
    default:
      return contains
  }
}

export function numberMatches({ value, type }: FoundElement, wanted: string): boolean {
  const one: Loose = value
  const [prefix, text] = splitPrefix(wanted)
  const bounds: Bounds = type === 'Range' ? [one.low?.value, one.high?.value] : [one, one]
  return bounds.some((size) => size !== undefined) && boundsMatch(bounds, prefix, text)
}

export function quantityMatches({ value, type }: FoundElement, { value: wanted, options }: Asked): boolean {
  const one: Loose = value
  const [number = '', system, code] = pieces(wanted, '|').map(literal)
  const [prefix, text] = splitPrefix(number)
  const unit: Loose =
    type === 'Money'
      ? { system: 'urn:iso:std:iso:4217', code: one.currency }
      : type === 'Range'
        ? ((one.low?.value === undefined ? one.high : one.low) ?? {})
        : one
  let bounds: Bounds = [one.value, one.value]
  if (type === 'Range') {
    bounds = [one.low?.value, one.high?.value]
    if (bounds.every((size) => size === undefined)) return false
  } else if (one.value === undefined) return false
  else if (String(one.comparator).startsWith('<')) bounds = [undefined, one.value]
  else if (String(one.comparator).startsWith('>')) bounds = [one.value, undefined]
  if (system && unit.system !== system) return false
  if (!code || code === unit.code || (!system && code === unit.unit)) return boundsMatch(bounds, prefix, text)
  if (system !== 'http://unitsofmeasure.org' || options.convert === undefined || unit.code === undefined) return false
  const converted = bounds.map((size) => (size === undefined ? undefined : options.convert?.(size, unit.code, code)))
  if (bounds.some((size, index) => size !== undefined && converted[index] === undefined)) return false
  return boundsMatch([converted[0], converted[1]], prefix, text)
}

export function nearMatches({ value }: FoundElement, wanted: string): boolean {
  const { latitude, longitude }: Loose = value
  if (latitude === undefined || longitude === undefined) return false
  const [north = '', east = '', distance = '50', unit = 'km'] = pieces(wanted, '|').map(literal)
  const [a, b, c, d] = [latitude, longitude, north, east].map((degrees) => (Number(degrees) * Math.PI) / 180)
  if (a === undefined || b === undefined || c === undefined || d === undefined) return false
  const angle = Math.acos(Math.min(1, Math.sin(a) * Math.sin(c) + Math.cos(a) * Math.cos(c) * Math.cos(b - d)))
  return angle * 6371.0088 <= Number(distance) * (unit === 'km' ? 1 : 0.001)
}
