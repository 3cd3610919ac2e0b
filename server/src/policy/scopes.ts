import { isResourceType, parseQuery, type ResourceType, type SearchQuery } from '@chartkeep/model/fhir'

/** One SMART v2 scope of a backend service: `system/Observation.rs`, `system/Observation.rs?category=system|code`. */
export interface Scope {
  readonly type: ResourceType | '*'
  /** Some of c r u d s, in that order. */
  readonly letters: string
  /** Only the records that meet all of these. */
  readonly only?: Narrowing | undefined
}

/** What stands behind the `?` of a granular scope. */
export interface Narrowing {
  /** One spelling for one narrowing. */
  readonly text: string
  readonly queries: readonly SearchQuery[]
}

const v2 = /^system\/([A-Za-z]+|\*)\.(c?r?u?d?s?)(?:\?(.+))?$/
const v1: ReadonlyMap<unknown, string> = new Map([
  ['read', 'rs'],
  ['write', 'cud'],
  ['*', 'cruds'],
])
const v1Form = /^system\/([A-Za-z]+|\*)\.(read|write|\*)$/
const mostParameters = 5

/**
 * Text of one scope → Scope, or undefined when it is not one we grant (SMART App Launch 2.2, scopes). Narrowed ones are
 * granted for one type, to read and to search: a change could move a record in or out of what is seen.
 */
export function parseScope(text: string): Scope | undefined {
  const old = v1Form.exec(text)
  const match = old ?? v2.exec(text)
  if (match === null) return undefined
  const [, type, suffix, query] = match
  const letters = old === null ? suffix : v1.get(suffix)
  if ((type !== '*' && !isResourceType(type)) || !letters) return undefined
  if (query === undefined) return { type, letters }
  const only = /^r?s?$/.test(letters) ? parseNarrowing(type, query) : undefined
  return only === undefined ? undefined : { type, letters, only }
}

/** Parameters that one record can be judged by alone; undefined when one of them is not. */
function parseNarrowing(type: Scope['type'], text: string): Narrowing | undefined {
  if (type === '*') return undefined
  const parameters = new URLSearchParams(text)
  parameters.sort()
  const queries: SearchQuery[] = []
  for (const [name, value] of parameters) {
    const read = parseQuery(type, name, value)
    if (!('query' in read)) return undefined
    queries.push(read.query)
  }
  if (queries.length === 0 || queries.length > mostParameters) return undefined
  return { text: parameters.toString(), queries }
}

export function formatScope({ type, letters, only }: Scope): string {
  // As people write it: a colon, a slash and a bar need no escape here, and a scope has no spaces.
  return `system/${type}.${letters}${only === undefined ? '' : `?${only.text.replaceAll(/%(3A|2F|7C|2C)/g, decodeURIComponent)}`}`
}

/** Every letter of `wanted` for its type is within one of the scopes held. */
export function covers(held: readonly Scope[], wanted: Scope): boolean {
  return [...wanted.letters].every((letter) =>
    held.some(
      (scope) =>
        reaches(scope, wanted.type, letter) && (scope.only === undefined || scope.only.text === wanted.only?.text),
    ),
  )
}

/**
 * The rows of a type that a letter opens: undefined for none of the type, [] … several for those that meet one of these,
 * 'all' where one scope is not narrowed.
 */
export function rowsOpen(
  held: readonly Scope[],
  type: ResourceType,
  letter: string,
): 'all' | readonly (readonly SearchQuery[])[] | undefined {
  const open = held.filter((scope) => reaches(scope, type, letter))
  if (open.length === 0) return undefined
  const narrowed = open.flatMap(({ only }) => (only === undefined ? [] : [only.queries]))
  return narrowed.length < open.length ? 'all' : narrowed
}

/** What two scopes have in common; undefined when nothing, or when it has no words as a scope. */
export function sharedScope(held: Scope, wanted: Scope): Scope | undefined {
  if (held.type !== '*' && wanted.type !== '*' && held.type !== wanted.type) return undefined
  const letters = [...wanted.letters].filter((letter) => held.letters.includes(letter)).join('')
  if (letters === '') return undefined
  const type = held.type === '*' ? wanted.type : held.type
  if (held.only === undefined || wanted.only === undefined || held.only.text === wanted.only.text)
    return { type, letters, only: held.only ?? wanted.only }
  const only = parseNarrowing(type, `${held.only.text}&${wanted.only.text}`)
  return only === undefined ? undefined : { type, letters, only }
}

function reaches(scope: Scope, type: Scope['type'], letter: string): boolean {
  return (scope.type === '*' || scope.type === type) && scope.letters.includes(letter)
}
