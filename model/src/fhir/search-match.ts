import type { Resource } from './resource.ts'
import { once } from './once.ts'
import {
  addressIs,
  codeIs,
  dateIs,
  isNear,
  mediaIs,
  memberIs,
  numberIs,
  quantityIs,
  referenceIs,
  textIs,
  tokenIs,
  typedIs,
  uriIs,
} from './search-compare.ts'
import type { ReferenceValue, SearchValue, TokenValue } from './search-value.ts'
import { searchValues } from './search-values.ts'
import { tokenIsWanted } from './search-tokens.ts'
import type { SearchQuery, WantedValue } from './search-wanted.ts'
import { hasWords, wordsOf } from './search-words.ts'

const wordsOnce = once(wordsOf)

// So many values are compared one by one: that is faster than looking them up.
const few = 8

/** Whether a resource is among what one search parameter asks for: exact, and the same for everyone who asks. */
export function matches(resource: Resource, query: SearchQuery): boolean {
  return matchesValues(searchValues(resource, query.parameter.code), query)
}

/** The same, for values that were extracted before. */
export function matchesValues(found: readonly SearchValue[], query: SearchQuery): boolean {
  const { modifier, missing, values } = query
  if (missing !== undefined) return missing === (found.length === 0)
  const any = found.some((one) => {
    const token = one.kind === 'token' && values.length > few ? tokenIsWanted(one, query) : undefined
    return token ?? values.some((wanted) => valueMatches(one, wanted))
  })
  // Negation is of the whole: of several values none is wanted, and a record without any is found.
  return modifier === 'not' || modifier === 'not-in' ? !any : any
}

function valueMatches(found: SearchValue, wanted: WantedValue): boolean {
  switch (found.kind) {
    case 'token':
      return tokenMatches(found, wanted)
    case 'string':
      if (wanted.kind === 'words') return hasWords(wordsOnce(found.text), wanted.query)
      return wanted.kind === 'string' && textIs(found.text, wanted)
    case 'words':
      return wanted.kind === 'words' && hasWords(found.words, wanted.query)
    case 'reference':
      return referenceMatches(found, wanted)
    case 'date':
      return wanted.kind === 'date' && dateIs(found, wanted)
    case 'number':
      return wanted.kind === 'number' && numberIs(found, wanted.prefix, wanted.number)
    case 'quantity':
      return wanted.kind === 'quantity' && quantityIs(found, wanted)
    case 'uri':
      return wanted.kind === 'uri' && uriMatches(found.uri, wanted)
    case 'composite':
      return wanted.kind === 'composite' && compositeMatches(found.parts, wanted.parts)
    case 'position':
      return wanted.kind === 'near' && isNear(found, wanted)
  }
}

function tokenMatches(found: TokenValue, wanted: WantedValue): boolean {
  if (wanted.kind === 'token') return tokenIs(found, wanted)
  if (wanted.kind === 'typed') return typedIs(found, wanted)
  if (wanted.kind === 'codes') return codeIs(found, wanted)
  if (wanted.kind === 'member') return memberIs(found, wanted)
  if (wanted.kind === 'media') return mediaIs(found, wanted)
  return wanted.kind === 'string' && found.text !== undefined && textIs(found.text, wanted)
}

function referenceMatches(found: ReferenceValue, wanted: WantedValue): boolean {
  // `:identifier` looks at the Identifier that stands in the reference.
  if (wanted.kind === 'token') {
    const { identifier } = found
    if (identifier === undefined) return false
    return (
      (wanted.system === undefined || wanted.system === (identifier.system ?? '')) &&
      (wanted.code === undefined || wanted.code === identifier.value)
    )
  }
  if (wanted.kind === 'reference') return referenceIs(found, wanted)
  return wanted.kind === 'address' && addressIs(found, wanted)
}

/** A canonical in a uri's place (`_profile`) is also found without its version. */
function uriMatches(found: string, wanted: WantedValue & { kind: 'uri' }): boolean {
  if (uriIs(found, wanted)) return true
  const bar = found.indexOf('|')
  return bar !== -1 && !wanted.uri.includes('|') && uriIs(found.slice(0, bar), wanted)
}

function compositeMatches(found: readonly (readonly SearchValue[])[], wanted: readonly WantedValue[]): boolean {
  return wanted.every((part, index) => found[index]?.some((one) => valueMatches(one, part)) === true)
}
