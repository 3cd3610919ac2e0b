import { isObject, type JsonObject } from './resource.ts'

/** The types of what a resource contains, by id: one pass over the list, made for the first reference to one of them. */
export class Contained {
  readonly #around: JsonObject
  #types: ReadonlyMap<string, string> | undefined

  constructor(around: JsonObject) {
    this.#around = around
  }

  /** Type of what `#id` leads to; `#` alone is the resource around. Undefined when there is nothing. */
  typeOf(id: string): string | undefined {
    if (id === '') {
      const { resourceType } = this.#around
      return typeof resourceType === 'string' ? resourceType : undefined
    }
    this.#types ??= typesById(this.#around['contained'])
    return this.#types.get(id)
  }
}

/** Of two with one id, the first. */
function typesById(contained: unknown): Map<string, string> {
  const types = new Map<string, string>()
  if (!Array.isArray(contained)) return types
  for (const one of contained.filter(isObject)) {
    const { id, resourceType } = one
    if (typeof id === 'string' && typeof resourceType === 'string' && !types.has(id)) types.set(id, resourceType)
  }
  return types
}
