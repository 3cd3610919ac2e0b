import { type Id, newId, Refusal } from '#base'
import type { Tx } from '#db'
import * as accounts from './account-rows.ts'
import type { AccountRow } from './account-rows.ts'
import type { Admission } from './hash-queue.ts'
import { familiarity, isWorkstation, placeOf } from './known-places.ts'
import { type Attempt, countAttempt, lanesOf, uncount } from './lanes.ts'
import { digestOf, newOpaque } from './opaque.ts'
import { eventOf, type From, nobody, type Parts } from './parts.ts'
import { userKey } from './people.ts'
import type { PasswordHash } from './password-hash.ts'
import { sealTotp } from './second-factor.ts'
import { dropTicketsOf, insertTicket } from './tickets.ts'
import { addressLane } from './throttle.ts'
import { describeEnrolment, type Enrolment, newTotpSecret } from './totp.ts'

export interface SignInAttempt {
  readonly tenant: number
  readonly user: string
  readonly password: string
}

/** The password was right. The ticket goes back with the code; it is a secret, good for five minutes. */
export interface PendingSignIn {
  readonly ticket: string
  /** Unix ms. */
  readonly expires: number
  readonly step: ({ readonly step: 'enrol' } & Enrolment) | { readonly step: 'code' }
}

const ticketMs = 5 * 60_000

/**
 * The first of two steps. Throws 'sign-in-failed' whatever was wrong, 'sign-in-throttled' when it was not even tried.
 * A name that nobody has takes the same path: the same queries, one password hash, one entry, the same counts.
 */
export function signIn(parts: Parts, attempt: SignInAttempt, from: From): Promise<PendingSignIn> {
  const known = from.device !== undefined && isWorkstation(parts, from.device)
  const work = (admission: Admission): Promise<PendingSignIn> => judge(parts, attempt, from, admission)
  return known
    ? parts.hasher.within('workstation', work)
    : parts.hasher.within('stranger', work, addressLane(from.address))
}

async function judge(
  parts: Parts,
  { tenant, user, password }: SignInAttempt,
  from: From,
  admission: Admission,
): Promise<PendingSignIn> {
  const { db, keys, clock, hasher } = parts
  const nameKey = userKey(keys, tenant, user)
  const now = clock.now()
  const { account, attempt } = await db.transact(tenant, async (tx) => {
    const account = await accounts.findByName(tx, parts, tenant, nameKey)
    const place = placeOf(parts, tenant, from)
    const known = await familiarity(tx, tenant, account?.id ?? newId(now), place)
    const lanes = lanesOf(keys, tenant, nameKey, { known, place, address: from.address })
    return { account, attempt: await countAttempt(tx, tenant, now, lanes, account?.id) }
  })
  if (!attempt.admitted) {
    const name = nameKey.toString('hex')
    throw await throttled(parts, { tenant, account: account?.id, opens: attempt.opens, name }, from)
  }
  const right = await hasher.matches(password, account?.password ?? undefined, admission)
  const why = account === undefined ? 'user' : !right ? 'password' : whyNot(account, clock.now())
  if (account === undefined || why !== undefined) {
    await recordFailure(parts, { tenant, account: account?.id, step: 'password', why: why ?? 'user' }, from)
    throw new Refusal('sign-in-failed')
  }
  return openTicket(parts, account, { attempt, password, admission }, from)
}

function whyNot(account: AccountRow, now: number): string | undefined {
  if (account.disabled !== null) return 'disabled'
  // An initial password that nobody used for a week opens nothing any more: an administrator sets another.
  return account.factor === null && now >= account.enrolBy ? 'enrolment-over' : undefined
}

async function openTicket(
  parts: Parts,
  account: AccountRow,
  { attempt, password, admission }: { attempt: Attempt; password: string; admission: Admission },
  from: From,
): Promise<PendingSignIn> {
  const { db, keys, hasher, practice } = parts
  const { tenant, id } = account
  const outdated = account.password !== null && hasher.outdated(account.password)
  const rehashed = outdated ? await hasher.make(password, admission) : undefined
  const now = parts.clock.now()
  const ticket = newOpaque(parts.tagKey, tenant)
  const secret = account.factor === null ? newTotpSecret() : undefined
  const expires = now + ticketMs
  await db.transact(tenant, async (tx) => {
    await uncount(tx, tenant, attempt)
    const owner = rehashed === undefined ? account : await rehash(tx, parts, account, rehashed, from)
    const sealed = secret === undefined ? null : sealTotp(keys, tenant, id, secret)
    await insertTicket(tx, keys, owner, { digest: digestOf(ticket), secret: sealed, expires })
  })
  if (secret === undefined) return { ticket, expires, step: { step: 'code' } }
  return { ticket, expires, step: { step: 'enrol', ...describeEnrolment(secret, practice, account.person.user) } }
}

/** The same password at the cost of today; an account that was changed meanwhile gets it at the next sign-in. */
async function rehash(tx: Tx, parts: Parts, account: AccountRow, hash: PasswordHash, from: From): Promise<AccountRow> {
  const { tenant, id, version } = account
  const row = await accounts.lockById(tx, parts, tenant, id)
  if (row?.version !== version) return account
  const now = parts.clock.now()
  const next = { ...row, password: { ...hash, changed: now } }
  await dropTicketsOf(tx, tenant, id)
  const states = [await accounts.saveAccount(tx, parts, row, next)]
  const by = { actor: nobody, workstation: from.workstation, request: from.request }
  await parts.ledger.recordWithin(tx, [
    eventOf(tenant, now, by, { action: 'password-rehash', details: { account: id }, states }),
  ])
  return next
}

interface Failure {
  readonly tenant: number
  readonly account: Id<'account'> | undefined
  readonly step: 'password' | 'code' | 'unlock' | 'signature'
  readonly why: string
}

/**
 * Details are sealed in the ledger, so they may name the account; what was typed stands nowhere.
 * @param repeats of which name, where it costs the caller nothing to fail again: then the entries of a minute are merged
 */
export async function recordFailure(
  { ledger, clock, repeated }: Parts,
  { tenant, ...details }: Failure,
  from: From,
  repeats?: string,
): Promise<void> {
  const by = { actor: nobody, workstation: from.workstation, request: from.request }
  const event = eventOf(tenant, clock.now(), by, { action: 'sign-in-failed', outcome: 'refused', details })
  if (repeats === undefined) await ledger.record(event)
  else await repeated.record(`${addressLane(from.address)} ${repeats}`, details.why, event)
}

interface Throttled {
  readonly tenant: number
  readonly account: Id<'account'> | undefined
  readonly opens: number
  /** Whose name was tried, whether or not anyone has it: both take equally long. */
  readonly name: string
}

/** Records that an attempt was not let in, and gives the Refusal to throw. */
export async function throttled(
  parts: Parts,
  { tenant, account, opens, name }: Throttled,
  from: From,
): Promise<Refusal> {
  await recordFailure(parts, { tenant, account, step: 'password', why: 'throttled' }, from, name)
  const seconds = Math.max(1, Math.ceil((opens - parts.clock.now()) / 1000))
  if (!Number.isFinite(seconds))
    return new Refusal('sign-in-throttled', { remedy: 'Ask an administrator to open the account again.' })
  const remedy = `Try again in ${seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`}.`
  return new Refusal('sign-in-throttled', { remedy, retrySeconds: seconds })
}
