import type { Scope } from './constraint-node.ts'
import { structureNames } from './structure-names.ts'
import { type Finding, isObject, type JsonObject } from './resource.ts'

const mostFindings = 500

interface Around {
  readonly type: string
  readonly value: JsonObject
  /** Types of what is contained, by id; made for the first reference to one of them. */
  contained?: ReadonlyMap<string, string>
}

function typesById(contained: unknown): Map<string, string> {
  const types = new Map<string, string>()
  if (!Array.isArray(contained)) return types
  for (const one of contained.filter(isObject)) {
    const { id, resourceType } = one
    if (typeof id === 'string' && typeof resourceType === 'string' && !types.has(id)) types.set(id, resourceType)
  }
  return types
}

/** Where a validation is, and what it found. Paths are put into words only when there is something to say. */
export class Trail {
  readonly findings: Finding[] = []
  /** Whether what is only a warning is wanted too. */
  readonly warnings: boolean
  /** The innermost resource, and the one that is not contained in another; undefined before there is one. */
  scope: Pick<Scope, 'resource' | 'root'> | undefined
  readonly #elements: string[] = []
  readonly #indexes: number[] = []
  /** The resources around, outermost first, without contained ones. */
  readonly #resources: Around[] = []

  constructor(warnings: boolean) {
    this.warnings = warnings
  }

  enter(element: string, index: number): void {
    this.#elements.push(element)
    this.#indexes.push(index)
  }

  leave(): void {
    this.#elements.pop()
    this.#indexes.pop()
  }

  enterResource(type: string, value: JsonObject): void {
    this.#resources.push({ type, value })
  }

  leaveResource(): void {
    this.#resources.pop()
  }

  /** Something wrong with the object that the trail is at. */
  add(issue: string, text: string, more: Pick<Finding, 'severity' | 'constraint'> = {}): void {
    if (this.findings.length < mostFindings) this.findings.push({ expression: this.#path(), issue, text, ...more })
  }

  addAt(element: string, issue: string, text: string): void {
    this.addIn(element, -1, issue, text)
  }

  addIn(element: string, index: number, issue: string, text: string): void {
    this.enter(element, index)
    this.add(issue, text)
    this.leave()
  }

  /** A property's name came from outside and may be anything, so it is not repeated, unless R4 knows the word. */
  addUnknown(holder: JsonObject, name: string): void {
    const known = structureNames().get(name.toLowerCase())
    const place = `property ${Object.keys(holder).indexOf(name) + 1} of the object`
    const hint = known === undefined ? '' : known === name ? ` (${known})` : ` (is ${known} meant?)`
    this.add('structure', `${place}${hint} is not an element of its type`)
  }

  /** Type of what `#id` leads to from here: within the innermost resource that is not contained; `#` is that one. */
  typeOfContained(id: string): string | undefined {
    const around = this.#resources.at(-1)
    if (id === '' || around === undefined) return around?.type
    around.contained ??= typesById(around.value['contained'])
    return around.contained.get(id)
  }

  #path(): string {
    let path = this.#resources[0]?.type ?? 'Resource'
    for (const [at, element] of this.#elements.entries()) {
      const index = this.#indexes[at] ?? -1
      path += index === -1 ? `.${element}` : `.${element}[${index}]`
    }
    return path
  }
}
