// Keys to sort a search's results by (R4 search, 3.1.1.5.1), compared with `<`: numbers with numbers, texts with texts.
import type { Resource } from './resource.ts'
import type { SearchParameter } from './search-parameter.ts'
import { foldText } from './search-text.ts'
import { ucum, type Units } from './search-units.ts'
import type { DateValue, QuantityValue, ReferenceValue, SearchValue } from './search-value.ts'
import { searchValues } from './search-values.ts'

export type SortKey = string | number
export type SortDirection = 'ascending' | 'descending'

/** Whether its values have an order: parts of a composite and places on the earth have none. */
export function isSortable({ type, leaves }: SearchParameter): boolean {
  if (leaves.some((leaf) => leaf.type === 'xhtml' || leaf.type === 'Resource')) return false
  return type !== 'composite' && type !== 'special'
}

/**
 * What a resource is sorted by: its lowest value when ascending, its highest when descending. Undefined when it has
 * none, which comes last in either direction.
 *
 * @param code of a search parameter of its type
 * @param units to put quantities of different UCUM units in order, by their size in base units; as written without it
 */
export function sortKeyOf(
  resource: Resource,
  code: string,
  direction: SortDirection,
  units?: Units,
): SortKey | undefined {
  let best: SortKey | undefined
  for (const value of searchValues(resource, code)) {
    const key = keyOf(value, direction, units)
    if (key === undefined) continue
    if (best === undefined || (direction === 'ascending' ? key < best : key > best)) best = key
  }
  return best
}

function keyOf(value: SearchValue, direction: SortDirection, units: Units | undefined): SortKey | undefined {
  switch (value.kind) {
    case 'token': {
      const text = value.code ?? value.text
      return text === undefined ? undefined : foldText(text)
    }
    case 'string':
      return foldText(value.text)
    case 'reference':
      return referenceKey(value)
    case 'date':
      return timeKey(value)
    case 'number':
      return bounded(direction === 'ascending' ? value.low : value.high)
    case 'quantity':
      return sizeOf(value, direction, units)
    case 'uri':
      return value.uri
    case 'words':
    case 'composite':
    case 'position':
      return undefined
  }
}

/**
 * A time by its beginning in either direction, one without a beginning by its end: a period that goes on is not newer
 * than all that begins after it.
 */
function timeKey({ low, high }: DateValue): number | undefined {
  return [low, high].find(Number.isFinite)
}

function referenceKey({ type, id, base, url, identifier }: ReferenceValue): string | undefined {
  return id === undefined ? (url ?? identifier?.value) : `${base ?? ''}${type ?? ''}/${id}`
}

function sizeOf(
  { low, high, system, code }: QuantityValue,
  direction: SortDirection,
  units: Units | undefined,
): number {
  const size = direction === 'ascending' ? low : high
  if (units === undefined || system !== ucum || code === undefined || !Number.isFinite(size)) return bounded(size)
  return bounded(units.base(size, code) ?? size)
}

/** An open end is the lowest or highest number, not infinite: JSON has no word for that, and a cursor is JSON. */
function bounded(size: number): number {
  return Math.min(Math.max(size, -Number.MAX_VALUE), Number.MAX_VALUE)
}
