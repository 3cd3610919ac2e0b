import { type Resource, searchValues, sortKeyOf, type Units } from '@chartkeep/model/fhir'
import type { SortKey } from './ask.ts'

/** What a record is put in order by: a key for each parameter. What it does not have comes last, either way. */
export type Keys = readonly (string | number | null)[]

export function keysOf(resource: Resource, sort: readonly SortKey[], units: Units | undefined): Keys {
  return sort.map(({ parameter, descending }) =>
    parameter.type === 'date'
      ? timeKey(resource, parameter.code, descending)
      : (sortKeyOf(resource, parameter.code, descending ? 'descending' : 'ascending', units) ?? null),
  )
}

/**
 * A time by its beginning in either direction, one without a beginning by its end: a chart lies in this order, and a
 * period that goes on for ever is not newer than all that begins after it.
 */
function timeKey(resource: Resource, code: string, descending: boolean): number | null {
  const times = searchValues(resource, code).flatMap((value) =>
    value.kind === 'date' ? ([value.low, value.high].find(Number.isFinite) ?? []) : [],
  )
  const [first, ...others] = times
  if (first === undefined) return null
  return others.reduce((one, other) => (descending ? Math.max(one, other) : Math.min(one, other)), first)
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
