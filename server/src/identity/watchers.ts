type Ending = 'locked' | 'ended'
type Call = (now: Ending) => void

/** Who wants to know when a session is locked or over: answers that go on after their request was let in. */
export class Watchers {
  readonly #stateOf: (tenant: number, session: string) => Promise<Ending | undefined>
  readonly #watched = new Map<string, { readonly tenant: number; readonly calls: Set<Call> }>()

  constructor(stateOf: (tenant: number, session: string) => Promise<Ending | undefined>) {
    this.#stateOf = stateOf
  }

  /** Returns how to stop. */
  add(tenant: number, session: string, call: Call): () => void {
    const watched = this.#watched.get(session) ?? { tenant, calls: new Set() }
    this.#watched.set(session, watched)
    watched.calls.add(call)
    return () => {
      watched.calls.delete(call)
      if (watched.calls.size === 0 && this.#watched.get(session) === watched) this.#watched.delete(session)
    }
  }

  /** Looks at each session that is watched, and calls once for each that is not open any more. */
  async check(): Promise<void> {
    for (const [session, watched] of this.#watched) {
      const ending = await this.#stateOf(watched.tenant, session)
      if (ending === undefined || this.#watched.get(session) !== watched) continue
      this.#watched.delete(session)
      for (const call of watched.calls) call(ending)
    }
  }

  /** The same soon; whoever cannot be asked about now is asked about again with the next sweep. */
  checkSoon(): void {
    if (this.#watched.size > 0) void this.check().catch(() => undefined)
  }
}
