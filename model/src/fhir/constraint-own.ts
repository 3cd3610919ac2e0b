import type { Test } from './constraint-form.ts'
import { isObject } from './resource.ts'

/** Constraints that have a function of their own instead of R4's expression. */
export function ownConstraint(key: string): Test {
  if (key !== 'dom-3') throw new Error('no such constraint')
  return ([focus]) => (isObject(focus?.value) ? isContainedReferred(focus.value) : undefined)
}

/** What is contained is referred to from elsewhere in the resource, or refers to the resource around it (dom-3). */
function isContainedReferred(resource: Record<string, unknown>): boolean {
  const contained = resource['contained']
  if (!Array.isArray(contained)) return true
  const referred = new Set<string>()
  collect(resource, referred)
  return contained.filter(isObject).every((one) => {
    const id = one['id']
    if (typeof id !== 'string' || referred.has(`#${id}`)) return true
    const inside = new Set<string>()
    collect(one, inside)
    return inside.has('#')
  })
}

/** Every text that may be a reference within: those that begin with #. */
function collect(value: unknown, found: Set<string>): void {
  if (typeof value === 'string') {
    if (value.startsWith('#')) found.add(value)
  } else if (Array.isArray(value)) for (const one of value) collect(one, found)
  else if (isObject(value)) for (const name in value) collect(value[name], found)
}
