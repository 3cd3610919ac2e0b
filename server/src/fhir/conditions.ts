import type { ResourceType } from '@chartkeep/model/fhir'
import { type Id, Refusal, refuseParameter } from '#base'
import type { OwnAddresses } from './own-address.ts'
import { relativeParameters } from './own-references.ts'

/** How a record is named: by its id, or by a condition that it alone meets. */
export type Named = { readonly id: Id<string> } | { readonly condition: string }

const ofTheAnswer = ['_format', '_pretty']
/** They say what of the matches is to be shown: a condition has none of them. */
const ofTheResult = [
  ...['_sort', '_count', '_include', '_revinclude', '_include:iterate', '_revinclude:iterate', '_summary', '_total'],
  ...['_elements', '_contained', '_containedType', '_cursor', '_score'],
]

/**
 * The criteria of a condition on records of a type, without what only concerns the answer. `Type?`, or `?` alone, may
 * stand before them, as in an address. References to records of ours are made relative. Throws 'condition-required' when none is left, for
 * then every record would meet it, and 'parameter-invalid' for what is no criterion.
 */
export function readCondition(query: string, type: ResourceType, own: OwnAddresses): string {
  const [, named, rest] = /^\/?([A-Z][A-Za-z]*)?\?(.*)$/s.exec(query) ?? []
  if (named !== undefined && named !== type) throw new Refusal('parameter-invalid')
  const parameters = new URLSearchParams(rest ?? query)
  for (const name of ofTheAnswer) parameters.delete(name)
  const arranging = ofTheResult.find((name) => parameters.has(name))
  if (arranging !== undefined) throw refuseParameter('parameter-invalid', arranging)
  const criteria = [...parameters].filter(([, value]) => value.trim() !== '')
  if (criteria.length === 0) throw new Refusal('condition-required')
  return new URLSearchParams(relativeParameters(type, criteria, own)).toString()
}
