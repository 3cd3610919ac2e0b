import { Refusal } from '#base'
import type { Tx } from '#db'
import { type EntryState, newestStates } from '#ledger'
import { findById as findAccount } from './account-rows.ts'
import type { Parts } from './parts.ts'
import {
  isIdle,
  seenCode,
  sessionClaim,
  type SessionColumns,
  sessionColumns,
  sessionEntry,
  type SessionRow,
} from './session-state.ts'
import { endedBy, faultOf, type Judged, type RowFault } from './standings.ts'

export { isIdle, isLive, type SessionRow } from './session-state.ts'

const select = `select ${sessionColumns} from identity.session s where s.tenant = $1 and s.ended is null`

interface Which {
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
  return only(tx, parts, tenant, { condition: 's.digest = $2', values: [digest] })
}

export async function readById(tx: Tx, parts: Parts, tenant: number, id: string): Promise<SessionRow | undefined> {
  return only(tx, parts, tenant, { condition: 's.id = $2', values: [id] })
}

/** The same, and nobody else changes it until this transaction ends. */
export async function lockByDigest(
  tx: Tx,
  parts: Parts,
  tenant: number,
  digest: Buffer,
): Promise<SessionRow | undefined> {
  return only(tx, parts, tenant, { condition: 's.digest = $2 for update', values: [digest] })
}

async function only(tx: Tx, parts: Parts, tenant: number, which: Which): Promise<SessionRow | undefined> {
  const [found] = await read(tx, parts, tenant, which)
  if (found === undefined) return undefined
  if (found.fault !== undefined || found.row === undefined) throw new Refusal('session-damaged')
  const { row } = found
  // Not only the session's row says that it is over: it could have been hidden while all of the account's were ended.
  const account = await findAccount(tx, parts, tenant, row.account)
  const open = account?.disabled === null && account.round === row.round && account.roles.includes(row.role)
  return open ? row : undefined
}

async function read(tx: Tx, parts: Parts, tenant: number, which: Which): Promise<Judged<SessionRow>[]> {
  const { keys, standings } = parts
  return standings.hold(tx, { tenant, kind: 'session' }, async () => {
    const { rows } = await tx.query<SessionColumns>({
      text: `${select} and ${which.condition}`,
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
  const [row] = wholeOf(await read(tx, parts, tenant, { condition: 's.id = $2 for update', values: [id] }))
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
  const { rows } = await tx.query<SessionColumns>({
    text: `${select} and s.account = $2 and s.id is distinct from $3::uuid order by s.id for update`,
    values: [tenant, account, except ?? null],
  })
  return end(tx, parts, tenant, rows, now)
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
  const { rows } = await tx.query<SessionColumns>({
    text: `select ${sessionColumns} from identity.session s where s.tenant = $1 and s.id = $2 for update`,
    values: [tenant, id],
  })
  if (rows.length > 0) return end(tx, parts, tenant, rows, now)
  const newest = (await newestStates(tx, [id])).get(id)
  if (newest === undefined || newest.ended) return []
  return [{ id, account, fault: 'altered', states: endedBy('session', id, newest) }]
}

async function end(
  tx: Tx,
  { keys }: Parts,
  tenant: number,
  rows: readonly SessionColumns[],
  now: number,
): Promise<EndedSession[]> {
  const newest = await newestStates(
    tx,
    rows.map(({ id }) => id),
  )
  const ended: EndedSession[] = []
  for (const columns of rows) {
    const { id, account } = columns
    const known = newest.get(id)
    if (known?.ended === true) continue
    const claim = sessionClaim(keys, tenant, columns)
    const fault = columns.ended === null ? faultOf(claim, known) : 'altered'
    const whole = fault === undefined ? claim.row : undefined
    const next = whole && { ...whole, version: whole.version + 1 }
    const state = next && sessionEntry(keys, next, now)
    await tx.query({
      text: `update identity.session set ended = $3, version = coalesce($4, version), mac = coalesce($5, mac)
        where tenant = $1 and id = $2`,
      values: [tenant, id, new Date(now), state?.version ?? null, state?.mac ?? null],
    })
    ended.push({ id, account, fault, states: state ? [state] : endedBy('session', id, known) })
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
  const condition = 's.account = $2 and s.expires > $3 order by s.started desc'
  return wholeOf(await read(tx, parts, tenant, { condition, values: [account, new Date(now)] }))
}

/** Not ended, and past its time. */
export async function listOver(tx: Tx, parts: Parts, tenant: number, now: number): Promise<SessionRow[]> {
  return wholeOf(await read(tx, parts, tenant, { condition: 's.expires <= $2 limit 1000', values: [new Date(now)] }))
}

/** Live, not locked, and idle for too long. */
export async function listIdle(tx: Tx, parts: Parts, tenant: number, now: number): Promise<SessionRow[]> {
  const condition =
    "s.locked is null and s.expires > $2 and s.seen + s.idle_seconds * interval '1 second' <= $2 limit 1000"
  return wholeOf(await read(tx, parts, tenant, { condition, values: [new Date(now)] }))
}

function wholeOf(all: readonly Judged<SessionRow>[]): SessionRow[] {
  return all.flatMap(({ row, fault }) => (fault === undefined && row !== undefined ? [row] : []))
}
