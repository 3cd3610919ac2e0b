import {
  hasPatientCompartment,
  isObject,
  type LinkKind,
  readReference,
  type ReferenceText,
  type Resource,
  rewriteReferences,
} from '@chartkeep/model/fhir'
import type { Bucket, Id } from '#base'
import { findReferenced, type Home, type Names } from './home.ts'
import { idOf } from './identity.ts'
import type { RecordNumber } from './source-index.ts'

/** What became of a resource's references. */
export interface Rewritten {
  /** References that lead to a record that is not in this import. */
  dangling: number
  /** As those are here: by the id that the record would get. */
  readonly loose: Set<string>
  /** Conditional references that only the store can answer; left as they were. */
  readonly open: Set<string>
  /** Of those, the ones that several records of this import meet: the store is not asked for one of them. */
  readonly vague: Set<string>
  /** References by a name that several records of this import have. */
  readonly ambiguous: Set<string>
}

const cacheLimit = 50_000

/** Rewrites the references of the source into ours. */
export class Resolver {
  readonly #names: Names
  /** By the exporting server, because a relative reference leads to a record of the same one. */
  #known = new Map<number, Map<string, string>>()
  #size = 0

  constructor(names: Names) {
    this.#names = names
  }

  /** In place. `server` exported the resource. */
  rewrite(resource: Resource, home: Home | undefined, server: number): Rewritten {
    const rewritten: Rewritten = {
      dangling: 0,
      loose: new Set(),
      open: new Set(),
      vague: new Set(),
      ambiguous: new Set(),
    }
    const context = { home, server, rewritten, known: this.#knownOf(server) }
    const within = addressesWithin(resource)
    rewriteReferences(resource, (text, kind) => (within.has(text) ? undefined : this.#map(text, kind, context)))
    return rewritten
  }

  #map(text: string, kind: LinkKind, context: Context): string | undefined {
    if (kind !== 'reference' && !this.#mayBeOurs(text)) return undefined
    const known = context.known.get(text)
    if (known !== undefined) return known
    const read = readReference(text)
    const found = findReferenced(this.#names, text, read, context.server)
    if (typeof found === 'number') return this.#remember(text, found, context)
    return kind === 'reference' ? this.#withoutRecord(text, read, found, context) : undefined
  }

  #withoutRecord(
    text: string,
    read: ReferenceText,
    found: 'several' | 'elsewhere' | undefined,
    { rewritten, home, server }: Context,
  ): string | undefined {
    if (read.kind === 'condition') {
      rewritten.open.add(text)
      if (found === 'several') rewritten.vague.add(text)
    } else if (found === 'several') rewritten.ambiguous.add(text)
    else if (found === 'elsewhere') {
      // Of what the same server exported, only the full address says which record it means.
      return read.kind === 'record' && read.base === '' ? `${this.#names.servers.baseOf(server)}${text}` : undefined
    } else if (read.kind === 'record') {
      const presumed = `${read.type}/${this.#presume(read, home)}`
      rewritten.dangling++
      rewritten.loose.add(presumed)
      return presumed
    } else if (text.startsWith('urn:')) rewritten.dangling++
    return undefined
  }

  /** Most uris are code systems: only what looks like one of our names is worth a look-up. */
  #mayBeOurs(text: string): boolean {
    if (text.startsWith('urn:uuid:') || /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]+$/.test(text)) return true
    return /^https?:/.test(text) && this.#names.servers.owns(text)
  }

  #knownOf(server: number): Map<string, string> {
    let known = this.#known.get(server)
    if (known === undefined) this.#known.set(server, (known = new Map()))
    return known
  }

  #remember(text: string, record: RecordNumber, { home, known }: Context): string {
    const { index } = this.#names
    const bucket = index.bucketOf(record)
    const id = index.idOf(record, bucket ?? home?.bucket ?? 0)
    const mapped = `${index.typeOf(record)}/${id}`
    if (bucket !== undefined) {
      if (this.#size++ >= cacheLimit) this.#forget()
      known.set(text, mapped)
    }
    return mapped
  }

  #forget(): void {
    for (const known of this.#known.values()) known.clear()
    this.#size = 0
  }

  /** The id that the record would get if it were imported: in the referring record's own chart, if it can be in one. */
  #presume({ type, id }: { type: string; id: string }, home: Home | undefined): Id<string> {
    const key = this.#names.keyOf(`${type}/${id}`)
    const bucket: Bucket =
      home !== undefined && type !== 'Patient' && hasPatientCompartment(type) ? home.bucket : key.bucket
    return idOf<string>(key, bucket)
  }
}

/** The fullUrls of a Bundle that is itself a record: what leads to one of its own entries stays as it was written. */
function addressesWithin({ resourceType, entry }: Resource): ReadonlySet<unknown> {
  if (resourceType !== 'Bundle' || !Array.isArray(entry)) return nowhere
  return new Set(entry.map((one: unknown) => (isObject(one) ? one['fullUrl'] : undefined)))
}

const nowhere: ReadonlySet<unknown> = new Set()

interface Context {
  readonly home: Home | undefined
  readonly server: number
  readonly rewritten: Rewritten
  readonly known: Map<string, string>
}
