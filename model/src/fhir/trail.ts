import type { Scope } from './constraint-node.ts'
import { Contained } from './contained.ts'
import { structureNames } from './structure-names.ts'
import type { Finding, JsonObject } from './resource.ts'

const mostFindings = 500

interface Around {
  readonly type: string
  readonly contained: Contained
  /** Of what it contains, as far as that was judged. */
  readonly ids: Set<string>
}

function isNew(ids: Set<string> | undefined, id: string): boolean {
  if (ids?.has(id) === true) return false
  ids?.add(id)
  return true
}

/** Where a validation is, and what it found. Paths are put into words only when there is something to say. */
export class Trail {
  readonly findings: Finding[] = []
  /** Whether what is only a warning is wanted too. */
  readonly warnings: boolean
  /** The innermost resource, and the one that is not contained in another; undefined before there is one. */
  scope: Pick<Scope, 'resource' | 'root'> | undefined
  #ids: Set<string> | undefined
  readonly #elements: string[] = []
  readonly #indexes: number[] = []
  /** The resources around, outermost first, without contained ones. */
  readonly #resources: Around[] = []

  constructor(warnings: boolean) {
    this.warnings = warnings
  }

  /** Whether nothing more is reported: what is wrong is known well enough. */
  get full(): boolean {
    return this.findings.length >= mostFindings
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
    this.#resources.push({ type, contained: new Contained(value), ids: new Set() })
  }

  leaveResource(): void {
    this.#resources.pop()
  }

  /** Something wrong with the object that the trail is at. */
  add(issue: string, text: string, more: Pick<Finding, 'severity' | 'constraint'> = {}): void {
    if (!this.full) this.findings.push({ expression: this.#path(), issue, text, ...more })
  }

  addAt(element: string, issue: string, text: string, constraint?: string): void {
    this.enter(element, -1)
    this.add(issue, text, constraint === undefined ? {} : { constraint })
    this.leave()
  }

  addIn(element: string, index: number, issue: string, text: string): void {
    this.enter(element, index)
    this.add(issue, text)
    this.leave()
  }

  /**
   * A property's name came from outside and may be anything, so it is not repeated, unless R4 knows the word.
   *
   * @param position of the property in its object, from 1
   */
  addUnknown(name: string, position: number): void {
    if (this.full) return
    const known = structureNames().get(name.toLowerCase())
    const hint = known === undefined ? '' : known === name ? ` (${known})` : ` (is ${known} meant?)`
    this.add('structure', `property ${position} of the object${hint} is not an element of its type`)
  }

  /**
   * Elements of a resource, contained or not, have ids of their own. Not told apart in a StructureDefinition, whose
   * snapshot repeats those of its differential.
   *
   * @returns those of the resource around, for `endIds`
   */
  beginIds(type: string): Set<string> | undefined {
    const around = this.#ids
    this.#ids = type === 'StructureDefinition' ? undefined : new Set()
    return around
  }

  endIds(around: Set<string> | undefined): void {
    this.#ids = around
  }

  /** Whether no element of the resource had this id so far. */
  isNewId(id: string): boolean {
    return isNew(this.#ids, id)
  }

  /** Whether nothing that the outer resource contains had this id so far. */
  isNewContained(id: string): boolean {
    return isNew(this.#resources.at(-1)?.ids, id)
  }

  /** Type of what `#id` leads to from here: within the innermost resource that is not contained; `#` is that one. */
  typeOfContained(id: string): string | undefined {
    return this.#resources.at(-1)?.contained.typeOf(id)
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
