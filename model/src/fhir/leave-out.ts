// Which part of a resource may be left out because it is wrong, without the rest saying something else.
import modifierLines from './generated/modifiers.json' with { type: 'json' }
import { isResourceType } from './resource-type.ts'
import { isObject, type JsonObject, type Resource } from './resource.ts'
import { type Rule, type Shape, shapeOf } from './structure.ts'

const modifiers: Readonly<Record<string, readonly string[]>> = modifierLines
const modifyingEverywhere: ReadonlySet<string> = new Set(['modifierExtension', 'implicitRules'])

/** An element that may be left out. */
export interface Omissible {
  /** Its path without indexes: `Patient.contact.telecom`. */
  readonly element: string
  /** Takes it out, in place, and returns what it was, `_name` and its like included. */
  leaveOut(): unknown
}

interface Step {
  readonly holder: JsonObject
  readonly shape: Shape
  readonly property: string
  readonly rule: Rule
  /** Its place in a list; -1 for the whole. */
  readonly index: number
  readonly element: string
  /** It is, or is part of, what has to stay: what modifies a meaning, or may say whose record it is. */
  readonly fixed: boolean
}

/**
 * The innermost element at or around a finding's expression that may be left out: optional, neither a modifier of the
 * meaning of what holds it (R4 conformance-rules, 2.1.0.3.1) nor a reference that may lead to a patient, nor part of one,
 * and one that `accepts` takes. Undefined when there is none.
 */
export function omissibleAt(
  resource: Resource,
  expression: string,
  accepts: (element: string) => boolean = () => true,
): Omissible | undefined {
  const steps = stepsTo(resource, expression)
  const step = steps.findLast(({ rule, element, fixed }) => !fixed && isOptional(rule) && accepts(element))
  return step === undefined ? undefined : { element: step.element, leaveOut: () => take(step) }
}

/** Whether an element of this path, without indexes, can be one: false where R4 requires it or it modifies a meaning. */
export function isOmissiblePath(path: string): boolean {
  const [type = '', ...names] = path.split('.')
  if (!isResourceType(type) || names.length === 0) return false
  let shape: Shape | undefined = shapeOf(type)
  for (const [at, name] of names.entries()) {
    const rule: Rule | undefined = shape === undefined ? undefined : ruleOf(shape, name)
    if (shape === undefined || rule === undefined || isFixed(shape, rule)) return false
    if (at === names.length - 1) return isOptional(rule)
    // What is within another resource shows only there.
    if (rule.type === 'Resource') return true
    shape = rule.shape?.()
  }
  return false
}

function isOptional({ element, requiredBit }: Rule): boolean {
  return requiredBit === 0 && element !== 'id'
}

function isFixed({ name }: Shape, rule: Rule): boolean {
  const modifies = modifyingEverywhere.has(rule.element) || (modifiers[name]?.includes(rule.element) ?? false)
  return modifies || mayNamePatient(rule)
}

function mayNamePatient({ type, targets }: Rule): boolean {
  return type === 'Reference' && (targets === undefined || targets.has('Patient'))
}

function ruleOf({ rules }: Shape, element: string): Rule | undefined {
  for (const rule of rules.values()) if (rule.element === element && !rule.companion) return rule
  return undefined
}

/** As far as the expression leads to something that is there. */
function stepsTo(resource: Resource, expression: string): Step[] {
  const steps: Step[] = []
  let holder: unknown = resource
  let shape: Shape | undefined = shapeOf(resource.resourceType)
  let path: string = resource.resourceType
  let fixed = false
  for (const part of expression.split('.').slice(1)) {
    const [, name = '', index = '-1'] = /^(\w+)(?:\[(\d+)\])?$/.exec(part) ?? []
    if (!isObject(holder) || shape === undefined) break
    const property = propertyOf(holder, shape, name)
    const rule: Rule | undefined = property === undefined ? undefined : shape.rules.get(property)
    if (property === undefined || rule === undefined) break
    path = `${path}.${name}`
    fixed ||= isFixed(shape, rule)
    steps.push({ holder, shape, property, rule, index: Number(index), element: path, fixed })
    const value: unknown = holder[property]
    holder = Array.isArray(value) ? value[Number(index)] : value
    shape = rule.type === 'Resource' ? shapeWithin(holder) : rule.shape?.()
  }
  return steps
}

function shapeWithin(value: unknown): Shape | undefined {
  const type = isObject(value) ? value['resourceType'] : undefined
  return typeof type === 'string' && isResourceType(type) ? shapeOf(type) : undefined
}

/** The property of an element; for a choice, the one that is there. */
function propertyOf(holder: JsonObject, { rules }: Shape, element: string): string | undefined {
  for (const [property, rule] of rules) {
    if (rule.element !== element || rule.companion) continue
    if (property in holder || `_${property}` in holder) return property
  }
  return undefined
}

function take({ holder, property, index }: Step): unknown {
  const names = [property, `_${property}`].filter((name) => name in holder)
  const lists = names.map((name) => holder[name])
  if (index < 0 || !lists.some(Array.isArray)) {
    const taken = Object.fromEntries(names.map((name) => [name, holder[name]]))
    for (const name of names) delete holder[name]
    return taken
  }
  const taken = lists.map((list): unknown => (Array.isArray(list) ? list.splice(index, 1)[0] : undefined))
  for (const name of names) {
    const left = holder[name]
    // Of two lists side by side, one may have nothing but gaps left.
    if (Array.isArray(left) && left.every((one) => one === null)) delete holder[name]
  }
  return taken.length === 1 ? taken[0] : taken
}
