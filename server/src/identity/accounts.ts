import { type Id, newId, Refusal } from '#base'
import type { Tx } from '#db'
import * as rows from './account-rows.ts'
import type { AccountRow } from './account-rows.ts'
import { type NewAccount, requireValid } from './account-rules.ts'
import { releaseLanes } from './lanes.ts'
import { announce } from './notices.ts'
import { type By, eventOf, type Parts } from './parts.ts'
import { requireSuitablePassword } from './password-rules.ts'
import { type PersonFacts, sealPerson, userKey } from './people.ts'
import { removeSecondFactor, sealTotp } from './second-factor.ts'
import { endSessions } from './session-rows.ts'
import { type EndReason, endEvent } from './presence.ts'

export interface AccountSummary {
  readonly id: Id<'account'>
  readonly user: string
  readonly name: string
  readonly practitioner?: string
  readonly roles: readonly string[]
  readonly secondFactor: boolean
  readonly disabled: boolean
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
  await db.transact(tenant, async (tx) => {
    const { rowCount } = await tx.query({
      text: `insert into identity.account (tenant, id, name_key, person, roles, created, enrol_by)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (tenant, name_key) do nothing`,
      values: [
        tenant,
        id,
        userKey(keys, tenant, user),
        sealPerson(keys, tenant, id, person),
        roles,
        new Date(now),
        new Date(now + enrolmentMs),
      ],
    })
    if (rowCount === 0) throw new Refusal('user-name-taken')
    await rows.writePassword(tx, tenant, id, hash, now)
    if (totpSecret !== undefined) await givenSecondFactor(tx, parts, { tenant, account: id }, totpSecret)
    await ledger.recordWithin(tx, [
      eventOf(tenant, now, by, { action: 'account-create', details: { account: id, roles } }),
    ])
  })
  return id
}

async function givenSecondFactor(
  tx: Tx,
  { keys, wall }: Parts,
  { tenant, account }: { tenant: number; account: string },
  secret: Uint8Array,
): Promise<void> {
  await tx.query({
    text: 'insert into identity.second_factor (tenant, account, secret, last_step, enrolled) values ($1, $2, $3, 0, $4)',
    values: [tenant, account, sealTotp(keys, tenant, account, secret), new Date(wall.now())],
  })
}

/** Ends the account and its sessions at once. It stays, because the ledger names it. */
export async function disableAccount(parts: Parts, tenant: number, account: string, by: By): Promise<void> {
  await change(parts, { tenant, account, by, action: 'account-disable', ends: 'disabled' }, async (tx, now) => {
    await tx.query({
      text: 'update identity.account set disabled = coalesce(disabled, $3) where tenant = $1 and id = $2',
      values: [tenant, account, new Date(now)],
    })
    await tx.query({
      text: 'delete from identity.ticket where tenant = $1 and account = $2',
      values: [tenant, account],
    })
  })
}

/** Lets a disabled account sign in again, as it was; a second factor that was never enrolled has a week again. */
export async function enableAccount(parts: Parts, tenant: number, account: string, by: By): Promise<void> {
  await change(parts, { tenant, account, by, action: 'account-enable' }, async (tx, now) => {
    await tx.query({
      text: 'update identity.account set disabled = null where tenant = $1 and id = $2',
      values: [tenant, account],
    })
    await renewEnrolment(tx, tenant, account, now)
  })
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
  await change(parts, { tenant, account, by, action: 'role-change', ends: 'roles', details: { roles } }, async (tx) => {
    await tx.query({
      text: 'update identity.account set roles = $3 where tenant = $1 and id = $2',
      values: [tenant, account, roles],
    })
  })
}

/** After an authenticator was lost: the password, and then enrolment of a new one within a week. */
export async function resetSecondFactor(parts: Parts, tenant: number, account: string, by: By): Promise<void> {
  await change(
    parts,
    { tenant, account, by, action: 'second-factor-reset', ends: 'second-factor' },
    async (tx, now) => {
      await removeSecondFactor(tx, { tenant, account })
      await renewEnrolment(tx, tenant, account, now)
    },
  )
}

/** After a password was forgotten: an initial one, to be changed by its owner. The second factor stays required. */
export async function resetPassword(
  parts: Parts,
  tenant: number,
  account: string,
  password: string,
  by: By,
): Promise<void> {
  const { db, keys, hasher, practice } = parts
  const known = await db.transact(tenant, (tx) => rows.findById(tx, keys, tenant, account))
  if (known === undefined) throw new Refusal('not-found')
  requireSuitablePassword(password, [known.person.user, known.person.name, practice])
  const hash = await hasher.make(password)
  await change(parts, { tenant, account, by, action: 'password-reset', ends: 'password' }, async (tx, now) => {
    await rows.writePassword(tx, tenant, account, hash, now)
    await renewEnrolment(tx, tenant, account, now)
    await releaseLanes(tx, tenant, account)
  })
}

/** Opens an account that too many failures have closed. Its sessions go on. */
export async function releaseAccount(parts: Parts, tenant: number, account: string, by: By): Promise<void> {
  await change(parts, { tenant, account, by, action: 'account-release' }, async (tx, now) => {
    await releaseLanes(tx, tenant, account)
    await renewEnrolment(tx, tenant, account, now)
  })
}

/** Ends all of an account's sessions. */
export async function endAllSessions(parts: Parts, tenant: number, account: string, by: By): Promise<void> {
  await change(parts, { tenant, account, by, action: 'sessions-end', ends: 'administrator' }, async () => undefined)
}

async function renewEnrolment(tx: Tx, tenant: number, account: string, now: number): Promise<void> {
  await tx.query({
    text: 'update identity.account set enrol_by = $3 where tenant = $1 and id = $2',
    values: [tenant, account, new Date(now + enrolmentMs)],
  })
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

/** The change, the end of sessions and the entries are one transaction. Throws 'not-found'. */
async function change(
  { db, keys, clock, ledger }: Parts,
  { tenant, account, by, action, ends, details }: AccountChange,
  work: (tx: Tx, now: number) => Promise<void>,
): Promise<void> {
  const now = clock.now()
  await db.transact(tenant, async (tx) => {
    const row = await rows.lockById(tx, keys, tenant, account)
    if (row === undefined) throw new Refusal('not-found')
    await work(tx, now)
    const ended = ends === undefined ? [] : await endSessions(tx, tenant, now, { account })
    const entries = ended.map((session) => endEvent(session, now, by, ends ?? 'administrator'))
    await ledger.recordWithin(tx, [eventOf(tenant, now, by, { action, details: { account, ...details } }), ...entries])
    if (ends !== undefined) await announce(tx, tenant, { kind: 'account', id: account })
  })
}

/** All accounts of the practice, in the order of their user names. */
export async function listAccounts({ db, keys }: Parts, tenant: number): Promise<AccountSummary[]> {
  const all = await db.transact(tenant, (tx) => rows.listRows(tx, keys, tenant))
  return all.map(summaryOf).toSorted((a, b) => a.user.localeCompare(b.user))
}

export async function findAccount(
  { db, keys }: Parts,
  tenant: number,
  account: string,
): Promise<AccountSummary | undefined> {
  const row = await db.transact(tenant, (tx) => rows.findById(tx, keys, tenant, account))
  return row === undefined ? undefined : summaryOf(row)
}

function summaryOf({ id, person, roles, enrolled, disabled, lastSignIn }: AccountRow): AccountSummary {
  return {
    ...{ id, user: person.user, name: person.name, roles, secondFactor: enrolled, disabled },
    ...(person.practitioner === undefined ? {} : { practitioner: person.practitioner }),
    ...(lastSignIn === undefined ? {} : { lastSignIn }),
  }
}
