// Structure by the R4 definitions: every element known, as often as it may be, of its type's format, one of a choice,
// nothing empty, required codes from their value sets, references to types that may stand there, narrative that cannot
// act; and the constraints (invariants). Profiles are not judged here.
import { constraintsOf } from './constraint.ts'
import { elementNode, type Node, resourceNode } from './constraint-node.ts'
import { writtenNumber } from './json-exact.ts'
import { narrativeFault } from './narrative.ts'
import { readReference } from './reference-text.ts'
import { isResourceType } from './resource-type.ts'
import { type Finding, isObject, type JsonObject, type Resource } from './resource.ts'
import { type Rule, type Shape, shapeOf } from './structure.ts'
import { Trail } from './trail.ts'
import { typeFault } from './type-rules.ts'

/**
 * Everything wrong with a value that should be a resource; [] when nothing. At most 500 findings.
 *
 * @param least 'warning' to be told also what R4 advises against; a resource is not refused for that
 */
export function validate(value: unknown, least: 'error' | 'warning' = 'error'): Finding[] {
  const trail = new Trail(least === 'warning')
  resource(trail, value, false)
  return trail.findings
}

/** A value as a resource, or everything that is wrong with it. */
export function parseResource(value: unknown): { resource: Resource } | { findings: Finding[] } {
  const findings = validate(value)
  // oxlint-disable-next-line no-unsafe-type-assertion -- validated just now: an object with a known resourceType
  return findings.length === 0 ? { resource: value as Resource } : { findings }
}

function resource(trail: Trail, value: unknown, contained: boolean): void {
  if (!isObject(value)) return trail.add('structure', 'must be an object')
  const type = value['resourceType']
  if (typeof type !== 'string' || !isResourceType(type)) {
    return trail.add(type === undefined ? 'required' : 'value', 'must name an R4 type as resourceType')
  }
  if (!contained) trail.enterResource(type, value)
  else containedId(trail, value['id'])
  const around = trail.scope
  const ids = trail.beginIds(type)
  const node = resourceNode(value)
  trail.scope = { resource: node, root: contained && around !== undefined ? around.root : node }
  object(trail, value, shapeOf(type))
  trail.scope = around
  trail.endIds(ids)
  if (!contained) trail.leaveResource()
  else if (value['contained'] !== undefined) {
    trail.enter('contained', -1)
    trail.add('structure', 'must not be within a contained resource', { constraint: 'dom-2' })
    trail.leave()
  }
}

/** Nothing leads to what is contained but its id (R4 references, 2.3.0.2). */
function containedId(trail: Trail, id: unknown): void {
  if (id === undefined) trail.addAt('id', 'required', 'is required: nothing else leads to what is contained')
  else if (typeof id === 'string' && !trail.isNewContained(id))
    trail.addAt('id', 'duplicate', 'must not be the id of something else that is contained')
}

function judge(trail: Trail, holder: string, node: Node): void {
  const constraints = constraintsOf(holder)
  if (constraints.length === 0 || trail.scope === undefined) return
  const scope = { ...trail.scope, context: node }
  for (const { key, severity, text, isBroken } of constraints) {
    if (severity === 'warning' && !trail.warnings) continue
    if (!isBroken(node, scope)) continue
    trail.add('invariant', text, severity === 'error' ? { constraint: key } : { constraint: key, severity })
  }
}

/** Whether there is anything in it but an id. */
function object(trail: Trail, holder: JsonObject, shape: Shape): boolean {
  let required = 0
  let chosen = 0
  let content = false
  let position = 0
  for (const name in holder) {
    position++
    const rule = shape.rules.get(name)
    if (rule === undefined) {
      if (name === 'resourceType' && shape.resource) continue
      trail.addUnknown(name, position)
      content = true
      continue
    }
    if (name !== 'id') content = true
    else if (!shape.resource) elementId(trail, holder['id'])
    required |= rule.requiredBit
    if (rule.choiceBit !== 0) {
      if ((chosen & rule.choiceBit) !== 0 && isSecondChoice(holder, name, rule, shape)) {
        trail.addAt(rule.element, 'structure', 'must have one value, of one type')
      }
      chosen |= rule.choiceBit
    }
    member(trail, holder, name, rule)
  }
  if (required !== shape.requiredBits) {
    for (const { element, bit } of shape.required) {
      if ((required & bit) === 0) trail.addAt(element, 'required', 'is required')
    }
  }
  if (shape.name === 'Extension' && chosen !== 0 && holder['extension'] !== undefined) {
    trail.add('structure', 'must have either a value or extensions, not both', { constraint: 'ext-1' })
  } else if (shape.name === 'Extension' && chosen === 0 && holder['extension'] === undefined) {
    trail.add('structure', 'must have a value or extensions', { constraint: 'ext-1' })
  }
  judge(trail, shape.name, { value: holder, beside: undefined, type: shape.name, shape })
  return content
}

/** Unique within the resource (R4 element, 2.24.0.2). */
function elementId(trail: Trail, id: unknown): void {
  if (typeof id === 'string' && !trail.isNewId(id))
    trail.addAt('id', 'duplicate', 'must not be the id of another element of the resource')
}

/** `valueString` and `_valueString` are one value; `valueString` and `_valueCode` are two. */
function isSecondChoice(holder: JsonObject, name: string, rule: Rule, shape: Shape): boolean {
  const plain = (text: string): string => (text.startsWith('_') ? text.slice(1) : text)
  for (const other in holder) {
    if (other === name) return false
    if (shape.rules.get(other)?.choiceBit === rule.choiceBit && plain(other) !== plain(name)) return true
  }
  return false
}

function member(trail: Trail, holder: JsonObject, name: string, rule: Rule): void {
  const value = holder[name]
  if (!rule.many) {
    if (Array.isArray(value)) trail.addAt(rule.element, 'structure', 'must not be an array: it can be there only once')
    else {
      if (typeof value === 'number') whole(trail, holder, name, rule, -1)
      one(trail, value, rule, -1, rule.companion && holder[name.slice(1)] !== undefined)
    }
  } else if (!Array.isArray(value))
    trail.addAt(rule.element, 'structure', 'must be an array: it can be there more than once')
  else if (value.length === 0) trail.addAt(rule.element, 'structure', 'must not be an empty array')
  else {
    if (rule.companion && !isAsLong(holder, name, value.length)) {
      trail.addAt(rule.element, 'structure', 'must have as many extensions or nulls as values')
    }
    for (let at = 0; at < value.length; at++) {
      const each: unknown = value[at]
      if (typeof each === 'number') whole(trail, value, String(at), rule, at)
      if (each === null && (rule.companion || rule.check !== undefined)) {
        if (!hasPartner(holder, name, at))
          trail.addIn(rule.element, at, 'structure', 'must not be null without its other half')
      } else one(trail, each, rule, at, rule.companion && hasPartner(holder, name, at))
    }
  }
}

const wholeNumbers = new Set(['integer', 'positiveInt', 'unsignedInt'])

/** `2.0` and `1e0` are decimals by R4's formats, and other readers take them for none. */
function whole(trail: Trail, holder: object, key: string, rule: Rule, at: number): void {
  if (wholeNumbers.has(rule.type) && !rule.companion && writtenNumber(holder, key) !== undefined)
    trail.addIn(rule.element, at, 'value', 'must be written as a whole number: without a point and an exponent')
}

function isAsLong(holder: JsonObject, companion: string, length: number): boolean {
  const values = holder[companion.slice(1)]
  return !Array.isArray(values) || values.length === length
}

/** In a list of primitives null keeps a place whose value, or whose extensions, are in the list beside. */
function hasPartner(holder: JsonObject, name: string, at: number): boolean {
  const partner = holder[name.startsWith('_') ? name.slice(1) : `_${name}`]
  return Array.isArray(partner) && partner[at] !== undefined && partner[at] !== null
}

/** @param paired this is the companion of a value that is there, so an id is enough. */
function one(trail: Trail, value: unknown, rule: Rule, at: number, paired: boolean): void {
  const { check } = rule
  if (check !== undefined) {
    const fault = check(value)
    if (fault !== undefined) trail.addIn(rule.element, at, fault.issue, fault.text)
    else if (typeof value === 'string') primitive(trail, value, rule, at)
    if (rule.constrained !== undefined) element(trail, value, rule, at)
    return
  }
  if (!isObject(value)) return trail.addIn(rule.element, at, 'structure', 'must be an object')
  trail.enter(rule.element, at)
  if (rule.shape === undefined) resource(trail, value, rule.element === 'contained')
  else {
    if (!object(trail, value, rule.shape()) && !paired) trail.add('structure', 'must not be empty')
    if (rule.codes !== undefined && !paired) concept(trail, value, rule.codes)
    if (rule.type === 'Reference') reference(trail, value, rule.targets)
    const fault = typeFault(value, rule)
    if (fault !== undefined) trail.addAt(fault.element, fault.issue, fault.text, fault.constraint)
  }
  trail.leave()
  if (rule.constrained !== undefined) element(trail, value, rule, at)
}

/** The constraints that R4 puts on an element of a type which does not have them everywhere. */
function element(trail: Trail, value: unknown, rule: Rule, at: number): void {
  trail.enter(rule.element, at)
  judge(trail, rule.constrained ?? '', elementNode(value, undefined, rule))
  trail.leave()
}

function primitive(trail: Trail, value: string, rule: Rule, at: number): void {
  if (rule.codes !== undefined && !rule.codes.has(value)) {
    trail.addIn(rule.element, at, 'code-invalid', 'must be a code of its required value set')
  } else if (rule.type === 'xhtml') {
    const fault = narrativeFault(value)
    if (fault !== undefined) trail.addIn(rule.element, at, 'invalid', fault)
  }
}

/**
 * Of a CodeableConcept bound with strength `required` at least one coding is of the value set (R4 terminologies, 4.1.3).
 * A code that is missing, with no more than an extension that says why, is not of it either.
 */
function concept(trail: Trail, value: JsonObject, codes: ReadonlySet<string>): void {
  const codings: unknown = value['coding']
  const inside = (coding: unknown): boolean => {
    if (!isObject(coding)) return false
    const { system, code } = coding
    return typeof system === 'string' && typeof code === 'string' && codes.has(`${system}|${code}`)
  }
  if (!Array.isArray(codings) || !codings.some(inside)) {
    trail.add('code-invalid', 'must have a code of its required value set')
  }
}

function reference(trail: Trail, value: JsonObject, targets: ReadonlySet<string> | undefined): void {
  const text = value['reference']
  if (typeof text !== 'string') return
  const read = readReference(text)
  let type: string | undefined
  if (read.kind === 'record' || read.kind === 'condition') type = read.type
  else if (read.kind === 'contained') {
    const found = trail.typeOfContained(read.id)
    if (found === undefined) return trail.addAt('reference', 'not-found', 'must lead to a resource contained here')
    type = found
  }
  // Neither the relative form nor an absolute address (R4 references, 2.3.0.1): a bare id, a type in the wrong case.
  else if (read.kind === 'address' && !/^[a-z][a-z0-9+.-]*:/i.test(text))
    return trail.addAt('reference', 'value', 'must be a type and an id, an absolute address, or # and an id')
  const said = value['type']
  if (type !== undefined && typeof said === 'string' && said !== type && isResourceType(said)) {
    trail.addAt('type', 'value', 'must be the type that the reference names')
  }
  if (type !== undefined && targets !== undefined && !targets.has(type)) {
    trail.addAt('reference', 'value', 'must lead to a type that may stand here')
  }
}
