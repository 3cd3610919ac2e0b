import type { ResourceType } from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import { categoryOf } from '#policy'
import type { IfMatch, Matched } from '#records'
import { parseEtags } from './answers.ts'
import type { Asking } from './offered.ts'

/** What a change is made against: versions, or, for a program that may, whatever is there, with the reason. */
export interface MadeAgainst {
  readonly ifMatch?: IfMatch
  readonly blindly?: string
}

/**
 * The version a change is made against. What people work on at once is changed only by who has seen its newest version:
 * without If-Match, 400 (R4 http, 3.1.0.5; CapabilityStatement: versioned-update). The directory may be written blindly,
 * and all else by a program whose registration says why it cannot name a version.
 */
export function versionIn(
  { actor }: Pick<Asking, 'actor'>,
  ifMatch: string | undefined,
  type: ResourceType,
): MadeAgainst {
  if (ifMatch !== undefined) return versionGiven(ifMatch)
  if (['directory', 'definition'].includes(categoryOf(type))) return {}
  const blindly = actor.kind === 'client' ? actor.updatesBlindly : undefined
  if (blindly === undefined) throw new Refusal('version-required')
  return { blindly }
}

/**
 * A deletion needs none (R4 http, 3.1.0.7), but of a patient: who leaves nobody's chart behind must have seen whom they
 * delete. Given, it counts.
 */
export function versionToDelete(
  asking: Pick<Asking, 'actor'>,
  ifMatch: string | undefined,
  type: ResourceType,
): MadeAgainst {
  return type === 'Patient' ? versionIn(asking, ifMatch, type) : versionGiven(ifMatch)
}

/** What meets a condition is changed as it was when it met it, and that must be one of the versions given. */
export function versionMatched({ version }: Matched, ifMatch: string | undefined): { readonly ifMatch: number } {
  const { ifMatch: given } = versionGiven(ifMatch)
  if (given !== undefined && given !== '*' && ![given].flat().includes(version)) throw new Refusal('version-conflict')
  return { ifMatch: version }
}

function versionGiven(ifMatch: string | undefined): MadeAgainst {
  if (ifMatch === undefined) return {}
  const versions = parseEtags(ifMatch)
  if (versions === undefined) throw new Refusal('version-malformed')
  return { ifMatch: versions }
}
