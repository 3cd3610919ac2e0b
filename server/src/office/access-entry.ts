import type { AccessEntry } from '@chartkeep/model/office'
import type { Identity } from '#identity'
import type { Access } from '#ledger'
import { explainRule } from '#policy'

/** Entries of the ledger as access history shows them, with the names of those who are known. */
export async function describeAccesses(
  identity: Identity,
  tenant: number,
  accesses: readonly Access[],
): Promise<AccessEntry[]> {
  const actors = new Set(accesses.flatMap(({ actor }) => actor.id ?? []))
  const names = await identity.namesOf(tenant, [...actors])
  return accesses.map((access) => {
    const { id, at, actor, workstation, action, purpose = '', rule = '', outcome } = access
    return {
      id,
      at: new Date(at).toISOString(),
      who: names.get(actor.id ?? '') ?? strangers[actor.kind],
      role: actor.role ?? '',
      workstation,
      action,
      what: whatOf(access),
      purpose,
      rule,
      why: rule === '' ? '' : explainRule(rule),
      outcome,
    }
  })
}

const strangers = {
  person: 'Someone whose account is no longer here',
  client: 'A program',
  job: 'Import',
  system: 'Chartkeep',
  anonymous: 'Someone not signed in',
} as const

/** `Condition, Observation (3)`: types, with how many records where more than one. */
function whatOf({ types, records }: Access): string {
  const counts = new Map<string, number>(types.map((type) => [type, 0]))
  for (const { type } of records) counts.set(type, (counts.get(type) ?? 0) + 1)
  return [...counts].map(([type, count]) => (count > 1 ? `${type} (${count})` : type)).join(', ')
}
