import { Refusal } from '#base'
import type { Tx } from '#db'
import * as accounts from './account-rows.ts'
import type { AccountRow } from './account-rows.ts'
import { familiarity, isWorkstation, newWorkstation, placeOf, rememberPlace } from './known-places.ts'
import { countAttempt, forgetFailures, lanesOf, reopenLanes, uncount } from './lanes.ts'
import { isGenuine, tenantOf } from './opaque.ts'
import { eventOf, type From, type Parts } from './parts.ts'
import { enrol, issueRecoveryCodes, useCode, useRecoveryCode } from './second-factor.ts'
import type { SessionRow } from './session-rows.ts'
import { personBy, type Presence, presenceOf } from './presence.ts'
import type { Sessions } from './sessions.ts'
import { recordFailure, throttled } from './sign-in.ts'
import { isDamage } from './standings.ts'
import { dropTicket, dropTicketsOf, ownerOf, type Ticket, tryTicket } from './tickets.ts'

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
  const outcome = await outcomeOf({ parts, sessions, tenant, ticket, code, from })
  if (outcome.kind === 'throttled') throw await throttled(parts, { tenant, ...outcome, name: outcome.account }, from)
  if (outcome.kind === 'wrong') {
    const { account } = outcome
    // A ticket that is used up can be sent again without end.
    const repeats = account === undefined ? '' : undefined
    const why = account === undefined ? 'ticket' : 'code'
    await recordFailure(parts, { tenant, account, step: 'code', why }, from, repeats)
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

/** An account that does not hold looks from outside like a wrong code; the log and the ledger name it. */
async function outcomeOf(confirmation: Confirmation): Promise<Outcome> {
  try {
    return await confirmation.parts.db.transact(confirmation.tenant, (tx) => judge(tx, confirmation))
  } catch (error) {
    if (isDamage(error)) return { kind: 'wrong', account: undefined }
    throw error
  }
}

/** Commits also when the answer is no: the try must count. */
async function judge(tx: Tx, confirmation: Confirmation): Promise<Outcome> {
  const { parts, tenant, ticket, from } = confirmation
  const { keys, clock } = parts
  const now = clock.now()
  const owner = await ownerOf(tx, tenant, ticket)
  const account = owner === undefined ? undefined : await accounts.lockById(tx, parts, tenant, owner)
  if (account === undefined || account.disabled !== null) return { kind: 'wrong', account: undefined }
  const place = placeOf(parts, tenant, from)
  const known = await familiarity(tx, tenant, account.id, place)
  const lanes = lanesOf(keys, tenant, account.nameKey, { known, place, address: from.address })
  const attempt = await countAttempt(tx, tenant, now, lanes, account.id)
  if (!attempt.admitted) return { kind: 'throttled', account: account.id, opens: attempt.opens }
  const proved = await factorOf(tx, confirmation, account, now)
  if (proved === undefined) return { kind: 'wrong', account: account.id }
  await uncount(tx, tenant, attempt)
  await forgetFailures(tx, tenant, lanes)
  await reopenLanes(tx, tenant, account.id)
  const sent = from.device
  const device = sent !== undefined && isWorkstation(parts, sent) ? sent : newWorkstation(parts, tenant)
  await rememberPlace(tx, tenant, account.id, placeOf(parts, tenant, { ...from, device }), now)
  return admit(tx, confirmation, account, { ...proved, device })
}

interface Proved {
  readonly factor: Factor
  /** The account with that code spent. */
  readonly account: AccountRow
}

/** The ticket is used up by a right code, by its fifth wrong one, and by time. */
async function factorOf(
  tx: Tx,
  { parts, tenant, ticket, code }: Confirmation,
  account: AccountRow,
  now: number,
): Promise<Proved | undefined> {
  const { keys, wall, standings } = parts
  // Now under the account's lock: another may have used it meanwhile.
  const found = await tryTicket(tx, keys, account, ticket, now)
  if (found === 'altered') standings.name({ tenant, kind: 'ticket', id: account.id, fault: 'altered' })
  if (found === undefined || found === 'altered') return undefined
  const proved = proveWith(keys, account, { found, code, now, wall: wall.now() })
  // Another ticket to enrol by goes with the absence of a second factor.
  if (proved?.factor === 'totp-enrolment') await dropTicketsOf(tx, tenant, account.id)
  else if (proved !== undefined) await dropTicket(tx, tenant, ticket)
  return proved
}

function proveWith(
  keys: Parts['keys'],
  account: AccountRow,
  {
    found,
    code,
    now,
    wall,
  }: { readonly found: Ticket; readonly code: string; readonly now: number; readonly wall: number },
): Proved | undefined {
  const by = (factor: Factor, then: AccountRow | undefined): Proved | undefined => then && { factor, account: then }
  if (found.secret !== null) return by('totp-enrolment', enrol(keys, account, found.secret, code, wall))
  return (
    by('totp', useCode(keys, account, code, wall)) ?? by('recovery-code', useRecoveryCode(keys, account, code, now))
  )
}

async function admit(
  tx: Tx,
  { parts, sessions, tenant, from }: Confirmation,
  before: AccountRow,
  { factor, account, device }: Proved & { readonly device: string },
): Promise<Outcome> {
  const { keys, clock, ledger } = parts
  const { id, round } = account
  const [role] = account.roles
  if (role === undefined) throw new Error('an account without a role')
  const { secret, row, state } = await sessions.begin(tx, { tenant, account: id, role, round }, from)
  const issued = factor === 'totp-enrolment' ? issueRecoveryCodes(keys, account) : undefined
  const next = { ...(issued?.account ?? account), lastSignIn: row.started }
  const states = [await accounts.saveAccount(tx, parts, before, next), state]
  const details = { session: row.id, factors: ['password', factor] }
  await ledger.recordWithin(tx, [
    eventOf(tenant, clock.now(), personBy(row, from.request), { action: 'sign-in', details, states }),
  ])
  return { kind: 'in', secret, row, device, recoveryCodes: issued?.codes }
}
