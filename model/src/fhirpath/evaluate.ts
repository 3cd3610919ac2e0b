import { FhirpathFault } from './fault.ts'
import { type Node, run, type Variables } from './library.ts'

/** A node that an expression found. */
export interface Located {
  readonly value: unknown
  /** JSON properties and indexes from the resource to the node: ['name', 0, 'given', 1]; [] for the resource itself. */
  readonly path: (string | number)[]
}

/**
 * What an expression finds in a resource, as JSON values: dates and times as text, quantities that were computed as
 * `5 'mg'`. The resource is not changed. `%resource`, `%rootResource` (both the resource unless given), `%ucum`, `%sct`
 * and `%loinc` are there. Nothing is fetched, logged or traced.
 *
 * @throws FhirpathFault when the expression is not well formed, not offered, or goes over the limits: 4,000 characters,
 * 500,000 steps and values, 2,000 values at any step
 */
export function evaluate(expression: string, resource: unknown, variables: Variables = {}): unknown[] {
  return run(expression, resource, variables).flatMap((found) => {
    const value = valueOf(found)
    return value === undefined || value === null ? [] : [value]
  })
}

/**
 * Where in the resource an expression's nodes are. A primitive that has only extensions is found too, with the value
 * undefined.
 *
 * @throws FhirpathFault as `evaluate` does, and `not-an-element` when something computed is found
 */
export function locate(expression: string, resource: unknown): Located[] {
  return run(expression, resource, {}).map((found) => {
    const path = isNode(found) ? pathOf(found, resource) : undefined
    if (path === undefined) throw new FhirpathFault('not-an-element')
    return { value: valueOf(found) ?? undefined, path }
  })
}

function isNode(found: unknown): found is Node {
  return typeof found === 'object' && found !== null && 'parentResNode' in found && 'propName' in found
}

function valueOf(found: unknown): unknown {
  if (isNode(found)) return valueOf(found.data)
  if (typeof found === 'bigint') return String(found)
  if (typeof found === 'function') return undefined
  if (typeof found === 'object' && found !== null && 'toJSON' in found && typeof found.toJSON === 'function') {
    const json: unknown = found.toJSON()
    return json
  }
  return found
}

/** Undefined when the node does not lead up to the resource by properties of its own. */
function pathOf(node: Node, resource: unknown): (string | number)[] | undefined {
  const path: (string | number)[] = []
  let at = node
  let beside = ''
  while (at.parentResNode !== null) {
    if (typeof at.index === 'number') path.unshift(at.index)
    const parent = at.parentResNode
    // What a primitive has besides its value is in the property of its name with a low line.
    const besideNext = isPlainObject(parent.data) ? '' : '_'
    const holder = besideNext === '' ? parent.data : parent._data
    const key = isPlainObject(holder) ? keyOf(at, holder) : undefined
    if (key === undefined) return undefined
    path.unshift(beside + key)
    beside = besideNext
    at = parent
  }
  return at.data === resource ? path : undefined
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** The library knows a choice as `value`; in JSON it is `valueQuantity`. */
function keyOf({ propName, fhirNodeDataType }: Node, holder: object): string | undefined {
  const name = propName ?? ''
  const type = fhirNodeDataType ?? ''
  const candidates = [name, name + type.charAt(0).toUpperCase() + type.slice(1)]
  return candidates.find((key) => Object.hasOwn(holder, key) || Object.hasOwn(holder, `_${key}`))
}
