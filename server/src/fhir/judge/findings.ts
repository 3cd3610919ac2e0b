import { validate } from '@chartkeep/model/fhir'
import { claimedProfiles, profileOf, validateProfile } from '@chartkeep/model/profiles'
import type { Finding } from '#base'

/** By R4, and when that finds no error by the profiles that are claimed and the one asked for. */
export function findingsOf(resource: unknown, profile: string | undefined): Finding[] {
  const findings: Finding[] = validate(resource, 'warning')
  if (findings.some(({ severity = 'error' }) => severity === 'error')) return findings
  const wanted = new Set([...claimedProfiles(resource), ...(profile === undefined ? [] : [profile])])
  for (const canonical of wanted) findings.push(...validateProfile(resource, canonical))
  if (profile !== undefined && profileOf(profile) === undefined) {
    const text = 'was not judged by the profile asked for: it is not held here'
    findings.push({ severity: 'warning', expression: '$this', issue: 'not-supported', text })
  }
  return findings
}
