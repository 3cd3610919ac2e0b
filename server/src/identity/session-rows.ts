import { Refusal } from '#base'
import type { Tx } from '#db'
import { type EntryState, newestStates } from '#ledger'
import { findBySession } from './account-rows.ts'
import type { Parts } from './parts.ts'
import {
  isIdle,
  seenCode,
  sessionClaim,
  type SessionColumns,
  sessionEntry,
  type SessionRow,
  sessionSelect,
} from './session-state.ts'
import { endedBy, faultOf, isDamage, type Judged, type RowFault } from './standings.ts'

export { isIdle, isLive, type SessionRow } from './session-state.ts'

const notEnded = 's.ended is null'

interface Which {
  readonly name?: string
  readonly condition: string
  readonly values: readonly unknown[]
}

/** Each of these throws 'session-damaged' and 'account-damaged', and finds nothing of an account that lets nobody in. */
export async function readByDigest(
  tx: Tx,
  parts: Parts,
  tenant: number,
  digest: Buffer,
): Promise<SessionRow | undefined> {
  return only(tx, parts, tenant, { by: 'digest', condition: 's.digest = $2', value: digest })
}

export async function readById(tx: Tx, parts: Parts, tenant: number, id: string): Promise<SessionRow | undefined> {
  return only(tx, parts, tenant, { by: 'id', condition: 's.id = $2', value: id })
}

/** The same, and nobody else changes it until this transaction ends. */
export async function lockByDigest(
  tx: Tx,
  parts: Parts,
  tenant: number,
  digest: Buffer,
): Promise<SessionRow | undefined> {
  const which: One = { by: 'digest', condition: 's.digest = $2', value: digest }
  const [, found] = await Promise.all([lock(tx, tenant, which), only(tx, parts, tenant, which)])
  return found
}

/** In a statement of its own: the next one sees what this one waited for, in the ledger as well. */
async function lock(tx: Tx, tenant: number, { condition, value }: One): Promise<void> {
  await tx.query({
    text: `select 1 from identity.session s where s.tenant = $1 and ${condition} for update`,
    values: [tenant, value],
  })
}

interface One {
  readonly by: 'digest' | 'id'
  readonly condition: string
  readonly value: unknown
}

async function only(tx: Tx, parts: Parts, tenant: number, one: One): Promise<SessionRow | undefined> {
  const { by, value } = one
  const condition = `${one.condition} and ${notEnded}`
  const [[found], account] = await Promise.all([
    read(tx, parts, tenant, { name: `identity-session-${by}`, condition, values: [value] }),
    findBySession(tx, parts, tenant, { name: `identity-session-account-${by}`, condition, value }).catch(damaged),
  ])
  if (found === undefined) return undefined
  if (found.fault !== undefined || found.row === undefined) throw new Refusal('session-damaged')
  const { row } = found
  if (account === 'damaged') throw new Refusal('account-damaged')
  // Not only the session's row says that it is over: it could have been hidden while all of the account's were ended.
  const open =
    account?.id === row.account &&
    account.disabled === null &&
    account.round === row.round &&
    account.roles.includes(row.role)
  return open ? row : undefined
}

function damaged(error: unknown): 'damaged' {
  if (!isDamage(error)) throw error
  return 'damaged'
}

async function read(tx: Tx, parts: Parts, tenant: number, which: Which): Promise<Judged<SessionRow>[]> {
  const { keys, standings } = parts
  return standings.hold({ tenant, kind: 'session' }, async () => {
    const { rows } = await tx.query<SessionColumns>({
      ...(which.name === undefined ? {} : { name: which.name }),
      text: `${sessionSelect} and ${which.condition}`,
      values: [tenant, ...which.values],
    })
    return rows.map((row) => sessionClaim(keys, tenant, row))
  })
}

/** The caller's entry records what is returned. */
export async function insertSession(tx: Tx, { keys }: Parts, row: SessionRow): Promise<EntryState> {
  const entry = sessionEntry(keys, row)
  await tx.query({
    text: `insert into identity.session (tenant, id, digest, account, role, workstation, idle_seconds, started, seen,
        seen_mac, expires, round, version, mac)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    values: [
      ...[row.tenant, row.id, row.digest, row.account, row.role, row.workstation, row.idleSeconds],
      ...[new Date(row.started), new Date(row.seen), seenCode(keys, row), new Date(row.expires), row.round],
      ...[row.version, entry.mac],
    ],
  })
  return entry
}

/** A next state of a locked row: a new secret (the one before opens nothing any more), a role, a lock. Recorded by the caller. */
export async function saveSession(tx: Tx, { keys }: Parts, row: SessionRow): Promise<EntryState> {
  const entry = sessionEntry(keys, row)
  await tx.query({
    text: `update identity.session set digest = $3, role = $4, seen = $5, seen_mac = $6, locked = $7, round = $8,
        version = $9, mac = $10 where tenant = $1 and id = $2`,
    values: [
      ...[row.tenant, row.id, row.digest, row.role, new Date(row.seen), seenCode(keys, row)],
      ...[row.lockedAt === null ? null : new Date(row.lockedAt), row.round, row.version, entry.mac],
    ],
    changes: 1,
  })
  return entry
}

/** Activity: false when the session is locked, ended or has been idle too long, which activity does not undo. */
export async function moveSeen(tx: Tx, { keys }: Parts, row: SessionRow, now: number): Promise<boolean> {
  const { rowCount } = await tx.query({
    text: `update identity.session set seen = case when seen < $3 then $3 else seen end,
        seen_mac = case when seen < $3 then $5 else seen_mac end
      where tenant = $1 and id = $2 and locked is null and ended is null and seen > $4`,
    values: [
      ...[row.tenant, row.id, new Date(now), new Date(now - row.idleSeconds * 1000)],
      seenCode(keys, { ...row, seen: now }),
    ],
  })
  return rowCount > 0
}

/**
 * The state of the session that was locked just now; undefined when it was already, when it is over or in use again, and
 * when it does not hold, so that nobody gets in by it in any case.
 */
export async function lockSession(
  tx: Tx,
  parts: Parts,
  { tenant, id }: Pick<SessionRow, 'tenant' | 'id'>,
  now: number,
  onlyIfIdle: boolean,
): Promise<EntryState | undefined> {
  const [, found] = await Promise.all([
    lock(tx, tenant, { by: 'id', condition: 's.id = $2', value: id }),
    read(tx, parts, tenant, { condition: `s.id = $2 and ${notEnded}`, values: [id] }),
  ])
  const [row] = wholeOf(found)
  if (row === undefined || row.locked || (onlyIfIdle && !isIdle(row, now))) return undefined
  return saveSession(tx, parts, { ...row, locked: true, lockedAt: now, version: row.version + 1 })
}

/** A session that has just been ended; one that did not hold says no more than which it was. */
export interface EndedSession {
  readonly id: string
  readonly account: string
  readonly fault: RowFault | undefined
  readonly states: readonly EntryState[]
}

/**
 * Ends all sessions of an account but one, and says which, for the record: those that do not hold too. One that hides from
 * this is over by the account's `round`.
 */
export async function endSessionsOf(
  tx: Tx,
  parts: Parts,
  { tenant, account, except }: { readonly tenant: number; readonly account: string; readonly except?: string },
  now: number,
): Promise<EndedSession[]> {
  const which = 's.account = $2 and s.id is distinct from $3::uuid and s.ended is null'
  return end(tx, parts, tenant, { condition: which, values: [account, except ?? null] }, now)
}

/**
 * Ends one session, for the record; nothing when it is over already. That is for the ledger to say: its row could be gone,
 * or say that it has ended, until somebody puts it back.
 */
export async function endSession(
  tx: Tx,
  parts: Parts,
  { tenant, id, account }: Pick<SessionRow, 'tenant' | 'id' | 'account'>,
  now: number,
): Promise<EndedSession[]> {
  const ended = await end(tx, parts, tenant, { condition: 's.id = $2', values: [id] }, now)
  if (ended.length > 0) return ended
  const newest = (await newestStates(tx, [id])).get(id)
  if (newest === undefined || newest.ended) return []
  return [{ id, account, fault: 'altered', states: endedBy('session', id, newest) }]
}

async function end(
  tx: Tx,
  { keys }: Parts,
  tenant: number,
  { condition, values }: Which,
  now: number,
): Promise<EndedSession[]> {
  const [, { rows }] = await Promise.all([
    tx.query({
      text: `select 1 from identity.session s where s.tenant = $1 and ${condition} order by s.id for update`,
      values: [tenant, ...values],
    }),
    tx.query<SessionColumns>({
      text: `${sessionSelect} and ${condition} order by s.id`,
      values: [tenant, ...values],
    }),
  ])
  const ended: EndedSession[] = []
  for (const columns of rows) {
    const { id, account } = columns
    const claim = sessionClaim(keys, tenant, columns)
    const { newest } = claim
    if (newest?.ended === true) continue
    const fault = columns.ended === null ? faultOf(claim) : 'altered'
    const whole = fault === undefined ? claim.row : undefined
    const next = whole && { ...whole, version: whole.version + 1 }
    const state = next && sessionEntry(keys, next, now)
    await tx.query({
      text: `update identity.session set ended = $3, version = coalesce($4, version), mac = coalesce($5, mac)
        where tenant = $1 and id = $2`,
      values: [tenant, id, new Date(now), state?.version ?? null, state?.mac ?? null],
      changes: 1,
    })
    ended.push({ id, account, fault, states: state ? [state] : endedBy('session', id, newest) })
  }
  return ended
}

/** An account's live sessions, newest first. */
export async function listLive(
  tx: Tx,
  parts: Parts,
  tenant: number,
  account: string,
  now: number,
): Promise<SessionRow[]> {
  const condition = `s.account = $2 and s.expires > $3 and ${notEnded} order by s.started desc`
  return wholeOf(await read(tx, parts, tenant, { condition, values: [account, new Date(now)] }))
}

/** Not ended, and past its time. */
export async function listOver(tx: Tx, parts: Parts, tenant: number, now: number): Promise<SessionRow[]> {
  return wholeOf(
    await read(tx, parts, tenant, { condition: `s.expires <= $2 and ${notEnded} limit 1000`, values: [new Date(now)] }),
  )
}

/** Live, not locked, and idle for too long. */
export async function listIdle(tx: Tx, parts: Parts, tenant: number, now: number): Promise<SessionRow[]> {
  const condition =
    "s.ended is null and s.locked is null and s.expires > $2 and s.seen + s.idle_seconds * interval '1 second' <= $2 limit 1000"
  return wholeOf(await read(tx, parts, tenant, { condition, values: [new Date(now)] }))
}

function wholeOf(all: readonly Judged<SessionRow>[]): SessionRow[] {
  return all.flatMap(({ row, fault }) => (fault === undefined && row !== undefined ? [row] : []))
}
