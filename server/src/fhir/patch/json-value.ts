import { isObject } from '@chartkeep/model/fhir'
import { Refusal } from '#base'

// Patches can copy what they have copied, so what they go through is counted and how deep it gets is bounded: the same
// limits as a body's.
const mostDepth = 64
const mostNodes = 1_000_000

/** What one patch may go through, over all its operations. */
export class Effort {
  #left = mostNodes

  /** Moves what stands behind a place of a list: several members as fast as one is gone through. */
  shift(list: readonly unknown[]): void {
    if ((this.#left -= Math.ceil(list.length / 16)) < 0) throw new Refusal('too-large')
  }

  /** Goes through a value that is to stand at this depth. Throws 'too-large' and 'body-too-deep'. */
  spend(value: unknown, depth: number): void {
    if ((this.#left -= 1) < 0) throw new Refusal('too-large')
    if (typeof value !== 'object' || value === null) return
    if (depth >= mostDepth) throw new Refusal('body-too-deep')
    for (const member of Object.values(value)) this.spend(member, depth + 1)
  }
}

/** RFC 6902, 4.6: of one type and one value; numbers by value, members in any order. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (Array.isArray(one))
    return Array.isArray(other) && one.length === other.length && one.every((each, at) => isEqual(each, other[at]))
  if (!isObject(one) || !isObject(other)) return one === other
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isEqual(one[name], other[name]))
  )
}
