import { readReference, type Resource, rewriteReferences } from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import type { Records } from '#records'
import { readCondition } from './conditions.ts'
import type { BundleEntry } from './bundle.ts'
import { ask, type Asking } from './offered.ts'
import { ofEntry, type ReadEntry } from './read-entries.ts'

/** What references in a transaction lead to: entries by their fullUrl, and records that meet a condition. */
export interface Links {
  add(fullUrl: string | undefined, type: string, id: string): void
  /** Where a reference leads that stands in the entry with this fullUrl; undefined when it is none of the bundle's. */
  find(reference: string, from: string | undefined): string | undefined
  /** Whether a reference that leads nowhere yet, in the entry with this fullUrl, may when all entries have their ids. */
  awaits(reference: string, from: string | undefined): boolean
}

/** `http://example.org/fhir/` of `http://example.org/fhir/Patient/1`. */
const restful = /^(https?:\/\/.+\/)[A-Z]\w*\/[A-Za-z0-9\-.]{1,64}$/

/**
 * @param conditional from conditional references to the record that each leads to
 * @param fullUrls of all entries of the bundle
 */
export function openLinks(conditional: ReadonlyMap<string, string>, fullUrls: ReadonlySet<string>): Links {
  const links = new Map<string, string>()
  // An entry may hold many references, and its address may be long: where it comes from is read once.
  let last: { readonly from: string; readonly root: string | undefined } | undefined
  return {
    add(fullUrl, type, id) {
      if (fullUrl !== undefined) links.set(fullUrl, `${type}/${id}`)
    },
    find(reference, from) {
      const known = links.get(reference) ?? conditional.get(reference)
      if (known !== undefined || from?.startsWith('http') !== true) return known
      // A relative reference is relative to where its entry comes from (R4 bundle, 2.36.4.1).
      if (last?.from !== from) last = { from, root: restful.exec(from)?.[1] }
      return last.root === undefined ? undefined : links.get(last.root + reference)
    },
    awaits: (reference, from) => from?.startsWith('http') === true || fullUrls.has(reference) || isUrn(reference),
  }
}

const isUrn = (reference: string): boolean => reference.startsWith('urn:uuid:') || reference.startsWith('urn:oid:')

/** `Practitioner?identifier=…` → `Practitioner/<id>`. Throws 'reference-unresolved' unless exactly one record matches. */
export async function resolveConditional(
  records: Records,
  asking: Asking,
  read: readonly ReadEntry[],
): Promise<Map<string, string>> {
  const conditions = new Map<string, BundleEntry>()
  for (const { entry, resource } of read)
    if (resource !== undefined)
      rewriteReferences(resource, (text, kind) => {
        if (kind === 'reference' && text.includes('?')) conditions.set(text, entry)
        return undefined
      })
  // All at once, so that they share their round trips.
  const resolved = await Promise.all(
    [...conditions].map(([text, entry]) =>
      resolveOne(records, asking, text).catch((error: unknown) => {
        throw ofEntry(entry, error)
      }),
    ),
  )
  return new Map(resolved.filter((one) => one !== undefined))
}

async function resolveOne(
  records: Records,
  asking: Asking,
  text: string,
): Promise<readonly [string, string] | undefined> {
  const read = readReference(text)
  if (read.kind !== 'condition') return undefined
  const grant = ask(asking, 'search', read.type)
  const [found, ...others] = await records.match(grant, readCondition(read.query), asking.request)
  if (others.length > 0) throw new Refusal('match-ambiguous')
  if (found === undefined) throw new Refusal('reference-unresolved')
  return [text, `${read.type}/${found.id}`]
}

/** Replaces what leads to entries. Throws 'reference-unresolved' for a `urn:` that names none. */
export function resolveLinks(resource: Resource, links: Links, fullUrl: string | undefined): void {
  rewriteReferences(resource, (reference, kind) => {
    const target = links.find(reference, fullUrl)
    if (target === undefined && kind === 'reference' && isUrn(reference)) throw new Refusal('reference-unresolved')
    return target
  })
}
