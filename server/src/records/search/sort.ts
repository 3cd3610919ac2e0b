import { foldText, type Resource, type SearchValue, searchValues } from '@chartkeep/model/fhir'
import type { SortKey } from './ask.ts'

/** What a record is put in order by: a key for each parameter. What it does not have comes last, either way. */
export type Keys = readonly (string | number | null)[]

export function keysOf(resource: Resource, sort: readonly SortKey[]): Keys {
  return sort.map(({ parameter, descending }) => keyOf(resource, parameter.code, descending))
}

/** Of several values, the one that comes first in the order asked for (R4 search, 3.1.1.5.1). */
function keyOf(resource: Resource, code: string, descending: boolean): string | number | null {
  let best: string | number | null = null
  for (const value of searchValues(resource, code)) {
    const key = valueKey(value)
    if (key === undefined) continue
    if (best === null || (descending ? compareKeys(best, key) < 0 : compareKeys(key, best) < 0)) best = key
  }
  return best
}

/** A range by its beginning; one without a beginning by its end. */
function valueKey(value: SearchValue): string | number | undefined {
  switch (value.kind) {
    case 'date':
    case 'number':
    case 'quantity':
      return [value.low, value.high].find(Number.isFinite)
    case 'string':
      return foldText(value.text)
    case 'token':
      return value.code ?? (value.text === undefined ? undefined : foldText(value.text))
    case 'reference':
      return value.id === undefined ? value.url : `${value.type ?? ''}/${value.id}`
    case 'uri':
      return value.uri
    case 'composite':
    case 'position':
      return undefined
  }
}

function compareKeys(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export interface Sorted {
  readonly keys: Keys
  readonly id: string
}

/** By the keys in turn, then by id, so that there is one order. */
export function compareSorted(a: Sorted, b: Sorted, sort: readonly SortKey[]): number {
  for (const [index, { descending }] of sort.entries()) {
    const [x, y] = [a.keys[index] ?? null, b.keys[index] ?? null]
    if (x === y) continue
    if (x === null) return 1
    if (y === null) return -1
    const order = compareKeys(x, y)
    if (order !== 0) return descending ? -order : order
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
