import { readReference, referencesIn, type Resource, rewriteReferences } from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import type { Records } from '#records'
import { readCondition } from './conditions.ts'
import { ask, type Asking } from './offered.ts'

/** What references in a transaction lead to: entries by their fullUrl, and records that meet a condition. */
export interface Links {
  add(fullUrl: string | undefined, type: string, id: string): void
  /** Where a reference leads that stands in the entry with this fullUrl; undefined when it is none of the bundle's. */
  find(reference: string, from: string | undefined): string | undefined
}

/** `http://example.org/fhir/` of `http://example.org/fhir/Patient/1`. */
const restful = /^(https?:\/\/.+\/)[A-Z]\w*\/[A-Za-z0-9\-.]{1,64}$/

/** @param conditional from conditional references to the record that each leads to */
export function openLinks(conditional: ReadonlyMap<string, string>): Links {
  const links = new Map<string, string>()
  return {
    add(fullUrl, type, id) {
      if (fullUrl !== undefined) links.set(fullUrl, `${type}/${id}`)
    },
    find(reference, from = '') {
      const known = links.get(reference) ?? conditional.get(reference)
      if (known !== undefined) return known
      // A relative reference is relative to where its entry comes from (R4 bundle, 2.36.4.1).
      const [, root] = restful.exec(from) ?? []
      return root === undefined ? undefined : links.get(root + reference)
    },
  }
}

/** `Practitioner?identifier=…` → `Practitioner/<id>`. Throws 'reference-unresolved' unless exactly one record matches. */
export async function resolveConditional(
  records: Records,
  asking: Asking,
  resources: readonly Resource[],
): Promise<Map<string, string>> {
  const resolved = new Map<string, string>()
  const texts = resources.flatMap((resource) => referencesIn(resource).map(({ reference }) => reference.reference))
  for (const text of new Set(texts)) {
    const read = readReference(text)
    if (read.kind !== 'condition') continue
    const [found, ...others] = await records.match(
      ask(asking, 'search', read.type),
      readCondition(read.query),
      asking.request,
    )
    if (others.length > 0) throw new Refusal('match-ambiguous')
    if (found === undefined) throw new Refusal('reference-unresolved')
    resolved.set(text, `${read.type}/${found.id}`)
  }
  return resolved
}

/** Replaces what leads to entries. Throws 'reference-unresolved' for a `urn:` that names none. */
export function resolveLinks(resource: Resource, links: Links, fullUrl: string | undefined): void {
  rewriteReferences(resource, (reference, kind) => {
    const target = links.find(reference, fullUrl)
    if (target === undefined && kind === 'reference' && /^urn:(uuid|oid):/.test(reference))
      throw new Refusal('reference-unresolved')
    return target
  })
}
