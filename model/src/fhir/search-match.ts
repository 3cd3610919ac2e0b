import { isResourceType } from './resource-type.ts'
import type { Resource } from './resource.ts'
import {
  addressIs,
  dateIs,
  isNear,
  numberIs,
  referenceIs,
  textIs,
  tokenIs,
  typedIs,
  unitIs,
  uriIs,
} from './search-compare.ts'
import type { Modifier, SearchQuery, WantedValue } from './search-query.ts'
import type { SearchValue } from './search-value.ts'
import { searchValues } from './search-values.ts'
import { soundsLike } from './soundex.ts'

/** Whether a resource is among what one search parameter asks for: exact, and the same for everyone who asks. */
export function matches(resource: Resource, query: SearchQuery): boolean {
  return matchesValues(searchValues(resource, query.parameter.code), query)
}

/** The same, for values that were extracted before. */
export function matchesValues(found: readonly SearchValue[], query: SearchQuery): boolean {
  const { parameter, modifier, missing, values } = query
  if (missing !== undefined) return missing === (found.length === 0)
  const test = parameter.code === 'phonetic' ? soundMatches : valueMatches
  const any = found.some((one) => values.some((wanted) => test(one, wanted, modifier)))
  // Of several values, `:not` wants none; a record without any is found.
  return modifier === 'not' ? !any : any
}

function valueMatches(found: SearchValue, wanted: WantedValue, modifier: Modifier | undefined): boolean {
  switch (found.kind) {
    case 'token':
      if (wanted.kind === 'string') return found.text !== undefined && textIs(found.text, wanted.text, 'starts')
      if (wanted.kind === 'typed') return typedIs(found, wanted)
      return wanted.kind === 'token' && tokenIs(found, wanted)
    case 'string':
      return wanted.kind === 'string' && textIs(found.text, wanted.text, wayOf(modifier))
    case 'reference':
      return referenceMatches(found, wanted, modifier)
    case 'date':
      return wanted.kind === 'date' && dateIs(found, wanted)
    case 'number':
      return wanted.kind === 'number' && numberIs(found, wanted.prefix, wanted.number)
    case 'quantity':
      return wanted.kind === 'quantity' && numberIs(found, wanted.prefix, wanted.number) && unitIs(found, wanted)
    case 'uri':
      return wanted.kind === 'uri' && uriMatches(found.uri, wanted.uri, modifier)
    case 'composite':
      return wanted.kind === 'composite' && compositeMatches(found.parts, wanted.parts)
    case 'position':
      return wanted.kind === 'near' && isNear(found, wanted)
  }
}

function soundMatches(found: SearchValue, wanted: WantedValue): boolean {
  return found.kind === 'string' && wanted.kind === 'string' && soundsLike(found.text, wanted.text)
}

function wayOf(modifier: Modifier | undefined): 'starts' | 'exact' | 'contains' {
  return modifier === 'exact' || modifier === 'contains' ? modifier : 'starts'
}

function referenceMatches(
  found: SearchValue & { kind: 'reference' },
  wanted: WantedValue,
  modifier: Modifier | undefined,
): boolean {
  // `:identifier` looks at the Identifier that stands in the reference.
  if (wanted.kind === 'token') {
    const { identifier } = found
    if (identifier === undefined) return false
    const token = {
      kind: 'token',
      system: identifier.system,
      code: identifier.value,
      text: undefined,
      types: undefined,
      contact: false,
    } as const
    return tokenIs(token, wanted)
  }
  if (wanted.kind === 'reference') return referenceIs(found, wanted)
  if (wanted.kind !== 'address') return false
  const type = modifier !== undefined && isResourceType(modifier) ? modifier : undefined
  return addressIs(found, wanted) && (type === undefined || found.type === type)
}

/** A canonical in a uri's place (`_profile`) is also found without its version. */
function uriMatches(found: string, wanted: string, modifier: Modifier | undefined): boolean {
  const way = modifier === 'above' || modifier === 'below' ? modifier : 'same'
  if (uriIs(found, wanted, way)) return true
  const bar = found.indexOf('|')
  return bar !== -1 && !wanted.includes('|') && uriIs(found.slice(0, bar), wanted, way)
}

function compositeMatches(found: readonly (readonly SearchValue[])[], wanted: readonly WantedValue[]): boolean {
  return wanted.every((part, index) => found[index]?.some((one) => valueMatches(one, part, undefined)) === true)
}
