import type { ResourceType } from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import { categoryOf } from '#policy'
import { parseEtag } from './answers.ts'

type MadeAgainst = { readonly ifMatch: number } | Record<string, never>

/**
 * The version a change is made against. What people work on at once is changed only by who has seen its newest version:
 * without If-Match, 412 (CapabilityStatement: versioned-update). The directory may be written blindly.
 */
export function versionIn(ifMatch: string | undefined, type: ResourceType): MadeAgainst {
  if (ifMatch !== undefined) return versionGiven(ifMatch)
  if (['directory', 'definition'].includes(categoryOf(type))) return {}
  throw new Refusal('version-required')
}

/** A deletion needs none (R4 http, 3.1.0.7), nor does a change of whatever meets a condition; given, it counts. */
export function versionGiven(ifMatch: string | undefined): MadeAgainst {
  if (ifMatch === undefined) return {}
  const version = parseEtag(ifMatch)
  if (version === undefined) throw new Refusal('version-conflict')
  return { ifMatch: version }
}
