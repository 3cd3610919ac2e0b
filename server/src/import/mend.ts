import { type Finding, namedPatients, omissibleAt, type Resource, validate } from '@chartkeep/model/fhir'
import { claimErrors } from '@chartkeep/model/profiles'

/** An element that was wrong, and that a record was taken without. */
export interface LeftOut {
  /** Where it was. */
  readonly expression: string
  /** What was wrong, in words without values. */
  readonly text: string
  /** What it said; undefined when that is too long to keep. */
  readonly value: unknown
}

/** What is left to say against a resource, and what was taken out of it. */
export interface Mended {
  readonly invalid: readonly Finding[]
  readonly unmet: readonly Finding[]
  readonly leftOut: readonly LeftOut[]
}

const mostLeftOut = 50
const mostKept = 64 * 1024

/**
 * Judges a resource. Elements that are wrong and that `accepted` names by their paths without indexes are taken out, in
 * place, where they are optional and modify no meaning; and so is a claim of a profile that it does not follow.
 */
export function mend(resource: Resource, accepted: ReadonlySet<string>): Mended {
  const leftOut: LeftOut[] = []
  for (;;) {
    const invalid = validate(resource)
    const unmet = invalid.length > 0 ? [] : claimErrors(resource)
    if (invalid.length + unmet.length === 0 || accepted.size === 0 || leftOut.length >= mostLeftOut)
      return { invalid, unmet, leftOut }
    const taken = invalid.length > 0 ? takeOne(resource, invalid, accepted) : takeClaims(resource, unmet, accepted)
    if (taken === undefined) return { invalid, unmet, leftOut }
    leftOut.push(taken)
  }
}

function takeOne(resource: Resource, findings: readonly Finding[], accepted: ReadonlySet<string>): LeftOut | undefined {
  for (const { expression, text } of findings) {
    const found = omissibleAt(resource, expression, (element) => accepted.has(element))
    if (found === undefined) continue
    const [before, value] = [namedPatients(resource).join(), found.leaveOut()]
    // Where it says whose record it is, taking it out would put the record into another chart, or into none.
    if (namedPatients(resource).join() !== before) return undefined
    return { expression, text, value: keepable(value) }
  }
  return undefined
}

/** The path of the claims of profiles, for a resource of this type. */
export function claimsOf({ resourceType }: Resource): string {
  return `${resourceType}.meta.profile`
}

function takeClaims(
  resource: Resource,
  [first]: readonly Finding[],
  accepted: ReadonlySet<string>,
): LeftOut | undefined {
  const { meta } = resource
  const claims: unknown = meta?.profile
  if (meta === undefined || first === undefined || !Array.isArray(claims) || !accepted.has(claimsOf(resource)))
    return undefined
  const broken = claims.filter((claim: string) => claimErrors({ ...resource, meta: { profile: [claim] } }).length > 0)
  const kept = claims.filter((claim: string) => !broken.includes(claim))
  if (broken.length === 0) return undefined
  if (kept.length > 0) meta.profile = kept
  else delete meta.profile
  if (Object.keys(meta).length === 0) delete resource.meta
  return { expression: claimsOf(resource), text: `${first.expression}: ${first.text}`, value: broken }
}

function keepable(value: unknown): unknown {
  return (JSON.stringify(value)?.length ?? 0) > mostKept ? undefined : value
}
