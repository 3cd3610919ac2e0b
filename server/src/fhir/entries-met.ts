import { isObject, matches, parseQuery, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { Refusal } from '#base'
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

/** Comparisons of one transaction: some tenths of a second. Those by identifier, which is the rule, need one each. */
const mostComparisons = 200_000

export function openEntries(read: readonly ReadEntry[]): Entries {
  const bringing = read.flatMap(({ entry, resource }) => (resource === undefined ? [] : [{ entry, resource }]))
  const byType = Map.groupBy(bringing, ({ resource }) => resource.resourceType)
  const byNumber = new Map<ResourceType, ReadonlyMap<string, Bringing[]>>()
  let comparisons = 0

  function candidates(type: ResourceType, parameters: readonly [string, string][]): readonly Bringing[] {
    const all = byType.get(type) ?? []
    const numbers = parameters.flatMap(([name, value]) => (name === 'identifier' ? [numbersIn(value)] : []))[0]
    if (numbers === undefined) return all
    let index = byNumber.get(type)
    if (index === undefined) byNumber.set(type, (index = indexByNumber(all)))
    return numbers.flatMap((number) => index.get(number) ?? [])
  }

  return {
    thatMeet(type, condition) {
      const parameters = [...new URLSearchParams(condition)]
      const queries = parameters.map(([name, value]) => parseQuery(type, name, value))
      const found = new Set(candidates(type, parameters))
      if ((comparisons += found.size) > mostComparisons) throw new Refusal('transaction-invalid')
      return [...found].flatMap(({ entry, resource }) => {
        if (entry.method === 'POST' && parameters.some(([name]) => name.startsWith('_id'))) return []
        return queries.every((read) => 'query' in read && matches(resource, read.query)) ? [entry] : []
      })
    },
  }
}

/** The values that one of must be there; undefined where a look at each resource is needed. */
function numbersIn(token: string): string[] | undefined {
  if (token.includes('\\')) return undefined
  const numbers = token.split(',').map((one) => one.slice(one.indexOf('|') + 1))
  return numbers.includes('') ? undefined : numbers
}

function indexByNumber(all: readonly Bringing[]): Map<string, Bringing[]> {
  const index = new Map<string, Bringing[]>()
  for (const one of all) {
    const { identifier } = one.resource
    for (const each of Array.isArray(identifier) ? identifier : [identifier]) {
      const value: unknown = isObject(each) ? each['value'] : undefined
      if (typeof value !== 'string') continue
      const known = index.get(value)
      if (known === undefined) index.set(value, [one])
      else known.push(one)
    }
  }
  return index
}
