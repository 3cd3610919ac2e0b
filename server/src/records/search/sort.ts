import { type Resource, sortKeyOf, type Units } from '@chartkeep/model/fhir'
import type { SortKey } from './ask.ts'

/** What a record is put in order by: a key for each parameter. What it does not have comes last, either way. */
export type Keys = readonly (string | number | null)[]

export function keysOf(resource: Resource, sort: readonly SortKey[], units: Units | undefined): Keys {
  return sort.map(
    ({ parameter, descending }) =>
      sortKeyOf(resource, parameter.code, descending ? 'descending' : 'ascending', units) ?? null,
  )
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
    return x < y === descending ? 1 : -1
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
