import {
  matches,
  parseQuery,
  type Resource,
  type ResourceType,
  type SearchQuery,
  searchValues,
} from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import { tokenText } from '#records'
import type { BundleEntry } from './bundle.ts'
import type { ReadEntry } from './read-entries.ts'

/** The entries of a transaction that bring resources, to be found by what the resources say. */
export interface Entries {
  /**
   * Those whose resource meets a condition by itself: one on other records, or on the id that is given here, it cannot
   * meet. Throws 'transaction-invalid' when too much would have to be compared.
   */
  thatMeet(type: ResourceType, condition: string): BundleEntry[]
}

interface Bringing {
  readonly entry: BundleEntry
  readonly resource: Resource
}

/** Together those that hold one of several values. */
type Lists = readonly (readonly Bringing[])[]

/** Comparisons of one transaction: some tenths of a second. Those by identifier, which is the rule, need one each. */
const mostComparisons = 200_000

export function openEntries(read: readonly ReadEntry[]): Entries {
  const bringing = read.flatMap(({ entry, resource }) => (resource === undefined ? [] : [{ entry, resource }]))
  const byType = Map.groupBy(bringing, ({ resource }) => resource.resourceType)
  const indexes = new Map<string, ReadonlyMap<string, Bringing[]>>()
  let comparisons = 0

  /** Those that hold one of the codes or references that a query asks for; undefined where each has to be looked at. */
  function holding(type: ResourceType, { parameter, modifier, values }: SearchQuery): Lists | undefined {
    const texts = values.map(tokenText)
    if (modifier !== undefined || !texts.every((text) => text !== undefined)) return undefined
    const name = `${type}?${parameter.code}`
    let index = indexes.get(name)
    if (index === undefined) indexes.set(name, (index = indexOf(byType.get(type) ?? [], parameter.code)))
    return texts.map((text) => index.get(text) ?? [])
  }

  return {
    thatMeet(type, condition) {
      const parameters = [...new URLSearchParams(condition)]
      const read = parameters.map(([name, value]) => parseQuery(type, name, value))
      const queries = read.flatMap((one) => ('query' in one ? one.query : []))
      if (queries.length < read.length) return []
      const [fewest = [byType.get(type) ?? []]] = queries
        .map((query) => holding(type, query))
        .filter((lists) => lists !== undefined)
        .toSorted((a, b) => lengthOf(a) - lengthOf(b))
      if ((comparisons += lengthOf(fewest)) > mostComparisons) throw new Refusal('transaction-invalid')
      return [...new Set(fewest.flat())].flatMap(({ entry, resource }) => {
        if (entry.method === 'POST' && parameters.some(([name]) => name.startsWith('_id'))) return []
        return queries.every((query) => matches(resource, query)) ? [entry] : []
      })
    },
  }
}

const lengthOf = (lists: Lists): number => lists.reduce((sum, list) => sum + list.length, 0)

function indexOf(all: readonly Bringing[], code: string): Map<string, Bringing[]> {
  const index = new Map<string, Bringing[]>()
  for (const one of all)
    for (const text of new Set(searchValues(one.resource, code).map(tokenText))) {
      if (text === undefined) continue
      const known = index.get(text)
      if (known === undefined) index.set(text, [one])
      else known.push(one)
    }
  return index
}
