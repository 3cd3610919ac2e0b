import { isObject, type Resource } from '@chartkeep/model/fhir'
import { Refusal } from '#base'

/**
 * Refuses a part of a resource, which `_elements` and `_summary` give and tag as one (R4 search, 3.1.1.5.9): saved as it
 * is, all that is not in it would be lost. Throws 'resource-subsetted'.
 */
export function requireWhole({ resourceType, meta }: Resource): void {
  const tags: unknown = meta?.tag
  const at = Array.isArray(tags) ? tags.findIndex((tag) => isObject(tag) && isSubsetted(tag)) : -1
  if (at === -1) return
  const expression = `${resourceType}.meta.tag[${at}]`
  const text = 'Read the whole record, and change that.'
  throw new Refusal('resource-subsetted', { findings: [{ expression, issue: 'business-rule', text }] })
}

// Older releases have the same code system under another address; and the code means the same without one.
function isSubsetted({ system, code }: Record<string, unknown>): boolean {
  if (code !== 'SUBSETTED') return false
  if (system === undefined || system === 'urn:oid:2.16.840.1.113883.5.1063') return true
  return typeof system === 'string' && /v3[-/]ObservationValue$/.test(system)
}
