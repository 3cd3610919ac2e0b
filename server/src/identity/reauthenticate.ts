import { Refusal } from '#base'
import type { Tx } from '#db'
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
      const account = await accounts.findById(tx, keys, tenant, id)
      if (account === undefined || account.disabled) throw new Refusal('not-signed-in')
      return { account, attempt: await countAttempt(tx, tenant, clock.now(), lanes, id) }
    })
    if (!attempt.admitted) throw await throttled(parts, { tenant, account: id, opens: attempt.opens }, from)
    if (await hasher.matches(password, account.password, admission)) {
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
  { db, clock, ledger }: Parts,
  sessions: Sessions,
  { tenant, session }: Presence,
  act: Act,
  from: From,
): Promise<void> {
  await db.transact(tenant, async (tx) => {
    const now = clock.now()
    const over = await rows.endSessions(tx, tenant, now, { session })
    await announce(tx, tenant, { kind: 'session', id: session })
    await ledger.recordWithin(
      tx,
      over.map((row) => endEvent(row, now, personBy(row, from.request), `${act}-failures`)),
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
  return renewWith(parts, sessions, secret, async (tx, row) => {
    const event = eventOf(presence.tenant, parts.clock.now(), personBy(row, from.request), {
      action: 'unlock',
      details: { session: row.id, factors: ['password'] },
    })
    await parts.ledger.recordWithin(tx, [event])
    return {}
  })
}

/** Another of the person's roles; the session's old secret is dead. Throws 'not-permitted' for a role that is not theirs. */
export async function takeRole(
  parts: Parts,
  sessions: Sessions,
  secret: string,
  role: string,
  from: From,
): Promise<SignedIn> {
  return renewWith(parts, sessions, secret, async (tx, row) => {
    if (row.locked || rows.isIdle(row, parts.clock.now())) throw new Refusal('session-locked')
    const account = await accounts.findById(tx, parts.keys, row.tenant, row.account)
    if (account?.roles.includes(role) !== true)
      throw new Refusal('not-permitted', { rule: 'role:not-held', remedy: 'An administrator gives roles.' })
    const details = { session: row.id, from: row.role, to: role }
    await parts.ledger.recordWithin(tx, [
      eventOf(row.tenant, parts.clock.now(), personBy(row, from.request), { action: 'take-role', details }),
    ])
    return { role }
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
  const { db, keys, hasher, ledger, clock, practice } = parts
  const { tenant, id } = presence
  await checkPassword(parts, sessions, presence, passwords.present, from)
  const account = await db.transact(tenant, (tx) => accounts.findById(tx, keys, tenant, id))
  requireSuitablePassword(passwords.next, [account?.person.user ?? '', account?.person.name ?? '', practice])
  const hash = await hasher.make(passwords.next)
  const signedIn = await renewWith(parts, sessions, secret, async (tx, row) => {
    const now = clock.now()
    await accounts.writePassword(tx, tenant, id, hash, now)
    const ended = await rows.endSessions(tx, tenant, now, { account: id, except: row.id })
    await announce(tx, tenant, { kind: 'account', id })
    const by = personBy(row, from.request)
    const events = ended.map((other) => endEvent(other, now, by, 'password'))
    await ledger.recordWithin(tx, [
      eventOf(tenant, now, by, { action: 'password-change', details: { account: id } }),
      ...events,
    ])
    return {}
  })
  sessions.forget({ kind: 'account', id })
  return signedIn
}

/** Changes a live session within one transaction and gives it a new secret. */
async function renewWith(
  parts: Parts,
  sessions: Sessions,
  secret: string,
  change: (tx: Tx, row: rows.SessionRow) => Promise<{ role?: string }>,
): Promise<SignedIn> {
  const tenant = tenantOf(secret)
  if (tenant === undefined) throw new Refusal('not-signed-in')
  const renewed = await parts.db.transact(tenant, async (tx) => {
    const row = await rows.lockByDigest(tx, tenant, digestOf(secret))
    if (row === undefined || !rows.isLive(row, parts.clock.now())) throw new Refusal('not-signed-in')
    return sessions.renew(tx, row, await change(tx, row))
  })
  sessions.forget({ kind: 'session', id: renewed.row.id })
  return { secret: renewed.secret, presence: presenceOf(renewed.row) }
}
