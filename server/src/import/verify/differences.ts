import { formatJson, isObject, parseJson, type Resource } from '@chartkeep/model/fhir'
import type { Stored } from '#records'
import { sameContent } from '../same-content.ts'

const mostNamed = 5

/**
 * The elements in which the stored version says something else than the resource, its references in our terms; to the
 * digit, but for the id, version and time that are ours. Names elements, never values; of many, the first five.
 */
export function differencesOf(resource: Resource, stored: Pick<Stored, 'deleted' | 'json'>): string[] {
  if (sameContent(stored, resource)) return []
  const found: string[] = []
  // oxlint-disable-next-line no-unsafe-type-assertion -- what is stored was made of a resource
  const actual = parseJson(stored.json, { bytes: stored.json.length }) as Resource
  compare(withoutOurs(resource), withoutOurs(actual), resource.resourceType, found)
  // The same by value: what differs is the order of elements, or how a number is written.
  return found.length > 0 ? found.slice(0, mostNamed) : [`${resource.resourceType} (digits of a number)`]
}

function withoutOurs(resource: Resource): Record<string, unknown> {
  const { id: _, meta, ...elements } = resource
  const { versionId: __, lastUpdated: ___, ...marks } = meta ?? {}
  return { ...elements, ...(Object.keys(marks).length === 0 ? {} : { meta: marks }) }
}

function compare(expected: unknown, actual: unknown, path: string, found: string[]): void {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    for (let at = 0; at < Math.max(expected.length, actual.length); at++)
      compare(expected[at], actual[at], `${path}[${at}]`, found)
  } else if (isObject(expected) && isObject(actual)) {
    const before = found.length
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)]))
      compare(expected[name], actual[name], `${path}.${name}`, found)
    if (found.length === before && digitsOf(expected) !== digitsOf(actual)) found.push(`${path} (digits of a number)`)
  } else if (!Object.is(expected, actual)) found.push(path)
}

/** Its own numbers as they were written. */
function digitsOf(value: Record<string, unknown>): string {
  const numbers = Object.entries(value).filter(([, member]) => typeof member === 'number')
  return numbers.length === 0
    ? ''
    : formatJson(Object.fromEntries(numbers.toSorted(([a], [b]) => (a < b ? -1 : 1))), value)
}
