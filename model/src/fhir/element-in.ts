import { isObject, type Resource } from './resource.ts'
import { isResourceType } from './resource-type.ts'
import { type Rule, type Shape, shapeOf } from './structure.ts'

/** An element as JSON has it. */
export interface ElementAt {
  /** The name of the property: `valueQuantity` for `value` of type Quantity. */
  readonly property: string
  /** As FHIRPath says it: `value`. */
  readonly element: string
  readonly many: boolean
}

/**
 * The element of this name, or property of this name, in what stands at `path` (properties and indexes from the
 * resource); of a choice the one of `type`. Undefined when R4 has none there.
 */
export function elementIn(
  resource: Resource,
  path: readonly (string | number)[],
  name: string,
  type = '',
): ElementAt | undefined {
  const shape = shapeAt(resource, path)
  if (shape === undefined) return undefined
  for (const property of [name, name + type.charAt(0).toUpperCase() + type.slice(1)]) {
    const rule = shape.rules.get(property)
    if (rule !== undefined) return { property, element: rule.element, many: rule.many }
  }
  return undefined
}

function shapeAt(resource: Resource, path: readonly (string | number)[]): Shape | undefined {
  let value: unknown = resource
  let shape: Shape | undefined = shapeOf(resource.resourceType)
  for (const step of path) {
    value = isObject(value) || Array.isArray(value) ? Reflect.get(value, step) : undefined
    if (typeof step === 'number') {
      if (shape === undefined) shape = shapeOfResource(value)
      continue
    }
    const rule: Rule | undefined = shape?.rules.get(step)
    if (rule === undefined) return undefined
    shape = rule.shape === undefined ? shapeOfResource(value) : rule.shape()
  }
  return shape
}

/** Of what may be any resource, the value tells the type. */
function shapeOfResource(value: unknown): Shape | undefined {
  const type = isObject(value) ? value['resourceType'] : undefined
  return typeof type === 'string' && isResourceType(type) ? shapeOf(type) : undefined
}
