import type { ResourceType } from '@chartkeep/model/fhir'
import type { Clock, Id } from '#base'
import type { EntryFacts } from '#ledger'
import { type Action, Grant } from '#policy'

/** What an entry says beside its grant. */
interface Touched {
  readonly action?: string
  readonly types: Iterable<ResourceType>
  readonly patients: Iterable<Id<'patient'> | undefined>
  readonly records: EntryFacts['records']
  readonly details?: Readonly<Record<string, unknown>>
}

/** The entry for work done under these grants, all of one actor: who, in which role, why allowed, what, whose. */
export function factsOf(
  grants: readonly [Grant<Action>, ...Grant<Action>[]],
  request: string,
  clock: Clock,
  touched: Touched,
): EntryFacts {
  // The type says so already; this holds for code that got round the compiler, too.
  if (!grants.every((grant) => grant instanceof Grant)) throw new Error('only policy makes a grant')
  const { actor, action, purpose } = grants[0].question
  const rules = new Set(grants.map(({ rule }) => rule))
  const patients = new Set([...touched.patients].filter((patient) => patient !== undefined))
  return {
    tenant: actor.tenant,
    at: clock.now(),
    actor: { kind: actor.kind, id: actor.id, ...(actor.kind === 'person' ? { role: actor.role } : {}) },
    workstation: actor.workstation,
    action: touched.action ?? action,
    types: [...new Set(touched.types)],
    patients: [...patients],
    records: touched.records,
    purpose,
    rule: [...rules].join(' '),
    outcome: 'done',
    request,
    ...(touched.details === undefined ? {} : { details: touched.details }),
  }
}
