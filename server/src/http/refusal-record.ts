import { type Clock, type Log, type Refusal, type RefusalCode } from '#base'
import { type EntryFacts, type Ledger, RepeatedEntries } from '#ledger'
import { neighbourhood } from './address.ts'
import type { Visit } from './visit.ts'

/** Not recorded, because what would record it is what failed; the log has them. */
const unrecordable: ReadonlySet<RefusalCode> = new Set([
  'ledger-unavailable',
  'storage-unavailable',
  'outcome-unknown',
  'stopping',
])

const actions = { GET: 'read', POST: 'create', PUT: 'update', PATCH: 'update', DELETE: 'delete' } as const

/**
 * The entries of what was refused or failed, for all routes, in one place. Someone who is known gets an entry for each.
 * For strangers, and for callers who ask too fast, the first of a minute is recorded at once and the others are counted
 * into one more entry: at most two per caller, reason and minute.
 */
export class RefusalRecord {
  readonly #ledger: Pick<Ledger, 'record'>
  readonly #clock: Clock
  readonly #tenant: number
  readonly #repeated: RepeatedEntries

  constructor(given: { ledger: Pick<Ledger, 'record'>; clock: Clock; log: Log; tenant: number }) {
    this.#ledger = given.ledger
    this.#clock = given.clock
    this.#tenant = given.tenant
    this.#repeated = new RepeatedEntries(given)
  }

  /** Durable when it resolves. Throws 'ledger-unavailable' when it cannot be recorded. */
  async record(visit: Visit, refusal: Refusal): Promise<void> {
    if (!visit.recorded || unrecordable.has(refusal.code)) return
    const facts = this.#factsOf(visit, refusal)
    if (visit.found !== undefined && refusal.code !== 'rate-limited') return this.#ledger.record(facts)

    return this.#repeated.record(visit.found?.id ?? neighbourhood(visit.address), refusal.code, facts)
  }

  /** Once a minute, and before the server stops: the entries of what was only counted. */
  flush(): Promise<void> {
    return this.#repeated.flush()
  }

  #factsOf(visit: Visit, refusal: Refusal): EntryFacts {
    const { route, pattern } = visit.route
    const concern = route.concerns?.(visit.params) ?? {}
    const searching = route.class === 'search' || (route.class === 'stream' && route.method === 'GET')
    return {
      tenant: visit.found?.tenant ?? this.#tenant,
      at: this.#clock.now(),
      actor: actorOf(visit),
      workstation: visit.workstation,
      action: concern.action ?? (searching ? (route.class === 'search' ? 'search' : 'read') : actions[route.method]),
      types: concern.types ?? [],
      patients: concern.patients ?? [],
      records: [],
      ...(visit.found === undefined ? {} : { purpose: visit.purpose }),
      ...(refusal.rule === undefined ? {} : { rule: refusal.rule }),
      outcome: refusal.status >= 500 ? 'failed' : 'refused',
      request: visit.request,
      details: { route: pattern, code: refusal.code, params: visit.params },
    }
  }
}

function actorOf({ found }: Visit): EntryFacts['actor'] {
  if (found === undefined) return { kind: 'anonymous' }
  return found.kind === 'person'
    ? { kind: 'person', id: found.id, role: found.role }
    : { kind: found.kind, id: found.id }
}
