import { Refusal } from '#base'
import type { Tx } from '#db'
import type { EntryFacts } from '#ledger'
import * as accounts from './account-rows.ts'
import type { SignedIn } from './confirm.ts'
import { countAttempt, forgetFailures, sessionLanes } from './lanes.ts'
import { digestOf, tenantOf } from './opaque.ts'
import { eventOf, type From, type Parts } from './parts.ts'
import { requireSuitablePassword } from './password-rules.ts'
import * as rows from './session-rows.ts'
import { endEvent, personBy, type Presence, presenceOf } from './presence.ts'
import type { Sessions } from './sessions.ts'
import { recordFailure, throttled } from './sign-in.ts'
import { announce } from './notices.ts'
import { dropTicketsOf } from './tickets.ts'
import { sessionEndsAfter } from './throttle.ts'

type Act = keyof typeof sessionEndsAfter

/**
 * The password of whoever is signed in, counted in a lane of the session's own: nothing that happens elsewhere, not at
 * the same network address either, keeps a person from unlocking or signing. So many wrong passwords in a row end the
 * session. Throws 'sign-in-failed', 'sign-in-throttled' or 'not-signed-in'.
 */
async function requirePassword(
  parts: Parts,
  sessions: Sessions,
  { presence, password, act }: { presence: Presence; password: string; act: Act },
  from: From,
): Promise<void> {
  const { db, keys, clock, hasher } = parts
  const { tenant, id, session } = presence
  await hasher.within('session', async (admission) => {
    const lanes = sessionLanes(keys, tenant, session, act)
    const { account, attempt } = await db.transact(tenant, async (tx) => {
      const account = await accounts.findById(tx, parts, tenant, id)
      if (account === undefined || account.disabled !== null) throw new Refusal('not-signed-in')
      return { account, attempt: await countAttempt(tx, tenant, clock.now(), lanes, id) }
    })
    if (!attempt.admitted) throw await throttled(parts, { tenant, account: id, opens: attempt.opens, name: id }, from)
    if (await hasher.matches(password, account.password ?? undefined, admission)) {
      await db.transact(tenant, (tx) => forgetFailures(tx, tenant, lanes))
      return
    }
    await recordFailure(parts, { tenant, account: id, step: act, why: 'password' }, from)
    const inARow = Math.max(...attempt.lanes.map(({ after }) => after.inARow))
    if (inARow >= sessionEndsAfter[act]) await endAfterFailures(parts, sessions, presence, act, from)
    throw new Refusal('sign-in-failed')
  })
}

async function endAfterFailures(
  parts: Parts,
  sessions: Sessions,
  presence: Presence,
  act: Act,
  from: From,
): Promise<void> {
  const { db, clock, ledger } = parts
  const { tenant, session } = presence
  const by = personBy({ ...presence, account: presence.id }, from.request)
  await db.transact(tenant, async (tx) => {
    const now = clock.now()
    const over = await rows.endSession(tx, parts, { tenant, id: session, account: presence.id }, now)
    await announce(tx, tenant, { kind: 'session', id: session })
    await ledger.recordWithin(
      tx,
      over.map((one) => endEvent(tenant, one, now, by, `${act}-failures`)),
    )
  })
  sessions.forget({ kind: 'session', id: session })
}

/** The same person, proved again for one act such as signing a note. */
export async function checkPassword(
  parts: Parts,
  sessions: Sessions,
  presence: Presence,
  password: string,
  from: From,
): Promise<void> {
  await requirePassword(parts, sessions, { presence, password, act: 'signature' }, from)
}

/** Unlocks with the password and a new secret. The fifth wrong password in a row ends the session. */
export async function unlock(
  parts: Parts,
  sessions: Sessions,
  secret: string,
  password: string,
  from: From,
): Promise<SignedIn> {
  const presence = await sessions.find(secret)
  if (presence === undefined) throw new Refusal('not-signed-in')
  await requirePassword(parts, sessions, { presence, password, act: 'unlock' }, from)
  return renewWith(parts, sessions, { secret, from }, async (_tx, row) => ({
    event: { action: 'unlock', details: { session: row.id, factors: ['password'] } },
  }))
}

/** Another of the person's roles; the session's old secret is dead. Throws 'not-permitted' for a role that is not theirs. */
export async function takeRole(
  parts: Parts,
  sessions: Sessions,
  secret: string,
  role: string,
  from: From,
): Promise<SignedIn> {
  return renewWith(parts, sessions, { secret, from }, async (tx, row) => {
    if (row.locked || rows.isIdle(row, parts.clock.now())) throw new Refusal('session-locked')
    const account = await accounts.findById(tx, parts, row.tenant, row.account)
    if (account?.roles.includes(role) !== true)
      throw new Refusal('not-permitted', { rule: 'role:not-held', remedy: 'An administrator gives roles.' })
    return { role, event: { action: 'take-role', details: { session: row.id, from: row.role, to: role } } }
  })
}

/** A new password, chosen by the person; the session goes on under a new secret and all their others end. */
export async function changePassword(
  parts: Parts,
  sessions: Sessions,
  secret: string,
  passwords: { readonly present: string; readonly next: string },
  from: From,
): Promise<SignedIn> {
  const presence = await sessions.find(secret)
  if (presence === undefined) throw new Refusal('not-signed-in')
  if (presence.locked) throw new Refusal('session-locked')
  const { db, hasher, practice } = parts
  const { tenant, id } = presence
  await checkPassword(parts, sessions, presence, passwords.present, from)
  const account = await db.transact(tenant, (tx) => accounts.findById(tx, parts, tenant, id))
  requireSuitablePassword(passwords.next, [account?.person.user ?? '', account?.person.name ?? '', practice])
  const hash = await hasher.make(passwords.next)
  const signedIn = await renewWith(parts, sessions, { secret, from, account: id }, async (tx, row, now) => {
    const locked = await accounts.findById(tx, parts, tenant, id)
    if (locked === undefined) throw new Refusal('not-signed-in')
    const next = { ...locked, password: { ...hash, changed: now }, round: locked.round + 1 }
    const states = [await accounts.saveAccount(tx, parts, locked, next)]
    await dropTicketsOf(tx, tenant, id)
    const ended = await rows.endSessionsOf(tx, parts, { tenant, account: id, except: row.id }, now)
    await announce(tx, tenant, { kind: 'account', id })
    const by = personBy(row, from.request)
    return {
      round: next.round,
      event: { action: 'password-change', details: { account: id }, states },
      more: ended.map((other) => endEvent(tenant, other, now, by, 'password')),
    }
  })
  sessions.forget({ kind: 'account', id })
  return signedIn
}

interface Renewal {
  readonly role?: string
  readonly round?: number
  /** What the entry says besides who and when. */
  readonly event: Parameters<typeof eventOf>[3]
  readonly more?: readonly EntryFacts[]
}

/**
 * Changes a live session within one transaction and gives it a new secret. An account that changes with it is locked
 * first, as by everyone else who locks both.
 */
async function renewWith(
  parts: Parts,
  sessions: Sessions,
  { secret, from, account }: { readonly secret: string; readonly from: From; readonly account?: string },
  change: (tx: Tx, row: rows.SessionRow, now: number) => Promise<Renewal>,
): Promise<SignedIn> {
  const tenant = tenantOf(secret)
  if (tenant === undefined) throw new Refusal('not-signed-in')
  const now = parts.clock.now()
  const renewed = await parts.db.transact(tenant, async (tx) => {
    if (account !== undefined) await accounts.lockById(tx, parts, tenant, account)
    const row = await rows.lockByDigest(tx, parts, tenant, digestOf(secret))
    if (row === undefined || !rows.isLive(row, now)) throw new Refusal('not-signed-in')
    const { event, more = [], ...changes } = await change(tx, row, now)
    const done = await sessions.renew(tx, row, changes)
    const states = [...(event.states ?? []), done.state]
    await parts.ledger.recordWithin(tx, [
      eventOf(tenant, now, personBy(row, from.request), { ...event, states }),
      ...more,
    ])
    return done
  })
  sessions.forget({ kind: 'session', id: renewed.row.id })
  return { secret: renewed.secret, presence: presenceOf(renewed.row) }
}
