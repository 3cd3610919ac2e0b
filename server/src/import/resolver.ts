import {
  hasPatientCompartment,
  type LinkKind,
  readReference,
  type Reference,
  type ReferenceText,
  referencesIn,
  type Resource,
  rewriteReferences,
} from '@chartkeep/model/fhir'
import type { Bucket, Id } from '#base'
import { findRecord, type Home, type Names } from './home.ts'
import { identifierName, idOf } from './identity.ts'
import type { RecordNumber } from './source-index.ts'

/** What the store answered to a conditional reference: the id of the one match, or undefined for none or several. */
export type Answers = Map<string, Id<string> | undefined>

/** What became of a resource's references. */
export interface Rewritten {
  /** References that lead to a record that is not in this import. */
  dangling: number
  /** Conditional references that only the store can answer; left as they were. */
  readonly open: Set<string>
}

const cacheLimit = 50_000

/** Rewrites the references of the source into ours. */
export class Resolver {
  readonly #names: Names
  readonly #answers: Answers = new Map()
  /** Records that were here already under another id: a conditional create that matched. */
  readonly #standIns = new Map<RecordNumber, Id<string>>()
  #known = new Map<string, string>()

  constructor(names: Names) {
    this.#names = names
  }

  /** What the store said; several or none is noted too, and not asked again. */
  answer(reference: string, id: Id<string> | undefined): void {
    if (this.#answers.size >= cacheLimit) this.#answers.clear()
    this.#answers.set(reference, id)
  }

  isAnswered(reference: string): boolean {
    return this.#answers.has(reference)
  }

  standIn(record: RecordNumber, id: Id<string>): void {
    this.#standIns.set(record, id)
    this.#known = new Map()
  }

  /** In place. */
  rewrite(resource: Resource, home: Home | undefined): Rewritten {
    const rewritten: Rewritten = { dangling: 0, open: new Set() }
    rewriteReferences(resource, (text, kind) => this.#map(text, kind, home, rewritten))
    return rewritten
  }

  /**
   * Puts in what the store answered to these conditional references. Where it had no answer, or several, what was
   * asked for stays as a logical reference (R4 references, 2.3.0.2). @returns how many those were
   */
  settle(resource: Resource, open: ReadonlySet<string>): number {
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

  #map(text: string, kind: LinkKind, home: Home | undefined, rewritten: Rewritten): string | undefined {
    if (kind !== 'reference' && !this.#mayBeOurs(text)) return undefined
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const read = readReference(text)
    const record = this.#find(text, read)
    if (record !== undefined) return this.#remember(text, record, home)
    if (kind !== 'reference') return undefined
    if (read.kind === 'condition') {
      const id = this.#answers.get(text)
      if (id === undefined) rewritten.open.add(text)
      return id === undefined ? undefined : `${read.type}/${id}`
    }
    if (read.kind === 'record' && this.#isLocal(read.base)) {
      rewritten.dangling++
      return `${read.type}/${this.#presume(read, home)}`
    }
    if (text.startsWith('urn:')) rewritten.dangling++
    return undefined
  }

  /** Most uris are code systems: only what looks like one of our names is worth a look-up. */
  #mayBeOurs(text: string): boolean {
    if (text.startsWith('urn:uuid:') || /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]+$/.test(text)) return true
    return (
      this.#names.bases.size > 0 &&
      /^https?:/.test(text) &&
      [...this.#names.bases].some((base) => text.startsWith(base))
    )
  }

  #find(text: string, read: ReferenceText): RecordNumber | undefined {
    const { index, keyOf } = this.#names
    switch (read.kind) {
      case 'record':
        return this.#isLocal(read.base) ? findRecord(this.#names, read.type, read.id) : undefined
      case 'condition': {
        const name = identifierName(read.type, read.query)
        return name === undefined ? undefined : index.find(keyOf(name))
      }
      case 'address':
        return index.find(keyOf(text))
      case 'contained':
        return undefined
    }
  }

  #isLocal(base: string): boolean {
    return base === '' || this.#names.bases.has(base)
  }

  #remember(text: string, record: RecordNumber, home: Home | undefined): string {
    const { index } = this.#names
    const bucket = index.bucketOf(record)
    const id = this.#standIns.get(record) ?? index.idOf(record, bucket ?? home?.bucket ?? 0)
    const mapped = `${index.typeOf(record)}/${id}`
    if (bucket !== undefined) {
      if (this.#known.size >= cacheLimit) this.#known = new Map()
      this.#known.set(text, mapped)
    }
    return mapped
  }

  /** The id that the record would get if it were imported: in the referring record's own chart, if it can be in one. */
  #presume({ type, id }: { type: string; id: string }, home: Home | undefined): Id<string> {
    const key = this.#names.keyOf(`${type}/${id}`)
    const bucket: Bucket =
      home !== undefined && type !== 'Patient' && hasPatientCompartment(type) ? home.bucket : key.bucket
    return idOf<string>(key, bucket)
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
