import { type Id, newId, Refusal } from '#base'
import type { Tx } from '#db'
import { type EntryState, newestStates } from '#ledger'
import * as rows from './account-rows.ts'
import type { AccountRow, AccountState } from './account-rows.ts'
import { type NewAccount, requireValid } from './account-rules.ts'
import { releaseLanes } from './lanes.ts'
import { announce } from './notices.ts'
import { type By, eventOf, type Parts } from './parts.ts'
import { requireSuitablePassword } from './password-rules.ts'
import { type PersonFacts, sealPerson, userKey } from './people.ts'
import { sealTotp } from './second-factor.ts'
import { dropTicketsOf } from './tickets.ts'
import { endSessionsOf } from './session-rows.ts'
import { endedBy, isDamage } from './standings.ts'
import { type EndReason, endEvent } from './presence.ts'

export interface AccountSummary {
  readonly id: Id<'account'>
  readonly user: string
  readonly name: string
  readonly practitioner?: string
  readonly roles: readonly string[]
  readonly secondFactor: boolean
  readonly disabled: boolean
  /** It is not as it was written, so it lets nobody in, and what stands here of it may be wrong. */
  readonly damaged: boolean
  /** Unix ms. */
  readonly lastSignIn?: number
}

const enrolmentMs = 7 * 86_400_000

/** One account for one person. Throws 'input-invalid', 'password-unsuitable' (with findings), 'user-name-taken'. */
export async function createAccount(parts: Parts, account: NewAccount, by: By): Promise<Id<'account'>> {
  const { db, keys, clock, ledger, hasher, practice } = parts
  const { tenant, user, name, roles, password, practitioner, totpSecret } = account
  requireValid(account)
  requireSuitablePassword(password, [user, name, practice])
  const hash = await hasher.make(password)
  const now = clock.now()
  const id = newId<'account'>(now)
  const person: PersonFacts = {
    user: user.trim(),
    name: name.trim(),
    ...(practitioner === undefined ? {} : { practitioner }),
  }
  const state: AccountState = {
    ...{ tenant, id, roles, created: now, enrolBy: now + enrolmentMs, disabled: null, lastSignIn: null, round: 0 },
    nameKey: userKey(keys, tenant, user),
    sealedPerson: sealPerson(keys, tenant, id, person),
    password: { ...hash, changed: now },
    factor:
      totpSecret === undefined
        ? null
        : { secret: sealTotp(keys, tenant, id, totpSecret), lastStep: 0, enrolled: parts.wall.now() },
    recovery: [],
  }
  await db.transact(tenant, async (tx) => {
    const first = await rows.insertAccount(tx, parts, state)
    if (first === undefined) throw new Refusal('user-name-taken')
    const details = { account: id, roles }
    await ledger.recordWithin(tx, [eventOf(tenant, now, by, { action: 'account-create', details, states: [first] })])
  })
  return id
}

/**
 * Ends the account and its sessions at once. It stays, because the ledger names it. One that does not hold is ended too,
 * and for good: otherwise it could be hidden while it is disabled, and put back.
 */
export async function disableAccount(parts: Parts, tenant: number, account: string, by: By): Promise<void> {
  const act = { tenant, account, by, action: 'account-disable', ends: 'disabled' } as const
  try {
    await change(parts, act, async (tx, now, row) => {
      await dropTicketsOf(tx, tenant, account)
      return { ...row, disabled: row.disabled ?? now }
    })
  } catch (error) {
    const hidden = error instanceof Refusal && error.code === 'not-found'
    if (!hidden && !isDamage(error)) throw error
    if (!(await endDamaged(parts, act))) throw error
  }
}

/** False when there never was such an account. */
async function endDamaged(parts: Parts, act: AccountChange): Promise<boolean> {
  const { db, clock } = parts
  const { tenant, account } = act
  const now = clock.now()
  return db.transact(tenant, async (tx) => {
    const newest = (await newestStates(tx, [account])).get(account)
    if (newest === undefined) return false
    await rows.markDisabled(tx, tenant, account, now)
    await dropTicketsOf(tx, tenant, account)
    await conclude(tx, parts, act, now, newest.ended ? [] : endedBy('account', account, newest))
    return true
  })
}

/** Lets a disabled account sign in again, as it was; a second factor that was never enrolled has a week again. */
export async function enableAccount(parts: Parts, tenant: number, account: string, by: By): Promise<void> {
  await change(parts, { tenant, account, by, action: 'account-enable' }, async (_tx, now, row) => ({
    ...row,
    disabled: null,
    enrolBy: now + enrolmentMs,
  }))
}

/** Other roles from now on: every session ends, so that none keeps a role that was taken away. */
export async function changeRoles(
  parts: Parts,
  tenant: number,
  account: string,
  roles: readonly string[],
  by: By,
): Promise<void> {
  requireValid({ tenant, user: 'x', name: 'x', password: '', roles })
  const act = { tenant, account, by, action: 'role-change', ends: 'roles', details: { roles } } as const
  await change(parts, act, async (_tx, _now, row) => ({ ...row, roles }))
}

/** After an authenticator was lost: the password, and then enrolment of a new one within a week. */
export async function resetSecondFactor(parts: Parts, tenant: number, account: string, by: By): Promise<void> {
  const act = { tenant, account, by, action: 'second-factor-reset', ends: 'second-factor' } as const
  await change(parts, act, async (tx, now, row) => {
    await dropTicketsOf(tx, tenant, account)
    return { ...row, factor: null, recovery: [], enrolBy: now + enrolmentMs }
  })
}

/** After a password was forgotten: an initial one, to be changed by its owner. The second factor stays required. */
export async function resetPassword(
  parts: Parts,
  tenant: number,
  account: string,
  password: string,
  by: By,
): Promise<void> {
  const { db, hasher, practice } = parts
  const known = await db.transact(tenant, (tx) => rows.findById(tx, parts, tenant, account))
  if (known === undefined) throw new Refusal('not-found')
  requireSuitablePassword(password, [known.person.user, known.person.name, practice])
  const hash = await hasher.make(password)
  const act = { tenant, account, by, action: 'password-reset', ends: 'password' } as const
  await change(parts, act, async (tx, now, row) => {
    await dropTicketsOf(tx, tenant, account)
    await releaseLanes(tx, tenant, account)
    return { ...row, password: { ...hash, changed: now }, enrolBy: now + enrolmentMs }
  })
}

/** Opens an account that too many failures have closed. Its sessions go on. */
export async function releaseAccount(parts: Parts, tenant: number, account: string, by: By): Promise<void> {
  await change(parts, { tenant, account, by, action: 'account-release' }, async (tx, now, row) => {
    await releaseLanes(tx, tenant, account)
    return { ...row, enrolBy: now + enrolmentMs }
  })
}

/** Ends all of an account's sessions. */
export async function endAllSessions(parts: Parts, tenant: number, account: string, by: By): Promise<void> {
  const act = { tenant, account, by, action: 'sessions-end', ends: 'administrator' } as const
  await change(parts, act, async (_tx, _now, row) => row)
}

interface AccountChange {
  readonly tenant: number
  readonly account: string
  readonly by: By
  readonly action: string
  /** The account's sessions end with the change. */
  readonly ends?: EndReason
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * The change, the end of sessions and the entries are one transaction. Throws 'not-found', 'account-damaged'.
 * @param work the account as it is to be
 */
async function change(
  parts: Parts,
  act: AccountChange,
  work: (tx: Tx, now: number, row: AccountRow) => Promise<AccountState>,
): Promise<void> {
  const { db, clock } = parts
  const { tenant, account, ends } = act
  const now = clock.now()
  await db.transact(tenant, async (tx) => {
    const row = await rows.lockById(tx, parts, tenant, account)
    if (row === undefined) throw new Refusal('not-found')
    const next = await work(tx, now, row)
    const round = ends === undefined ? row.round : row.round + 1
    await conclude(tx, parts, act, now, [await rows.saveAccount(tx, parts, row, { ...next, round })])
  })
}

/** Ends the account's sessions, when the change does, and records both. */
async function conclude(
  tx: Tx,
  parts: Parts,
  { tenant, account, by, action, ends, details }: AccountChange,
  now: number,
  states: readonly EntryState[],
): Promise<void> {
  const ended = ends === undefined ? [] : await endSessionsOf(tx, parts, { tenant, account }, now)
  await parts.ledger.recordWithin(tx, [
    eventOf(tenant, now, by, { action, details: { account, ...details }, states }),
    ...ended.map((session) => endEvent(tenant, session, now, by, ends ?? 'administrator')),
  ])
  if (ends !== undefined) await announce(tx, tenant, { kind: 'account', id: account })
}

/** All accounts of the practice, in the order of their user names. */
export async function listAccounts(parts: Parts, tenant: number): Promise<AccountSummary[]> {
  const all = await parts.db.transact(tenant, (tx) => rows.listRows(tx, parts, tenant))
  return all
    .map(({ id, row, fault }) => (row === undefined ? unreadable(id) : summaryOf(row, fault !== undefined)))
    .toSorted((a, b) => a.user.localeCompare(b.user))
}

/** Throws 'account-damaged'. */
export async function findAccount(parts: Parts, tenant: number, account: string): Promise<AccountSummary | undefined> {
  const row = await parts.db.transact(tenant, (tx) => rows.findById(tx, parts, tenant, account))
  return row === undefined ? undefined : summaryOf(row, false)
}

/** Known by its id alone: an administrator ends it by that. */
function unreadable(text: string): AccountSummary {
  // oxlint-disable-next-line no-unsafe-type-assertion -- a uuid column's value
  const id = text as Id<'account'>
  return { id, user: id, name: id, roles: [], secondFactor: false, disabled: false, damaged: true }
}

function summaryOf({ id, person, roles, factor, disabled, lastSignIn }: AccountRow, damaged: boolean): AccountSummary {
  return {
    ...{ id, user: person.user, name: person.name, roles, damaged },
    ...{ secondFactor: factor !== null, disabled: disabled !== null },
    ...(person.practitioner === undefined ? {} : { practitioner: person.practitioner }),
    ...(lastSignIn === null ? {} : { lastSignIn }),
  }
}
