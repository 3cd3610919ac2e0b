import { hash } from 'node:crypto'
import { type Id, newId, Refusal } from '#base'
import type { Tx } from '#db'
import type { EntryState } from '#ledger'
import { Memory } from './memory.ts'
import { announce, type Notice } from './notices.ts'
import { digestOf, isGenuine, newOpaque, opaqueLength, tenantOf } from './opaque.ts'
import { type By, eventOf, type From, type Parts } from './parts.ts'
import { isDamage } from './standings.ts'
import { type EndReason, endEvent, personBy, type Presence, presenceOf } from './presence.ts'
import * as rows from './session-rows.ts'
import type { SessionRow } from './session-rows.ts'
import { type Standing, type Turn, Watchers } from './watchers.ts'

/** Twelve hours, a long shift, whatever happens (N-03). */
const longestMs = 12 * 3_600_000
/** Two workstations and a hand-held one; the newest wins (N-08). */
const mostAtOnce = 3
const defaultIdleSeconds = 300
const idleBounds = { least: 30, most: 3600 } as const

interface Remembered extends SessionRow {
  /** The activity that the database knows of. */
  written: number
  /** On the machine's count: when the database was last asked whether this session is idle. */
  askedIdle: number
}

/** Live sessions: found without a query while they are used, locked and ended everywhere within a second. */
export class Sessions {
  readonly #parts: Parts
  readonly #memory: Memory<Remembered>
  readonly #watchers: Watchers

  constructor(parts: Parts) {
    this.#parts = parts
    this.#memory = new Memory(parts.db)
    this.#watchers = new Watchers((tenant, session) => this.#standingOf(tenant, session))
  }

  /** The session of this secret, locked or not; undefined when there is none or it is over. */
  async find(secret: string): Promise<Presence | undefined> {
    if (secret.length !== opaqueLength) return undefined
    const key = hash('sha256', secret, 'base64url')
    let live = this.#memory.get(key)
    const tenant = live?.tenant ?? tenantOf(secret)
    if (tenant === undefined) return undefined
    const waiting = this.#memory.whenFresh(tenant)
    if (waiting !== undefined) {
      await waiting
      live = this.#memory.get(key)
    }
    live ??= await this.#load(tenant, secret, key)
    if (live === undefined) return undefined
    const now = this.#parts.clock.now()
    if (!rows.isLive(live, now)) return undefined
    if (!live.locked && rows.isIdle(live, now)) await this.#lockIdle(live, now)
    return presenceOf(live)
  }

  async #load(tenant: number, secret: string, key: string): Promise<Remembered | undefined> {
    if (!isGenuine(this.#parts.tagKey, secret)) return undefined
    return this.#memory.load(key, async () => {
      const row = await this.#parts.db.transact(tenant, (tx) =>
        rows.readByDigest(tx, this.#parts, tenant, Buffer.from(key, 'base64url')),
      )
      return row === undefined ? undefined : { ...row, written: row.seen, askedIdle: Number.NEGATIVE_INFINITY }
    })
  }

  /** Begins a session within the sign-in's transaction; the caller records the sign-in. Ends those beyond the limit. */
  async begin(
    tx: Tx,
    who: { tenant: number; account: Id<'account'>; role: string; round: number },
    from: From,
  ): Promise<{ secret: string; row: SessionRow; state: EntryState }> {
    const now = this.#parts.clock.now()
    const others = await rows.listLive(tx, this.#parts, who.tenant, who.account, now)
    for (const other of others.slice(mostAtOnce - 1))
      await this.#endWithin(tx, other, now, personBy(other, from.request), 'limit')
    const asked = from.idleSeconds ?? defaultIdleSeconds
    const secret = newOpaque(this.#parts.tagKey, who.tenant)
    const row: SessionRow = {
      ...{ ...who, id: newId<'session'>(now), workstation: from.workstation, started: now, seen: now, locked: false },
      ...{ digest: digestOf(secret), version: 1, lockedAt: null },
      idleSeconds: Math.min(Math.max(Math.floor(asked), idleBounds.least), idleBounds.most),
      expires: now + longestMs,
    }
    return { secret, row, state: await rows.insertSession(tx, this.#parts, row) }
  }

  /** Gives a locked row a new secret within the transaction that changes what it may do (N-06); the caller records it. */
  async renew(
    tx: Tx,
    row: SessionRow,
    changes: { role?: string; round?: number },
  ): Promise<{ secret: string; row: SessionRow; state: EntryState }> {
    const secret = newOpaque(this.#parts.tagKey, row.tenant)
    const renewed: SessionRow = {
      ...{ ...row, ...changes, seen: Math.max(row.seen, this.#parts.clock.now()), locked: false },
      ...{ digest: digestOf(secret), version: row.version + 1, lockedAt: null },
    }
    const state = await rows.saveSession(tx, this.#parts, renewed)
    await announce(tx, row.tenant, { kind: 'session', id: row.id })
    return { secret, row: renewed, state }
  }

  /** Activity of the person at the screen: puts the idle lock off. Throws 'session-locked' when it has come already. */
  async touch({ tenant, session }: Presence): Promise<void> {
    const { clock, db } = this.#parts
    const now = clock.now()
    const live = this.#remembered(session)
    const row = live ?? (await db.transact(tenant, (tx) => rows.readById(tx, this.#parts, tenant, session)))
    if (row === undefined || !rows.isLive(row, now)) throw new Refusal('not-signed-in')
    if (row.locked || rows.isIdle(row, now)) throw new Refusal('session-locked')
    // Written now and then: another process, or this one after a restart, locks a little early, never late.
    const due = live === undefined || now - live.written >= (row.idleSeconds * 1000) / 8
    if (due && !(await db.transact(tenant, (tx) => rows.moveSeen(tx, this.#parts, row, now)))) {
      this.forget({ kind: 'session', id: session })
      throw new Refusal('session-locked')
    }
    if (live === undefined) return
    live.seen = Math.max(live.seen, now)
    if (due) live.written = live.seen
  }

  /** Someone goes away from the screen. */
  async lock(presence: Presence, request: string): Promise<void> {
    const { tenant, session: id } = presence
    const who = { ...presence, id, account: presence.id }
    const how = { now: this.#parts.clock.now(), request, reason: 'user' } as const
    await this.#parts.db.transact(tenant, async (tx) => {
      if (await this.#lockWithin(tx, who, how)) return
      // Locked or over already; or it does not hold, and would be open when it does again.
      const row = await rows.readById(tx, this.#parts, tenant, id).catch((error: unknown) => {
        if (!isDamage(error)) throw error
      })
      if (row?.locked !== true) await this.#endWithin(tx, who, how.now, personBy(who, request), 'user')
    })
    this.forget({ kind: 'session', id })
  }

  /** Signing out. */
  async end(presence: Presence, request: string): Promise<void> {
    const { tenant, session: id } = presence
    const by = personBy({ ...presence, account: presence.id }, request)
    await this.#parts.db.transact(tenant, (tx) =>
      this.#endWithin(tx, { tenant, id, account: presence.id }, this.#parts.clock.now(), by, 'user'),
    )
    this.forget({ kind: 'session', id })
  }

  async #endWithin(
    tx: Tx,
    session: Pick<SessionRow, 'tenant' | 'id' | 'account'>,
    now: number,
    by: By,
    reason: EndReason,
  ): Promise<void> {
    const { tenant, id } = session
    const ended = await rows.endSession(tx, this.#parts, session, now)
    if (ended.length === 0) return
    await announce(tx, tenant, { kind: 'session', id })
    await this.#parts.ledger.recordWithin(
      tx,
      ended.map((one) => endEvent(tenant, one, now, by, reason)),
    )
  }

  async #lockIdle(live: Remembered, now: number): Promise<void> {
    const { db } = this.#parts
    const at = performance.now()
    // Another process may have seen the person since. Asked once a second at most, and locked here meanwhile.
    if (at - live.askedIdle >= 1000) {
      live.askedIdle = at
      const row = await db.transact(live.tenant, (tx) => rows.readById(tx, this.#parts, live.tenant, live.id))
      live.seen = Math.max(live.seen, row?.seen ?? 0)
      live.locked ||= row?.locked ?? true
    }
    if (live.locked || !rows.isIdle(live, now)) return
    live.locked = true
    const locked = await db.transact(live.tenant, (tx) =>
      this.#lockWithin(tx, live, { now, request: newId(now), reason: 'idle' }),
    )
    // Activity came in between, elsewhere: look again next time.
    if (!locked) this.forget({ kind: 'session', id: live.id })
  }

  async #lockWithin(
    tx: Tx,
    row: Pick<SessionRow, 'tenant' | 'id' | 'account' | 'role' | 'workstation'>,
    how: { now: number; request: string; reason: 'user' | 'idle' },
  ): Promise<boolean> {
    const state = await rows.lockSession(tx, this.#parts, row, how.now, how.reason === 'idle')
    if (state === undefined) return false
    await announce(tx, row.tenant, { kind: 'session', id: row.id })
    const details = { session: row.id, reason: how.reason }
    await this.#parts.ledger.recordWithin(tx, [
      eventOf(row.tenant, how.now, personBy(row, how.request), { action: 'lock', details, states: [state] }),
    ])
    return true
  }

  /** Locks what is idle and ends what is over, so that both are recorded also when nobody asks any more. */
  async sweep(): Promise<void> {
    const { db, clock } = this.#parts
    for (const tenant of this.#memory.tenants()) {
      const now = clock.now()
      // One transaction each: two sweeps, or a sweep and a sign-out, never wait for each other in a circle.
      for (const row of await db.transact(tenant, (tx) => rows.listIdle(tx, this.#parts, tenant, now))) {
        const live = this.#remembered(row.id)
        const active = live !== undefined && !rows.isIdle(live, now)
        await db.transact(tenant, async (tx) =>
          // The activity that was not written yet.
          active
            ? rows.moveSeen(tx, this.#parts, row, live.seen)
            : this.#lockWithin(tx, row, { now, request: newId(now), reason: 'idle' }),
        )
      }
      for (const row of await db.transact(tenant, (tx) => rows.listOver(tx, this.#parts, tenant, now))) {
        await db.transact(tenant, (tx) => this.#endWithin(tx, row, now, personBy(row, newId(now)), 'absolute'))
      }
    }
    await this.#watchers.check()
  }

  /** Tenants that anyone was looked up for since the start. */
  tenants(): number[] {
    return this.#memory.tenants()
  }

  /** Calls once, within seconds, when the session is locked, over or in another role: for answers that go on. */
  watch(presence: Presence, call: (now: Turn) => void): () => void {
    return this.#watchers.add(presence, call)
  }

  async #standingOf(tenant: number, session: string): Promise<Standing> {
    const now = this.#parts.clock.now()
    const row = this.#remembered(session) ?? (await this.#findWhole(tenant, session))
    if (row === undefined || !rows.isLive(row, now)) return 'ended'
    return row.locked || rows.isIdle(row, now) ? 'locked' : { role: row.role }
  }

  /** Undefined also for one that does not hold: it lets nobody in. */
  async #findWhole(tenant: number, session: string): Promise<SessionRow | undefined> {
    try {
      return await this.#parts.db.transact(tenant, (tx) => rows.readById(tx, this.#parts, tenant, session))
    } catch (error) {
      if (isDamage(error)) return undefined
      throw error
    }
  }

  /** After a change made here; the notice of it tells the other processes. */
  forget(change: { kind: 'session' | 'account'; id: string }): void {
    const concerns = concernsOf(change)
    this.#memory.forget(concerns)
    this.#watchers.checkSoon()
  }

  /** After a notice from any process, or after notices may have been lost (undefined). */
  note(notice: Notice | undefined): void {
    this.#memory.note(notice, notice === undefined ? () => true : concernsOf(notice))
    this.#watchers.checkSoon()
  }

  #remembered(session: string): Remembered | undefined {
    for (const live of this.#memory.values()) if (live.id === session) return live
    return undefined
  }
}

function concernsOf({ kind, id }: { kind: string; id: string }): (row: SessionRow) => boolean {
  return (row) => (kind === 'session' ? row.id === id : kind === 'account' && row.account === id)
}
