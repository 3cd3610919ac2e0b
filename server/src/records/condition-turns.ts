import { indexClass, parseQuery, type ResourceType, type SearchQuery } from '@chartkeep/model/fhir'
import { identityText } from './index-tokens.ts'
import { patientsAsked } from './search/candidates.ts'

/**
 * The names of the turns that a change on a condition takes (see `TakeTurns`). Conditions that one new record may meet
 * have a name in common, however they are spelled: `identifier=urn:lab|7` and `identifier=7&status=final`, `patient=1` and
 * `subject=Patient/1`. So the names are not made of the text: they are the identifiers that are asked for; without one the
 * patients whose records they are; without either the type, and then all such changes of the type run one after the other.
 */
export function turnsOf(type: ResourceType, condition: string): string[] {
  const read = [...new URLSearchParams(condition)].map(([name, value]) => parseQuery(type, name, value))
  const queries = read.flatMap((one) => ('query' in one ? one.query : []))
  const identified = queries.flatMap((query) => namesOf(type, query))
  if (identified.length > 0) return [...new Set(identified)]
  const patients = patientsAsked(type, queries) ?? []
  return patients.length > 0 ? [...new Set(patients.map((patient) => `${type} of ${patient}`))] : [type]
}

/** A name for each identifier that is asked for: without its system, which a condition may leave out. */
function namesOf(type: ResourceType, { parameter, modifier, values }: SearchQuery): string[] {
  if (indexClass(type, parameter.code) !== 'identity') return []
  if (modifier !== undefined && modifier !== 'of-type') return []
  const texts = values.map((value) => (value.kind === 'typed' ? value.value.toLowerCase() : identityText(value)))
  // Any of its values may match: it narrows nothing when one of them has no identifier.
  if (!texts.every((text) => text !== undefined)) return []
  return texts.map((text) => `${type}?${parameter.code}=${text}`)
}

/** One name for one condition, however its parameters are ordered, repeated and escaped. */
export function conditionName(type: ResourceType, condition: string): string {
  const parameters = [...new URLSearchParams(condition)].map(([name, value]) => new URLSearchParams([[name, value]]).toString()) // oxfmt-ignore
  return `${type}?${[...new Set(parameters)].toSorted().join('&')}`
}
