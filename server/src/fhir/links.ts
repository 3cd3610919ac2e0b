import { readReference, type Resource, rewriteLiterals, rewriteReferences } from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import type { BundleEntry } from './bundle.ts'
import type { ConditionalReference } from './conditional-references.ts'
import { isSelfContained } from './own-address.ts'
import { unresolved } from './unresolved.ts'

/** A record that an entry of a transaction comes to. */
export interface Linked {
  readonly type: string
  readonly id: string
  /** The version that it will have; undefined when only the store will know. */
  readonly version?: number | undefined
}

/** What references in a transaction lead to: entries by their fullUrl, and records that meet a condition. */
export interface Links {
  add(entry: BundleEntry, linked: Linked): void
  /**
   * Where a reference leads that stands in this entry; undefined when it is none of the bundle's, or not known yet.
   * Throws 'match-ambiguous' and 'reference-unresolved' for a condition that not exactly one record meets.
   */
  find(reference: string, from: BundleEntry): string | undefined
  /** Whether a reference that leads nowhere yet may when all entries have their ids. */
  awaits(reference: string, from: BundleEntry): boolean
}

/** `http://example.org/fhir/` of `http://example.org/fhir/Patient/1`. */
const restful = /^(https?:\/\/.+\/)[A-Z]\w*\/[A-Za-z0-9\-.]{1,64}$/
const versioned = /^(.+)\/_history\/([A-Za-z0-9\-.]{1,64})$/s

/** @param conditional what may meet each condition that a reference states */
export function openLinks(
  entries: readonly BundleEntry[],
  conditional: ReadonlyMap<string, ConditionalReference>,
): Links {
  const byUrl = new Map(entries.flatMap((entry) => (entry.fullUrl === undefined ? [] : [[entry.fullUrl, entry]])))
  const linked = new Map<BundleEntry, Linked>()
  // An entry may hold many references, and its address may be long: where it comes from is read once.
  let last: { readonly from: string; readonly root: string | undefined } | undefined

  function entryOf(reference: string, { fullUrl: from }: BundleEntry): BundleEntry | undefined {
    const known = byUrl.get(reference)
    if (known !== undefined || from?.startsWith('http') !== true) return known
    // A relative reference is relative to where its entry comes from (R4 bundle, 2.36.4.1).
    if (last?.from !== from) last = { from, root: restful.exec(from)?.[1] }
    return last.root === undefined ? undefined : byUrl.get(last.root + reference)
  }

  function ofCondition({ stored, entries: within }: ConditionalReference): string | undefined {
    const found = new Set(stored)
    for (const entry of within) {
      const one = linked.get(entry)
      if (one === undefined) return undefined
      found.add(nameOf(one))
    }
    if (found.size > 1) throw new Refusal('match-ambiguous')
    const [name] = found
    if (name === undefined) throw new Refusal('reference-unresolved')
    return name
  }

  /** R4 bundle, 2.36.4.1: the version is taken off, and has to be the one of the entry's resource if that says one. */
  function ofVersion(reference: string, from: BundleEntry): string | undefined {
    const [, whole, version] = versioned.exec(reference) ?? []
    const entry = whole === undefined ? undefined : entryOf(whole, from)
    const one = entry === undefined ? undefined : linked.get(entry)
    if (entry === undefined || one === undefined) return undefined
    // A version that is stored already is meant as it is written.
    if (whole === nameOf(one)) return undefined
    const { versionId } = entry
    if (versionId !== undefined && versionId !== version) return undefined
    return one.version === undefined ? nameOf(one) : `${nameOf(one)}/_history/${one.version}`
  }

  return {
    add: (entry, one) => void linked.set(entry, one),
    find(reference, from) {
      const condition = conditional.get(reference)
      if (condition !== undefined) return ofCondition(condition)
      const entry = entryOf(reference, from)
      const one = entry === undefined ? undefined : linked.get(entry)
      return one === undefined ? ofVersion(reference, from) : nameOf(one)
    },
    awaits: (reference, from) =>
      conditional.has(reference) ||
      from.fullUrl?.startsWith('http') === true ||
      byUrl.has(versioned.exec(reference)?.[1] ?? reference) ||
      isUrn(reference),
  }
}

const nameOf = ({ type, id }: Linked): string => `${type}/${id}`
const isUrn = (reference: string): boolean => reference.startsWith('urn:uuid:') || reference.startsWith('urn:oid:')

/** Replaces what is known by now; answers whether that was all. Throws as `find` does, and names the element. */
export function linkKnown(resource: Resource, links: Links, from: BundleEntry): boolean {
  let all = true
  if (isSelfContained(resource)) return all
  rewriteReferences(resource, (reference, kind) => {
    const target = findNamed(resource, reference, links, from)
    if (target === undefined && kind === 'reference' && links.awaits(reference, from)) all = false
    return target
  })
  return all
}

/** Replaces what leads to entries. Throws 'reference-unresolved' for a `urn:` that names none. */
export function resolveLinks(resource: Resource, links: Links, from: BundleEntry): void {
  if (isSelfContained(resource)) return
  rewriteReferences(resource, (reference, kind) => {
    const target = findNamed(resource, reference, links, from)
    if (target === undefined && kind === 'reference' && isUrn(reference)) throw unresolved(resource, reference)
    return target
  })
}

function findNamed(resource: Resource, reference: string, links: Links, from: BundleEntry): string | undefined {
  try {
    return links.find(reference, from)
  } catch (error) {
    throw error instanceof Refusal ? unresolved(resource, reference, error.code) : error
  }
}

/** Outside of a transaction no entry and no condition is there to be led to (R4 http, 3.1.0.11.2). */
export function refuseUnlinked(resource: Resource, { urns }: { readonly urns: boolean }): void {
  if (isSelfContained(resource)) return
  rewriteLiterals(resource, (reference) => {
    if (readReference(reference).kind === 'condition' || (urns && isUrn(reference)))
      throw unresolved(resource, reference)
    return undefined
  })
}
