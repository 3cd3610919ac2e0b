import type { Database } from '#db'
import { type Notice, readRevision } from './notices.ts'

interface Mark {
  revision: bigint
  /** On the machine's own count: when the revision was asked for. */
  at: number
  asking?: Promise<void> | undefined
}

/** What is remembered may be this old and no older, whatever became of the notices (N-07: revoked at once, ≤ 1 s). */
const trustedMs = 1000
const renewedMs = 500
const mostRemembered = 50_000

/**
 * Sessions and tokens that were looked up, so that a request needs no query. A change announced by any process drops
 * what it concerns; and at least each second the count of changes is compared, which notices a lost notice.
 */
export class Memory<V extends { readonly tenant: number }> {
  readonly #db: Database
  readonly #elapsed: () => number
  readonly #known = new Map<string, V>()
  readonly #marks = new Map<number, Mark>()
  #generation = 0

  constructor(db: Database, elapsed: () => number = () => performance.now()) {
    this.#db = db
    this.#elapsed = elapsed
  }

  /** Undefined when what is remembered of the tenant can be trusted now; else wait for it. Rejects when it cannot be known. */
  whenFresh(tenant: number): Promise<void> | undefined {
    const mark = this.#marks.get(tenant)
    const age = mark === undefined ? Number.POSITIVE_INFINITY : this.#elapsed() - mark.at
    if (age < renewedMs) return undefined
    const asking = this.#ask(tenant)
    if (age >= trustedMs) return asking
    // Not needed yet: should it fail, the next one waits for its own.
    asking.catch(() => undefined)
    return undefined
  }

  get(key: string): V | undefined {
    return this.#known.get(key)
  }

  /** Remembers what `load` finds, unless something changed while it looked. */
  async load(key: string, load: () => Promise<V | undefined>): Promise<V | undefined> {
    const generation = this.#generation
    const found = await load()
    if (found !== undefined && generation === this.#generation) this.put(key, found)
    return found
  }

  put(key: string, value: V): void {
    if (this.#known.size >= mostRemembered) {
      const [oldest] = this.#known.keys()
      if (oldest !== undefined) this.#known.delete(oldest)
    }
    this.#known.set(key, value)
  }

  values(): IterableIterator<V> {
    return this.#known.values()
  }

  /** Tenants that anyone was looked up for since the start. */
  tenants(): number[] {
    return [...this.#marks.keys()]
  }

  forget(concerns: (value: V) => boolean): void {
    this.#generation++
    for (const [key, value] of this.#known) if (concerns(value)) this.#known.delete(key)
  }

  /** Takes a notice into account; undefined means that any may have been missed. */
  note(notice: Notice | undefined, concerns: (value: V) => boolean): void {
    if (notice === undefined) {
      this.#marks.clear()
      this.forget(() => true)
      return
    }
    this.forget((value) => value.tenant === notice.tenant && concerns(value))
    const mark = this.#marks.get(notice.tenant)
    if (mark !== undefined && notice.revision === mark.revision + 1n) mark.revision = notice.revision
  }

  #ask(tenant: number): Promise<void> {
    const mark = this.#marks.get(tenant) ?? { revision: -1n, at: Number.NEGATIVE_INFINITY }
    this.#marks.set(tenant, mark)
    mark.asking ??= this.#compare(tenant, mark).finally(() => (mark.asking = undefined))
    return mark.asking
  }

  async #compare(tenant: number, mark: Mark): Promise<void> {
    const at = this.#elapsed()
    const revision = await this.#db.transact(tenant, (tx) => readRevision(tx, tenant))
    // Also when it is less: it never goes back by itself. A notice that came first costs looking up once more.
    if (revision !== mark.revision) {
      this.forget((value) => value.tenant === tenant)
      mark.revision = revision
    }
    mark.at = at
  }
}
