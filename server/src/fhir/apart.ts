import type { BundleEntry } from './bundle.ts'
import { openEntries } from './entries-met.ts'
import type { OwnAddresses } from './own-address.ts'
import type { Planned } from './plan.ts'
import { oneCondition, type ReadEntry, statedIn } from './read-entries.ts'

/**
 * Holds what a transaction writes against the conditions in it, by what the resources say and not by how a condition is
 * spelled: where one entry's record meets the condition of another, which of the two is meant would depend on the order, and
 * "if any resource identities overlap, the transaction SHALL fail" (R4 http, 3.1.0.11.2). Creates come before updates, so
 * what an update brings does not meet the condition of a create. Throws 'transaction-invalid' at the second of the two.
 */
export function requireApart(
  read: readonly ReadEntry[],
  planned: ReadonlyMap<BundleEntry, Planned>,
  own: OwnAddresses,
): void {
  const written = openEntries(read.filter(({ entry }) => planned.get(entry)?.kind === 'write'))
  const places = new Map(read.map(({ entry }, place) => [entry, place]))
  for (const { entry } of read) {
    const stated = entry.method === 'DELETE' ? undefined : statedIn(entry, own)
    if (stated === undefined) continue
    for (const other of written.thatMeet(stated.type, stated.condition)) {
      if (other === entry || (entry.method === 'POST' && other.method !== 'POST')) continue
      throw oneCondition((places.get(other) ?? 0) > (places.get(entry) ?? 0) ? other : entry)
    }
  }
}
