import type { Clock, Log } from '#base'
import type { EntryFacts } from './facts.ts'
import type { Ledger } from './ledger.ts'

/** Callers told apart between two flushes; the rest share an entry, so that no flood of addresses fills the ledger. */
const toldApart = 500

interface Repeated {
  readonly facts: EntryFacts
  count: number
}

/**
 * Entries of what strangers can repeat without end: of each caller and kind, the first is recorded at once, and those
 * that follow are counted into one more entry (`details.repeated`) at the next flush: at most two between two flushes.
 */
export class RepeatedEntries {
  readonly #ledger: Pick<Ledger, 'record'>
  readonly #clock: Clock
  readonly #log: Log
  #repeated = new Map<string, Repeated>()
  #flushing: Promise<void> = Promise.resolve()

  constructor(given: { ledger: Pick<Ledger, 'record'>; clock: Clock; log: Log }) {
    this.#ledger = given.ledger
    this.#clock = given.clock
    this.#log = given.log
  }

  /** Durable when it resolves, unless it was only counted. Throws 'ledger-unavailable' when it cannot be recorded. */
  async record(caller: string, kind: string, facts: EntryFacts): Promise<void> {
    const key = `${facts.tenant} ${caller} ${kind}`
    const shared = `${facts.tenant} others ${kind}`
    const before = this.#repeated.get(key) ?? this.#repeated.get(shared)
    if (before !== undefined) {
      before.count += 1
      return
    }
    const mine = this.#repeated.size < toldApart ? key : shared
    const repeated = { facts, count: 0 }
    this.#repeated.set(mine, repeated)
    try {
      await this.#ledger.record(facts)
    } catch (error) {
      // What came meanwhile is counted already; the next one is recorded at once again.
      if (this.#repeated.get(mine) === repeated && repeated.count === 0) this.#repeated.delete(mine)
      throw error
    }
  }

  /** Once a minute, and before the process stops: the entries of what was only counted. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flush())
    return this.#flushing
  }

  async #flush(): Promise<void> {
    const repeated = this.#repeated
    this.#repeated = new Map()
    for (const [key, { facts, count }] of repeated) {
      if (count === 0) continue
      try {
        const details = { ...facts.details, repeated: count }
        await this.#ledger.record({ ...facts, at: this.#clock.now(), details })
      } catch (error) {
        this.#log.error({ err: error, count }, 'what was repeated could not be recorded')
        const since = this.#repeated.get(key)?.count ?? 0
        this.#repeated.set(key, { facts, count: count + since })
      }
    }
  }
}
