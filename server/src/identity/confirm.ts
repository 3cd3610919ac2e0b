import { Refusal } from '#base'
import type { Tx } from '#db'
import * as accounts from './account-rows.ts'
import type { AccountRow } from './account-rows.ts'
import { familiarity, isWorkstation, newWorkstation, placeOf, rememberPlace } from './known-places.ts'
import { countAttempt, forgetFailures, lanesOf, reopenLanes, uncount } from './lanes.ts'
import { digestOf, isGenuine, tenantOf } from './opaque.ts'
import { eventOf, type From, type Parts } from './parts.ts'
import { enrol, issueRecoveryCodes, useCode, useRecoveryCode } from './second-factor.ts'
import type { SessionRow } from './session-rows.ts'
import { personBy, type Presence, presenceOf } from './presence.ts'
import type { Sessions } from './sessions.ts'
import { recordFailure, throttled } from './sign-in.ts'

/** A session with its secret, which goes into the cookie and is stored nowhere. */
export interface SignedIn {
  readonly secret: string
  readonly presence: Presence
  /** What the workstation's cookie is to be: as it was sent, or a new one. Only after a sign-in with both factors. */
  readonly device?: string
  /** After enrolment only: shown once, to be kept on paper. */
  readonly recoveryCodes?: readonly string[]
}

type Factor = 'totp' | 'totp-enrolment' | 'recovery-code'

type Outcome =
  | {
      readonly kind: 'in'
      readonly secret: string
      readonly row: SessionRow
      readonly device: string
      readonly recoveryCodes: readonly string[] | undefined
    }
  | { readonly kind: 'throttled'; readonly account: AccountRow['id']; readonly opens: number }
  | { readonly kind: 'wrong'; readonly account: AccountRow['id'] | undefined }

const mostTries = 5

/**
 * The second of two steps: a six-digit code, or a recovery code in its place. Throws 'sign-in-failed' for a wrong code
 * and for a ticket that is not good any more, 'sign-in-throttled'. All in one transaction under the account's lock, so
 * of any number that come at once with one code or one ticket, one gets in.
 */
export async function confirm(
  parts: Parts,
  sessions: Sessions,
  ticket: string,
  code: string,
  from: From,
): Promise<SignedIn> {
  const tenant = tenantOf(ticket)
  if (tenant === undefined || !isGenuine(parts.tagKey, ticket)) throw new Refusal('sign-in-failed')
  const outcome = await parts.db.transact(tenant, (tx) => judge(tx, { parts, sessions, tenant, ticket, code, from }))
  if (outcome.kind === 'throttled') throw await throttled(parts, { tenant, ...outcome }, from)
  if (outcome.kind === 'wrong') {
    await recordFailure(
      parts,
      { tenant, account: outcome.account, step: 'code', why: outcome.account === undefined ? 'ticket' : 'code' },
      from,
    )
    throw new Refusal('sign-in-failed')
  }
  const { secret, row, device, recoveryCodes } = outcome
  return { secret, presence: presenceOf(row), device, ...(recoveryCodes === undefined ? {} : { recoveryCodes }) }
}

interface Confirmation {
  readonly parts: Parts
  readonly sessions: Sessions
  readonly tenant: number
  readonly ticket: string
  readonly code: string
  readonly from: From
}

/** Commits also when the answer is no: the try must count. */
async function judge(tx: Tx, confirmation: Confirmation): Promise<Outcome> {
  const { parts, tenant, ticket, from } = confirmation
  const { keys, clock } = parts
  const now = clock.now()
  const { rows } = await tx.query<{ account: AccountRow['id'] }>({
    text: 'select account from identity.ticket where tenant = $1 and digest = $2',
    values: [tenant, digestOf(ticket)],
  })
  const account = rows[0] === undefined ? undefined : await accounts.lockById(tx, keys, tenant, rows[0].account)
  if (account === undefined || account.disabled) return { kind: 'wrong', account: undefined }
  const place = placeOf(parts, tenant, from)
  const known = await familiarity(tx, tenant, account.id, place)
  const lanes = lanesOf(keys, tenant, account.nameKey, { known, place, address: from.address })
  const attempt = await countAttempt(tx, tenant, now, lanes, account.id)
  if (!attempt.admitted) return { kind: 'throttled', account: account.id, opens: attempt.opens }
  const factor = await factorOf(tx, confirmation, account, now)
  if (factor === undefined) return { kind: 'wrong', account: account.id }
  await uncount(tx, tenant, attempt)
  await forgetFailures(tx, tenant, lanes)
  await reopenLanes(tx, tenant, account.id)
  const sent = from.device
  const device = sent !== undefined && isWorkstation(parts, sent) ? sent : newWorkstation(parts, tenant)
  await rememberPlace(tx, tenant, account.id, placeOf(parts, tenant, { ...from, device }), now)
  return admit(tx, confirmation, account, { factor, device })
}

/** The ticket is used up by a right code, by its fifth wrong one, and by time. */
async function factorOf(
  tx: Tx,
  { parts, tenant, ticket, code }: Confirmation,
  account: AccountRow,
  now: number,
): Promise<Factor | undefined> {
  const { keys, wall } = parts
  const digest = digestOf(ticket)
  // Again, now under the account's lock: another may have used it meanwhile.
  const { rows } = await tx.query<{ secret: Buffer | null; tries: number }>({
    text: `update identity.ticket set tries = tries + 1
      where tenant = $1 and digest = $2 and tries < $3 and expires > $4 returning secret, tries`,
    values: [tenant, digest, mostTries, new Date(now)],
  })
  const [found] = rows
  if (found === undefined) return undefined
  const owner = { tenant, account: account.id }
  let factor: Factor | undefined
  if (found.secret !== null)
    factor = (await enrol(tx, keys, { ...owner, sealed: found.secret }, code, wall.now()))
      ? 'totp-enrolment'
      : undefined
  else if (await useCode(tx, keys, owner, code, wall.now())) factor = 'totp'
  else if (await useRecoveryCode(tx, keys, owner, code, now)) factor = 'recovery-code'
  if (factor !== undefined)
    await tx.query({ text: 'delete from identity.ticket where tenant = $1 and digest = $2', values: [tenant, digest] })
  return factor
}

async function admit(
  tx: Tx,
  { parts, sessions, tenant, from }: Confirmation,
  account: AccountRow,
  { factor, device }: { factor: Factor; device: string },
): Promise<Outcome> {
  const { keys, clock, ledger } = parts
  const [role] = account.roles
  if (role === undefined) throw new Error('an account without a role')
  const { secret, row } = await sessions.begin(tx, { tenant, account: account.id, role }, from)
  await tx.query({
    text: 'update identity.account set last_sign_in = $3 where tenant = $1 and id = $2',
    values: [tenant, account.id, new Date(row.started)],
  })
  const recoveryCodes =
    factor === 'totp-enrolment' ? await issueRecoveryCodes(tx, keys, { tenant, account: account.id }) : undefined
  const details = { session: row.id, factors: ['password', factor] }
  await ledger.recordWithin(tx, [
    eventOf(tenant, clock.now(), personBy(row, from.request), { action: 'sign-in', details }),
  ])
  return { kind: 'in', secret, row, device, recoveryCodes }
}
