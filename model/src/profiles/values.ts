// Values against what a profile gives: the same, at least as much, a code of a list; and the values at a path.
import { isObject, type JsonObject } from '../fhir/resource.ts'

/** Whether two JSON values are the same, members in any order. */
export function isSame(value: unknown, given: unknown): boolean {
  if (value === given) return true
  if (Array.isArray(given)) {
    return Array.isArray(value) && value.length === given.length && given.every((one, at) => isSame(value[at], one))
  }
  if (!isObject(given) || !isObject(value)) return false
  const names = Object.keys(given)
  return Object.keys(value).length === names.length && names.every((name) => isSame(value[name], given[name]))
}

/** Whether a value has at least what the pattern has; of a list, each member of the pattern's in any place. */
export function hasPattern(value: unknown, pattern: unknown): boolean {
  if (value === pattern) return true
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((wanted) => value.some((one) => hasPattern(one, wanted)))
  }
  if (!isObject(pattern) || !isObject(value)) return false
  for (const name in pattern) if (!hasPattern(value[name], pattern[name])) return false
  return true
}

/** Whether a code, Coding, Quantity or a coding of a CodeableConcept is of the list; undefined for what has no code. */
export function isOf(codes: ReadonlySet<string>, value: unknown): boolean | undefined {
  if (typeof value === 'string') return codes.has(value)
  if (!isObject(value)) return undefined
  const { coding } = value
  if (Array.isArray(coding)) return coding.some((one) => isCoded(codes, one))
  return isCoded(codes, value)
}

function isCoded(codes: ReadonlySet<string>, value: unknown): boolean {
  if (!isObject(value)) return false
  const { system, code } = value
  return typeof system === 'string' && typeof code === 'string' && codes.has(`${system}|${code}`)
}

/** The values at a path of elements below a value, through lists and choices. */
export function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  let now: unknown[] = [value]
  for (const element of path) {
    const next: unknown[] = []
    for (const one of now) {
      if (!isObject(one)) continue
      const found = one[element] ?? one[chosen(one, element)]
      if (Array.isArray(found)) for (const each of found) next.push(each)
      else if (found !== undefined) next.push(found)
    }
    now = next
  }
  return now
}

/** `valueQuantity` for `value`; the element itself when there is no choice of that name. */
function chosen(holder: JsonObject, element: string): string {
  for (const name in holder) {
    const next = name.charAt(element.length)
    if (name.startsWith(element) && next >= 'A' && next <= 'Z') return name
  }
  return element
}
