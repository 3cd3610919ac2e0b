// The profiles that are held: those of R4 and of US Core. Each is compiled when it is first claimed.
import { resourceNode } from '../fhir/constraint-node.ts'
import { type Finding, isObject } from '../fhir/resource.ts'
import { shapeOf } from '../fhir/structure.ts'
import { Trail } from '../fhir/trail.ts'
import { type ObjectCheck, objectCheck } from './check.ts'
import { readFacts, versionsOf } from './facts.ts'

export interface Profile {
  /** Canonical without version. */
  readonly url: string
  readonly version: string
  /** The type that it constrains: 'Patient', or 'Extension'. */
  readonly type: string
  readonly check: ObjectCheck
}

const compiled = new Map<string, Profile>()

/** The profile with a canonical; without `|version` the newest that is held. Undefined when it is not held. */
export function profileOf(canonical: string): Profile | undefined {
  const known = compiled.get(canonical)
  if (known !== undefined) return known
  const { url, versions } = heldOf(canonical)
  const version = versions.at(-1)
  return version === undefined ? undefined : compile(url, version)
}

function compile(url: string, version: string): Profile {
  const canonical = `${url}|${version}`
  const known = compiled.get(canonical)
  if (known !== undefined) return known
  const { type, root } = readFacts(url, version)
  const check = objectCheck(root, (extension) => extensionCheck(extension, version))
  const made = { url, version, type, check }
  compiled.set(canonical, made)
  return made
}

/** Of the same release, as far as it has the extension. */
function extensionCheck(url: string, version: string): ObjectCheck | undefined {
  const versions = versionsOf(url)
  const found = versions.includes(version) ? version : versions.at(-1)
  return found === undefined ? undefined : compile(url, found).check
}

/** The versions that a canonical may mean, oldest first. */
function heldOf(canonical: string): { url: string; versions: readonly string[] } {
  const cut = canonical.indexOf('|')
  const url = cut === -1 ? canonical : canonical.slice(0, cut)
  const versions = versionsOf(url)
  return { url, versions: cut === -1 ? versions : versions.filter((one) => one === canonical.slice(cut + 1)) }
}

/**
 * Everything in which a resource (valid by R4) does not follow a profile; [] when nothing, or when the profile is not
 * held. A canonical without version is satisfied by any version that is held; otherwise the newest one's findings are
 * given.
 */
export function validateProfile(resource: unknown, canonical: string): Finding[] {
  const { url, versions } = heldOf(canonical)
  return tryVersions(resource, url, versions.toReversed(), true).findings
}

/** By the first of the versions that the resource satisfies, else by the first. */
function tryVersions(resource: unknown, url: string, versions: readonly string[], warnings: boolean): Tried {
  let first: Finding[] | undefined
  for (const version of versions) {
    const findings = judge(resource, compile(url, version), warnings)
    if (findings.every(isNoError)) return { findings, satisfied: version }
    first ??= findings
  }
  return { findings: first ?? [], satisfied: undefined }
}

interface Tried {
  readonly findings: Finding[]
  readonly satisfied: string | undefined
}

function isNoError(finding: Finding): boolean {
  return finding.severity !== undefined && finding.severity !== 'error'
}

/** The profiles that a resource claims in `meta.profile` and that are held, as it writes them, each once. */
export function claimedProfiles(resource: unknown): string[] {
  const meta = isObject(resource) ? resource['meta'] : undefined
  const claims = isObject(meta) ? meta['profile'] : undefined
  if (!Array.isArray(claims)) return []
  const texts = claims.filter((one) => typeof one === 'string')
  return [...new Set(texts)].filter((one) => heldOf(one).versions.length > 0)
}

/** Which version of a profile claimed without version was satisfied last: most resources come from one source. */
const lastSatisfied = new Map<string, string>()

const mostErrors = 500

/**
 * The errors of a resource (valid by R4), and of what is in it when it is a Bundle, against every profile that is claimed
 * and held. At most some 500, and the rest of the claims are not looked at.
 */
export function claimErrors(resource: unknown): Finding[] {
  const errors = ownErrors(resource)
  const entries = isObject(resource) && resource['resourceType'] === 'Bundle' ? resource['entry'] : undefined
  if (!Array.isArray(entries)) return errors
  for (const [at, entry] of entries.entries()) {
    if (!isObject(entry) || errors.length >= mostErrors) continue
    for (const one of claimErrors(entry['resource']))
      errors.push({ ...one, expression: one.expression.replace(/^\w+/, `Bundle.entry[${at}].resource`) })
  }
  return errors
}

function ownErrors(resource: unknown): Finding[] {
  const errors: Finding[] = []
  for (const canonical of claimedProfiles(resource)) {
    if (errors.length >= mostErrors) break
    const { url, versions } = heldOf(canonical)
    const likely = lastSatisfied.get(canonical)
    if (likely !== undefined && judge(resource, compile(url, likely), false).length === 0) continue
    const { findings, satisfied } = tryVersions(resource, url, versions.toReversed(), false)
    if (satisfied !== undefined) lastSatisfied.set(canonical, satisfied)
    errors.push(...findings)
  }
  return errors
}

function judge(resource: unknown, profile: Profile, warnings: boolean): Finding[] {
  const trail = new Trail(warnings)
  const type = isObject(resource) ? resource['resourceType'] : undefined
  if (!isObject(resource) || type !== profile.type) {
    trail.add('structure', `must be ${profile.type}`)
    return named(trail.findings, profile)
  }
  const node = resourceNode(resource)
  trail.scope = { resource: node, root: node }
  trail.enterResource(profile.type, resource)
  profile.check(trail, resource, shapeOf(profile.type))
  trail.leaveResource()
  return named(trail.findings, profile)
}

/** A resource may claim several profiles, so each finding says whose it is: `is required (us-core-patient 8.0.0)`. */
function named(findings: Finding[], { url, version }: Profile): Finding[] {
  if (findings.length === 0) return findings
  const name = `${url.slice(url.lastIndexOf('/') + 1)} ${version}`
  return findings.map((one) => ({ ...one, text: `${one.text} (${name})` }))
}
