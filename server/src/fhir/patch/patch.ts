import type { Resource } from '@chartkeep/model/fhir'
import { Refusal } from '#base'

/** What a patch makes of a resource, which it may alter. Throws 'patch-failed' where it does not fit. */
export type Apply = (resource: Resource) => unknown

/** A patch that was read: the valid resource that it makes of another, which it may alter. */
export type Patch = (resource: Resource) => Promise<Resource>

/** Operations of one patch. */
export const mostOperations = 1000

/** @param at where in the patch, as FHIRPath; never a value */
export function patchInvalid(at: string, text: string): Refusal {
  return new Refusal('patch-invalid', { findings: [{ expression: at, issue: 'structure', text }] })
}

export function patchFailed(at: string, text: string): Refusal {
  return new Refusal('patch-failed', { findings: [{ expression: at, issue: 'processing', text }] })
}
