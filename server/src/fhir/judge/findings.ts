import { validate } from '@chartkeep/model/fhir'
import { claimedProfiles, profileOf, validateProfile } from '@chartkeep/model/profiles'
import { codedFindings, shipped } from '@chartkeep/model/terminology'
import { loadUnitCheck } from '@chartkeep/model/ucum'
import type { Finding } from '#base'

/** Codes that their shipped code systems do not have, displays of other codes, units that UCUM does not have: warnings. */
export async function openCodeCheck(mostElements?: number): Promise<(resource: unknown) => Finding[]> {
  const isUnit = await loadUnitCheck()
  const book = { library: shipped, isUnit, ...(mostElements === undefined ? {} : { mostElements }) }
  return (resource) => codedFindings(resource, book)
}

export async function codeFindings(resource: unknown): Promise<Finding[]> {
  return (await openCodeCheck())(resource)
}

/** By R4, and when that finds no error by code systems and the profiles that are claimed and the one asked for. */
export async function findingsOf(resource: unknown, profile: string | undefined): Promise<Finding[]> {
  const findings: Finding[] = validate(resource, 'warning')
  if (findings.some(({ severity = 'error' }) => severity === 'error')) return findings
  findings.push(...(await codeFindings(resource)))
  const wanted = new Set([...claimedProfiles(resource), ...(profile === undefined ? [] : [profile])])
  for (const canonical of wanted) findings.push(...validateProfile(resource, canonical))
  if (profile !== undefined && profileOf(profile) === undefined) {
    const text = 'was not judged by the profile asked for: it is not held here'
    findings.push({ severity: 'warning', expression: '$this', issue: 'not-supported', text })
  }
  return findings
}
