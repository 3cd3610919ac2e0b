import type { Presence } from './presence.ts'

/** How a session goes on for whoever was let in by it: not at all, not now, or as someone else. */
export type Turn = 'locked' | 'ended' | 'other-role'
/** A session that is open has a role. */
export type Standing = 'locked' | 'ended' | { readonly role: string }

interface Watching {
  readonly role: string
  readonly call: (now: Turn) => void
}

/** Who wants to know when a session is locked, over or in another role: answers that go on after their request was let in. */
export class Watchers {
  readonly #stateOf: (tenant: number, session: string) => Promise<Standing>
  readonly #watched = new Map<string, { readonly tenant: number; readonly all: Set<Watching> }>()

  constructor(stateOf: (tenant: number, session: string) => Promise<Standing>) {
    this.#stateOf = stateOf
  }

  /** Returns how to stop. */
  add({ tenant, session, role }: Presence, call: (now: Turn) => void): () => void {
    const watched = this.#watched.get(session) ?? { tenant, all: new Set() }
    this.#watched.set(session, watched)
    const one = { role, call }
    watched.all.add(one)
    return () => this.#drop(session, one)
  }

  #drop(session: string, one: Watching): void {
    const all = this.#watched.get(session)?.all
    all?.delete(one)
    if (all?.size === 0) this.#watched.delete(session)
  }

  /** Looks at each session that is watched, and calls once for each that is not open as it was. */
  async check(): Promise<void> {
    for (const [session, watched] of this.#watched) {
      const now = await this.#stateOf(watched.tenant, session)
      for (const one of watched.all) {
        if (typeof now === 'object' && now.role === one.role) continue
        this.#drop(session, one)
        one.call(typeof now === 'object' ? 'other-role' : now)
      }
    }
  }

  /** The same soon; whoever cannot be asked about now is asked about again with the next sweep. */
  checkSoon(): void {
    if (this.#watched.size > 0) void this.check().catch(() => undefined)
  }
}
