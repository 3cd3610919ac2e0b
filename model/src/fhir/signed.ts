import type { Resource } from './resource.ts'

const final = new Set<unknown>(['final', 'amended'])

/**
 * Whether a note is signed: from then on it never changes, and what is to be said later is an addendum of its own.
 * DocumentReference by `docStatus`, Composition by `status` (HL7 composition-status: final, amended).
 */
export function isSigned(resource: Resource): boolean {
  if (resource.resourceType === 'DocumentReference') return final.has(resource['docStatus'])
  if (resource.resourceType === 'Composition') return final.has(resource['status'])
  return false
}
