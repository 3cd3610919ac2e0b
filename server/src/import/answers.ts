import {
  readReference,
  type Reference,
  referencesIn,
  type Resource,
  type ResourceType,
  rewriteReferences,
} from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import type { Admitted } from './item.ts'
import type { ImportStore } from './store.ts'

const rememberedAnswers = 50_000

interface Asking {
  readonly item: Pick<Admitted, 'open' | 'vague'>
  readonly resource: Resource
  dangling: number
}

/** What only the store knows: whom a condition matches, and which records were here already under another id. */
export class Answers {
  readonly #store: ImportStore
  /** By conditional reference: the id of the one match, undefined for none or several. */
  #answers = new Map<string, Id<string> | undefined>()
  readonly #standIns = new Map<string, string>()

  constructor(store: ImportStore) {
    this.#store = store
  }

  /** A query that cannot be carried out matches nothing. */
  async matchesOf(type: ResourceType, query: string): Promise<Id<string>[]> {
    try {
      return await this.#store.match(type, query)
    } catch (error) {
      if (error instanceof Refusal && error.status < 500) return []
      throw error
    }
  }

  /** From now on, references to the one lead to the other. */
  standIn(reference: string, other: string): void {
    this.#standIns.set(reference, other)
  }

  /** Completes the references of these, in place; what was asked for in vain is counted as dangling. */
  async putIn(asking: readonly Asking[]): Promise<void> {
    if (this.#standIns.size > 0) {
      for (const { resource } of asking) rewriteReferences(resource, (text) => this.#standIns.get(text))
    }
    if (this.#answers.size > rememberedAnswers) this.#answers = new Map()
    for (const { item } of asking) for (const reference of item.vague) this.#answers.set(reference, undefined)
    const open = new Set(asking.flatMap(({ item }) => item.open))
    const asked = [...open].filter((reference) => !this.#answers.has(reference))
    await Promise.all(asked.map((reference) => this.#ask(reference)))
    for (const one of asking)
      if (one.item.open.length > 0) one.dangling += this.#complete(one.resource, new Set(one.item.open))
  }

  async #ask(reference: string): Promise<void> {
    const read = readReference(reference)
    const ids = read.kind === 'condition' ? await this.matchesOf(read.type, read.query) : []
    this.#answers.set(reference, ids.length === 1 ? ids[0] : undefined)
  }

  /** Without an answer, what was asked for stays as a logical reference (R4 references, 2.3.0.2). */
  #complete(resource: Resource, open: ReadonlySet<string>): number {
    let loose = 0
    for (const { reference } of referencesIn(resource)) {
      const text = reference.reference
      const read = open.has(text) ? readReference(text) : undefined
      if (read?.kind !== 'condition') continue
      const id = this.#answers.get(text)
      if (id !== undefined) reference.reference = `${read.type}/${id}`
      else if (loosen(reference, read)) loose++
    }
    return loose
  }
}

/** False for a condition that is not about an identifier: that one stays as it is. */
function loosen(reference: Reference, { type, query }: { type: string; query: string }): boolean {
  const token = new URLSearchParams(query).get('identifier')
  if (token === null) return false
  const bar = token.indexOf('|')
  const value = token.slice(bar + 1)
  delete reference.reference
  reference.type ??= type
  reference.identifier ??= bar > 0 ? { system: token.slice(0, bar), value } : { value }
  return true
}
