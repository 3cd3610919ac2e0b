// How quantities in different units are compared. The table of UCUM is behind a door of its own, so that whoever only
// reads resources (the browser) does not carry it.
import type { Span } from './search-compare.ts'

export const ucum = 'http://unitsofmeasure.org'

export interface Units {
  /** `value` of the unit `from` in the unit `to`, both UCUM codes; undefined when one is unknown or they do not compare. */
  convert(value: number, from: string, to: string): number | undefined
  /** `value` in base units, to put quantities of different units in order; undefined when the unit is unknown or falls as they rise. */
  base(value: number, code: string): number | undefined
}

/** A stretch of values in another unit. A scale may run the other way (pH), and open ends stay open. */
export function convertSpan({ low, high }: Span, units: Units, from: string, to: string): Span | undefined {
  const [one, two] = [units.convert(1, from, to), units.convert(2, from, to)]
  if (one === undefined || two === undefined) return undefined
  const falls = two < one
  const at = (end: number): number =>
    Number.isFinite(end) ? (units.convert(end, from, to) ?? Number.NaN) : falls ? -end : end
  return falls ? { low: at(high), high: at(low) } : { low: at(low), high: at(high) }
}
