import { carryDigits, elementIn, isObject, type JsonObject, type Resource } from '@chartkeep/model/fhir'
import type { Edit } from './fhirpath-patch.ts'
import { patchFailed, patchInvalid } from './patch.ts'

/** An element as it is to be put into what holds it. */
export interface Made {
  readonly property: string
  readonly many: boolean
  readonly value: unknown
  /** A primitive's id and extensions. */
  readonly beside: unknown
  /** Where the value stands in the patch, for the digits of a number. */
  readonly from: { readonly holder: JsonObject; readonly key: string }
}

/** The element `name` within what stands at `path`, with the value of the edit. Throws 'patch-failed' when R4 has none. */
export function makeValue(
  resource: Resource,
  path: readonly (string | number)[],
  { name = '', value, at }: Pick<Edit, 'name' | 'value' | 'at'>,
): Made {
  if (value === undefined) throw patchInvalid(at, 'This operation has a part value.')
  return make(resource, path, name, value, at)
}

function make(
  resource: Resource,
  path: readonly (string | number)[],
  name: string,
  parameter: JsonObject,
  at: string,
): Made {
  const key = Object.keys(parameter)
    .find((one) => /^_?value[A-Z]/.test(one))
    ?.replace(/^_/, '')
  const element = elementIn(resource, path, name, key?.slice('value'.length))
  if (element === undefined) throw patchFailed(at, 'There is no such element here.')
  const { property, many } = element
  if (key !== undefined) {
    const from = { holder: parameter, key }
    return { property, many, value: parameter[key], beside: parameter[`_${key}`], from }
  }
  const { resource: whole, part } = parameter
  const value = whole ?? fromParts(resource, [...path, property], part, at)
  return { property, many, value, beside: undefined, from: { holder: { value }, key: 'value' } }
}

/** An element without a type of its own, such as Patient.contact, from parts named as its elements are. */
function fromParts(resource: Resource, path: readonly (string | number)[], parts: unknown, at: string): JsonObject {
  const made: JsonObject = {}
  for (const part of Array.isArray(parts) ? parts : []) {
    if (!isObject(part) || typeof part['name'] !== 'string') continue
    const { property, many, value, beside, from } = make(resource, path, part['name'], part, at)
    carryDigits(from.holder, from.key, made, property, made)
    if (many) {
      const members = made[property]
      if (Array.isArray(members)) members.push(value)
      else made[property] = [value]
    } else if (Object.hasOwn(made, property)) throw patchInvalid(at, 'An element that is there once has one value.')
    else {
      if (value !== undefined) made[property] = value
      if (beside !== undefined) made[`_${property}`] = beside
    }
  }
  return made
}
