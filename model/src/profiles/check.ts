// A profile's tree of facts as functions, made once: what an object must have, then what each of its elements must be.
import { elementNode } from '../fhir/constraint-node.ts'
import { readReference } from '../fhir/reference-text.ts'
import { isObject, type JsonObject } from '../fhir/resource.ts'
import type { Rule, Shape } from '../fhir/structure.ts'
import type { Trail } from '../fhir/trail.ts'
import type { Node, TypeUse } from './facts.ts'
import { invariantsCheck } from './invariants.ts'
import { type Belongs, describeSlice, sliceTest } from './slices.ts'
import { hasPattern, isOf, isSame } from './values.ts'

/** Of an object of a shape, what a profile says of it. The trail is at the object. */
export type ObjectCheck = (trail: Trail, object: JsonObject, shape: Shape) => void

/** Of one value, whose R4 rule is given; the trail is at it. */
type ValueCheck = (trail: Trail, value: unknown, rule: Rule) => void

/** @returns the check of an extension's profile; undefined when it is not held */
export type ProfileOf = (canonical: string) => ObjectCheck | undefined

export function objectCheck(node: Node, profileOf: ProfileOf): ObjectCheck {
  const checks = childChecks(node, profileOf)
  const invariants = invariantsCheck(node.invariants)
  return (trail, object, shape) => {
    for (const check of checks) check(trail, object, shape)
    invariants?.(trail, { value: object, beside: undefined, type: shape.name, shape })
  }
}

function childChecks(node: Node, profileOf: ProfileOf): ObjectCheck[] {
  return [...node.children.values()].map((child) => elementCheck(child, profileOf))
}

function elementCheck(node: Node, profileOf: ProfileOf): ObjectCheck {
  const { element, min, max } = node
  const value = valueCheck(node, profileOf)
  const slices = node.discriminators.length === 0 ? undefined : slicesCheck(node, profileOf)
  return (trail, holder, shape) => {
    const property = node.choice ? chosen(holder, element, shape) : element
    const found = holder[property]
    const there = found !== undefined || holder[`_${property}`] !== undefined
    const count = Array.isArray(found) ? found.length : there ? 1 : 0
    if (count < min) trail.addAt(element, 'required', min === 1 ? 'is required' : atLeast(min))
    if (count > max) trail.addAt(element, 'structure', max === 0 ? 'must not be there' : atMost(max))
    if (value === undefined && slices === undefined) return
    const rule = shape.rules.get(property)
    if (rule === undefined || found === undefined) slices?.(trail, undefined, undefined)
    else {
      if (value !== undefined) each(trail, element, found, (one) => value(trail, one, rule))
      slices?.(trail, found, rule)
    }
  }
}

/** The property that a choice is there by: `valueQuantity`, or the bare name when there is none. */
function chosen(holder: JsonObject, element: string, shape: Shape): string {
  for (const name in holder) {
    if (!name.startsWith(element) && !name.startsWith(`_${element}`)) continue
    if (shape.rules.get(name)?.element === element) return name.startsWith('_') ? name.slice(1) : name
  }
  return element
}

const atLeast = (count: number): string => `must be there at least ${count} times`
const atMost = (count: number): string => `must be there at most ${count === 1 ? 'once' : `${count} times`}`

/** Goes through one value or a list of them; null keeps the place of a primitive that has only extensions. */
function each(trail: Trail, element: string, found: unknown, visit: (value: unknown) => void): void {
  if (!Array.isArray(found)) {
    trail.enter(element, -1)
    visit(found)
    trail.leave()
    return
  }
  for (let at = 0; at < found.length; at++) {
    if (found[at] === null) continue
    trail.enter(element, at)
    visit(found[at])
    trail.leave()
  }
}

/** Undefined when there is nothing to judge of the value itself. */
function valueCheck(node: Node, profileOf: ProfileOf): ValueCheck | undefined {
  const checks: ValueCheck[] = []
  const { fixed, pattern, codes, types } = node
  if (types !== undefined) checks.push(...typeChecks(node, types, profileOf))
  if (fixed !== undefined) {
    checks.push((trail, value) => {
      if (!isSame(value, fixed)) trail.add('value', `must be exactly ${inWords(fixed)}`)
    })
  }
  if (pattern !== undefined) {
    checks.push((trail, value) => {
      if (!hasPattern(value, pattern)) trail.add('value', `must have ${inWords(pattern)}`)
    })
  }
  if (codes !== undefined) {
    checks.push((trail, value, { type }) => {
      if (coded.has(type) && isOf(codes, value) === false)
        trail.add('code-invalid', 'must be a code of its required value set')
    })
  }
  if (node.children.size > 0) {
    const children = childChecks(node, profileOf)
    checks.push((trail, value, rule) => {
      if (!isObject(value) || rule.shape === undefined) return
      const shape = rule.shape()
      for (const check of children) check(trail, value, shape)
    })
  }
  const invariants = invariantsCheck(node.invariants)
  if (invariants !== undefined) {
    checks.push((trail, value, rule) => {
      invariants(trail, elementNode(value, undefined, rule))
    })
  }
  const [only, second] = checks
  if (only === undefined || second === undefined) return only
  return (trail, value, rule) => {
    for (const check of checks) check(trail, value, rule)
  }
}

/** What a binding of a choice is about; of another type it says nothing. */
const coded = new Set(['code', 'Coding', 'CodeableConcept', 'Quantity', 'string', 'uri'])

function inWords(given: unknown): string {
  return JSON.stringify(given).replaceAll('"', '')
}

function typeChecks(node: Node, types: readonly TypeUse[], profileOf: ProfileOf): ValueCheck[] {
  const checks: ValueCheck[] = []
  if (node.choice) {
    const names = new Set(types.map((one) => one.type))
    const list = [...names].join(' or ')
    checks.push((trail, _, { type }) => {
      if (!names.has(type)) trail.add('value', `must be ${list}`)
    })
  }
  const targets = new Set(types.flatMap((one) => (one.type === 'Reference' ? one.of : [])))
  if (targets.size > 0) {
    checks.push((trail, value, { type }) => {
      if (type === 'Reference') targetCheck(trail, value, targets)
    })
  }
  for (const { type, of } of types) {
    if (type !== 'Extension' || of.length !== 1) continue
    let check: ObjectCheck | undefined
    checks.push((trail, value, rule) => {
      check ??= profileOf(of[0] ?? '') ?? (() => undefined)
      if (isObject(value) && rule.shape !== undefined) check(trail, value, rule.shape())
    })
  }
  return checks
}

function targetCheck(trail: Trail, value: unknown, targets: ReadonlySet<string>): void {
  if (!isObject(value)) return
  const { reference, type: said } = value
  let type = typeof said === 'string' ? said : undefined
  if (typeof reference === 'string') {
    const read = readReference(reference)
    if (read.kind === 'record' || read.kind === 'condition') type = read.type
    else if (read.kind === 'contained') type = trail.typeOfContained(read.id)
  }
  if (type !== undefined && !targets.has(type))
    trail.addAt('reference', 'value', `must lead to ${[...targets].join(' or ')}`)
}

interface Slice {
  readonly min: number
  readonly max: number
  readonly words: string
  readonly belongs: Belongs
  readonly check: ValueCheck | undefined
}

/** Undefined when it cannot be told which value is of which slice. */
function slicesCheck(node: Node, profileOf: ProfileOf) {
  const slices: Slice[] = []
  for (const [name, slice] of node.slices) {
    const belongs = sliceTest(slice, node.discriminators)
    if (belongs === undefined) continue
    const words = describeSlice(name, slice)
    slices.push({ min: slice.min, max: slice.max, words, belongs, check: valueCheck(slice, profileOf) })
  }
  const closed = node.closed && slices.length === node.slices.size
  if (slices.length === 0 && !closed) return undefined
  return (trail: Trail, found: unknown, rule: Rule | undefined): void => {
    const counts: number[] = slices.map(() => 0)
    const sort = (value: unknown): void => {
      if (rule === undefined) return
      const place = slices.findIndex(({ belongs }) => belongs(value, rule.type))
      if (place === -1 && closed) trail.add('structure', 'is of no slice, and there may be no others')
      counts[place] = (counts[place] ?? 0) + 1
      slices[place]?.check?.(trail, value, rule)
    }
    if (found !== undefined) each(trail, node.element, found, sort)
    for (const [at, { min, max, words }] of slices.entries()) {
      const count = counts[at] ?? 0
      if (count < min) trail.addAt(node.element, 'required', `must have ${words}${times(min)}`)
      if (count > max) trail.addAt(node.element, 'structure', tooMany(words, max))
    }
  }
}

const times = (count: number): string => (count === 1 ? '' : ` at least ${count} times`)

function tooMany(words: string, most: number): string {
  return most === 0 ? `must not have ${words}` : `must have ${words} at most ${most === 1 ? 'once' : `${most} times`}`
}
