import { isResourceType, type ResourceType } from '@chartkeep/model/fhir'

/** One SMART v2 scope of a backend service: `system/Observation.rs`. */
export interface Scope {
  readonly type: ResourceType | '*'
  /** Some of c r u d s, in that order. */
  readonly letters: string
}

const v2 = /^system\/([A-Za-z]+|\*)\.(c?r?u?d?s?)$/
const v1 = { read: 'rs', write: 'cud', '*': 'cruds' } as const
const v1Form = /^system\/([A-Za-z]+|\*)\.(read|write|\*)$/

/** Text of one scope → Scope, or undefined when it is not one we grant (SMART App Launch 2.2, scopes). */
export function parseScope(text: string): Scope | undefined {
  const old = v1Form.exec(text)
  const match = old ?? v2.exec(text)
  const type = match?.[1]
  const suffix = match?.[2]
  if (type === undefined || suffix === undefined || suffix === '') return undefined
  if (type !== '*' && !isResourceType(type)) return undefined
  // oxlint-disable-next-line no-unsafe-type-assertion -- the v1 pattern admits these three suffixes only
  return { type, letters: old === null ? suffix : v1[suffix as keyof typeof v1] }
}

export function formatScope(scope: Scope): string {
  return `system/${scope.type}.${scope.letters}`
}

/** Every letter of `wanted` for its type is within one of the scopes held. */
export function covers(held: readonly Scope[], wanted: Scope): boolean {
  return [...wanted.letters].every((letter) =>
    held.some((scope) => (scope.type === '*' || scope.type === wanted.type) && scope.letters.includes(letter)),
  )
}
