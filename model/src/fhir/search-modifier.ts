import { isResourceType } from './resource-type.ts'
import type { SearchLeaf, SearchParameter, SearchType } from './search-parameter.ts'
import type { Modifier } from './search-wanted.ts'

/** Modifiers of each type (R4 search, 3.1.1.4.4); a reference also takes a resource type. A combination takes none. */
const modifiers: Readonly<Record<SearchType, readonly string[]>> = {
  token: ['not', 'text', 'in', 'not-in', 'above', 'below', 'of-type', 'missing'],
  string: ['exact', 'contains', 'text', 'missing'],
  reference: ['identifier', 'below', 'missing'],
  uri: ['above', 'below', 'missing'],
  date: ['missing'],
  number: ['missing'],
  quantity: ['missing'],
  composite: [],
  special: ['missing'],
}

/** Types of elements that a modifier can say something about, by type of parameter, where these are not all. */
const meant: Readonly<Record<string, readonly string[]>> = {
  'token text': ['CodeableConcept', 'Coding', 'Identifier'],
  'string text': ['string', 'markdown', 'HumanName', 'Address'],
  'token in': ['CodeableConcept', 'Coding', 'code'],
  'token not-in': ['CodeableConcept', 'Coding', 'code'],
  'token above': ['CodeableConcept', 'Coding', 'code'],
  'token below': ['CodeableConcept', 'Coding', 'code'],
  'token of-type': ['Identifier'],
  'string exact': ['string', 'markdown', 'HumanName', 'Address'],
  'string contains': ['string', 'markdown', 'HumanName', 'Address'],
  'reference identifier': ['Reference'],
  'reference below': ['canonical'],
}

/** The modifier as a parameter takes it; undefined when it takes no such one, or it could never find anything. */
export function readModifier(parameter: SearchParameter, written: string): Modifier | undefined {
  const { type, leaves, targets } = parameter
  if (modifiers[type].includes(written)) {
    const types = meant[`${type} ${written}`]
    // oxlint-disable-next-line no-unsafe-type-assertion -- it was just found among them
    return types === undefined || leaves.some((leaf) => types.includes(leaf.type)) ? (written as Modifier) : undefined
  }
  // The type of what a canonical leads to is not written in it.
  if (!isResourceType(written) || leaves.every((leaf) => leaf.type !== 'Reference')) return undefined
  return targets === undefined || targets.includes(written) ? written : undefined
}

/** MIME types, whose `:below` is about what follows the type: `text/xml; charset=UTF-8`. */
export const isMedia = (leaf: SearchLeaf): boolean => leaf.system === 'urn:ietf:bcp:13'
