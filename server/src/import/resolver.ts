import {
  hasPatientCompartment,
  type LinkKind,
  readReference,
  type ReferenceText,
  type Resource,
  rewriteReferences,
} from '@chartkeep/model/fhir'
import type { Bucket, Id } from '#base'
import { findRecord, type Home, type Names } from './home.ts'
import { identifierName, idOf } from './identity.ts'
import type { RecordNumber } from './source-index.ts'

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
  #known = new Map<string, string>()

  constructor(names: Names) {
    this.#names = names
  }

  /** In place. */
  rewrite(resource: Resource, home: Home | undefined): Rewritten {
    const rewritten: Rewritten = { dangling: 0, open: new Set() }
    rewriteReferences(resource, (text, kind) => this.#map(text, kind, home, rewritten))
    return rewritten
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
      rewritten.open.add(text)
      return undefined
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
    const id = index.idOf(record, bucket ?? home?.bucket ?? 0)
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
