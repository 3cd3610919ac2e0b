import type { Finding, Resource } from '@chartkeep/model/fhir'
import { type CodeBook, codedFindings } from '@chartkeep/model/terminology'
import { type Kind, placeKind } from './kinds.ts'

/** What is doubtful about a code or a unit of a record that is taken as it is. */
export interface Doubt {
  /** The element. */
  readonly expression: string
  /** In words without values. */
  readonly text: string
}

/** More of one record are neither counted nor kept. */
const mostOfOne = 20

/** Codes that their code systems do not have, displays of other codes, units that UCUM does not have. */
export function doubtsOf(resource: Resource, book: CodeBook): readonly Doubt[] {
  return codedFindings(resource, book)
    .slice(0, mostOfOne)
    .map(({ expression, text }: Finding) => ({ expression, text }))
}

/** Each kind of doubt once. */
export function doubtKinds(doubts: readonly Doubt[]): readonly Kind[] {
  return [...new Set(doubts.map(placeKind))].map((reason) => ({ reason }))
}
