import { type Id, type Log, newId, Refusal } from '#base'
import type { EntryFacts, EntryState, Ledger, NewestState, RecalledState, StateKind } from '#ledger'
import { codeLength, isCode } from './authentic.ts'

/**
 * How a row is not what was written: its code does not fit, an earlier state of it was put back, or no entry of the
 * ledger records the state.
 */
export type RowFault = 'altered' | 'put-back' | 'unrecorded'

/** A row as it was read. `code` is what its columns come to; undefined when they cannot be read. */
export interface Claim<R> {
  readonly id: string
  readonly version: number
  readonly mac: unknown
  readonly code: Buffer | undefined
  readonly row: R | undefined
  /** The newest state of it that the ledger has. */
  readonly newest: NewestState | undefined
}

/** The row when it holds, or why not. */
export interface Judged<R> extends Claim<R> {
  readonly fault: RowFault | undefined
}

const damages: ReadonlySet<string> = new Set(['session-damaged', 'account-damaged', 'client-damaged'])

/** A refusal of a row that does not hold. */
export function isDamage(error: unknown): boolean {
  return error instanceof Refusal && damages.has(error.code)
}

/** How a claim stands to the newest state that the ledger has of it, and to the highest that was seen. */
export function faultOf<R>(claim: Claim<R>, floor = 0): RowFault | undefined {
  const { newest } = claim
  if (claim.code === undefined || !isCode(claim.code, claim.mac)) return 'altered'
  if (claim.version < floor || (newest !== undefined && claim.version < newest.version)) return 'put-back'
  if (newest === undefined || newest.version !== claim.version) return 'unrecorded'
  return isCode(claim.code, newest.mac) ? undefined : 'altered'
}

export interface Named {
  readonly tenant: number
  readonly kind: StateKind | 'ticket'
  readonly id: string
  readonly fault: RowFault
}

const mostRemembered = 100_000
/** What is older is over by its own time: three times as long as a session can last. */
const outdatedMs = 36 * 3_600_000
/** There are as many as people and programs, and they last. */
const lasting: ReadonlySet<string> = new Set(['account', 'client'])
const passing: ReadonlySet<string> = new Set(['session', 'token'])
/** A row that is asked for again and again is named once an hour, and of many rows these. */
const quietMs = 3_600_000
const mostNamed = 1000
const mostRounds = 4

/**
 * Holds rows against the ledger: who has the database and not the keyring can neither make a state nor put an earlier
 * one back. The newest states are remembered, from before a start and as they are made, so that taking one out of the
 * ledger as well does not help.
 */
export class Standings {
  readonly #log: Log
  readonly #ledger: Pick<Ledger, 'record'>
  readonly #now: () => number
  /** The newest version of each, by what is lasting and what is over in a day. */
  readonly #lasting = new Map<string, number>()
  readonly #passing = new Map<string, number>()
  #named = new Set<string>()
  #namedSince = Number.NEGATIVE_INFINITY

  constructor(parts: { log: Log; ledger: Pick<Ledger, 'record'>; now: () => number }) {
    this.#log = parts.log
    this.#ledger = parts.ledger
    this.#now = parts.now
  }

  /** This state is committed: no earlier one is the newest any more. */
  raise({ kind, subject, version }: Pick<RecalledState, 'kind' | 'subject' | 'version'>): void {
    const floors = lasting.has(kind) ? this.#lasting : this.#passing
    const known = floors.get(subject) ?? 0
    if (version <= known) return
    if (known === 0 && floors === this.#passing && floors.size >= mostRemembered) {
      const [oldest] = floors.keys()
      if (oldest !== undefined) floors.delete(oldest)
    }
    floors.set(subject, version)
  }

  /** The same of a state that was recorded at some time. */
  recall(state: RecalledState): void {
    if (lasting.has(state.kind) || (passing.has(state.kind) && state.at > this.#now() - outdatedMs)) this.raise(state)
  }

  /** A token was ended: it has no state but its end. */
  isOver(token: string): boolean {
    return this.#passing.has(token)
  }

  #floorOf(subject: string): number | undefined {
    return this.#lasting.get(subject) ?? this.#passing.get(subject)
  }

  /**
   * Reads rows and judges each. A change that commits after that makes a row look old, so it is read again. Names what does
   * not hold.
   */
  async hold<R>(
    place: { readonly tenant: number; readonly kind: StateKind },
    read: () => Promise<readonly Claim<R>[]>,
  ): Promise<Judged<R>[]> {
    for (let round = 1; ; round++) {
      const claims = await read()
      const judged = claims.map((claim) => ({ ...claim, fault: faultOf(claim, this.#floorOf(claim.id)) }))
      if (round < mostRounds && judged.some(({ fault }) => fault === 'put-back')) continue
      for (const { id, version, fault, newest } of judged) {
        if (fault === undefined) this.raise({ kind: place.kind, subject: id, version })
        else this.name({ ...place, id, fault }, newest)
      }
      return judged
    }
  }

  /**
   * Says in the log and the ledger which row does not hold. A session or token that did not hold once is over for good:
   * its entry says so, because it could have been ended while it did not look like itself.
   */
  name({ tenant, kind, id, fault }: Named, newest?: NewestState): void {
    const now = this.#now()
    if (now - this.#namedSince >= quietMs) {
      this.#named = new Set()
      this.#namedSince = now
    }
    const name = `${kind} ${id}`
    if (this.#named.has(name) || this.#named.size >= mostNamed) return
    this.#named.add(name)
    this.#log.error({ tenant, kind, id, fault }, 'a row of the identity tables is not what was written')
    const ends = kind === 'session' || kind === 'token'
    const states = ends && newest?.ended !== true ? endedBy(kind, id, newest) : []
    void this.#ledger.record(damageEntry({ tenant, kind, id, fault }, now, states)).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'a damaged row could not be recorded')
    })
  }
}

/** The end of whatever has this id, in place of a row that cannot be trusted to say it. */
export function endedBy(kind: StateKind, id: string, newest: NewestState | undefined): EntryState[] {
  const version = (newest?.version ?? 0) + 1
  if (!Number.isSafeInteger(version)) return []
  // oxlint-disable-next-line no-unsafe-type-assertion -- a uuid column's value
  return [{ kind, subject: id as Id<string>, version, ended: true, mac: Buffer.alloc(codeLength) }]
}

function damageEntry({ tenant, kind, id, fault }: Named, at: number, states: readonly EntryState[]): EntryFacts {
  return {
    ...{ tenant, at, actor: { kind: 'system' }, workstation: 'server', action: 'identity-damaged' },
    ...{ types: [], patients: [], records: [], outcome: 'refused', request: newId(at), states },
    details: { kind, id, fault },
  }
}
