import type { ResourceType } from '@chartkeep/model/fhir'
import type { Clock, Id } from '#base'
import type { EntryFacts } from '#ledger'
import { type Action, Grant } from '#policy'

/** What an entry says beside its grant. */
interface Touched {
  readonly action?: string
  readonly types: readonly ResourceType[]
  readonly patients: readonly (Id<'patient'> | undefined)[]
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
  return {
    tenant: actor.tenant,
    at: clock.now(),
    actor: { kind: actor.kind, id: actor.id, ...(actor.kind === 'person' ? { role: actor.role } : {}) },
    workstation: actor.workstation,
    action: touched.action ?? action,
    types: distinct(touched.types),
    patients: distinct(touched.patients).filter((patient) => patient !== undefined),
    records: touched.records,
    purpose,
    rule: distinct(grants.map(({ rule }) => rule)).join(' '),
    outcome: 'done',
    request,
    ...(touched.details === undefined ? {} : { details: touched.details }),
  }
}

/** Most often there is one. */
function distinct<T>(values: readonly T[]): readonly T[] {
  return values.length < 2 ? values : [...new Set(values)]
}
