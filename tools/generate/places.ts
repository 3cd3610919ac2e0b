// The objects within a resource and what the definitions say of each: where tests break things.
import type { Definitions, Element } from './definitions.ts'

export type Json = Record<string, unknown>

/** A place in a resource: the object, the definition of what it holds, and the FHIRPath of it. */
export interface Place {
  readonly holder: Json
  /** The type or backbone element: `Patient`, `Patient.contact`, `HumanName`. */
  readonly type: string
  readonly elements: readonly Element[]
  readonly path: string
}

/** The place itself first. What is contained, and the resources of a bundle, are other resources. */
export function placesIn(known: Definitions, holder: Json, type: string, path: string): Place[] {
  const elements = known.elements.get(type) ?? []
  const inner = elements.flatMap((element) => {
    return members(holder, element).flatMap(([name, value, suffix]) => {
      const at = `${path}.${element.name.replace('[x]', '')}`
      const next = element.sameAs ?? typeOf(element, suffix)
      const many = Array.isArray(value)
      return (many ? value : [value]).flatMap((one: unknown, index: number) =>
        typeof one === 'object' &&
        one !== null &&
        known.elements.has(next) &&
        next !== 'Resource' &&
        name !== 'contained'
          ? placesIn(known, one as Json, next, many ? `${at}[${index}]` : at)
          : [],
      )
    })
  })
  return [{ holder, type, elements, path }, ...inner]
}

/** What an element holds: a type, or for a backbone element its path. */
export function typeOf(element: Element, suffix: string): string {
  const type = element.types.find((one) => one.code.toLowerCase() === suffix.toLowerCase()) ?? element.types[0]
  return type?.code === 'BackboneElement' || type?.code === 'Element' ? element.path : (type?.code ?? '')
}

/** The properties of an element that are there, with the type that a choice's name ends in. */
export function members(holder: Json, element: Element): [string, unknown, string][] {
  if (!element.name.endsWith('[x]')) {
    return holder[element.name] === undefined ? [] : [[element.name, holder[element.name], '']]
  }
  const stem = element.name.slice(0, -3)
  return element.types
    .map((one) => [stem + one.code.charAt(0).toUpperCase() + one.code.slice(1), one.code] as const)
    .flatMap(([name, code]): [string, unknown, string][] =>
      holder[name] === undefined ? [] : [[name, holder[name], code]],
    )
}

/** Every object below a value of JSON. */
export function objectsIn(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  if (typeof value !== 'object' || value === null) return []
  return [value as Json, ...Object.values(value).flatMap(objectsIn)]
}
