import type { Id } from '#base'
import type { Tx } from '#db'
import { toleratedSkewMs } from './steady-clock.ts'

/** A session as it stands in the database; times in Unix ms. */
export interface SessionRow {
  readonly tenant: number
  readonly id: Id<'session'>
  readonly account: Id<'account'>
  readonly role: string
  readonly workstation: string
  readonly idleSeconds: number
  readonly started: number
  readonly expires: number
  seen: number
  locked: boolean
}

interface Columns {
  id: Id<'session'>
  account: Id<'account'>
  role: string
  workstation: string
  idle_seconds: number
  started: Date
  expires: Date
  seen: Date
  locked: Date | null
}

// An account that was disabled has no sessions, even should one of its rows have been missed.
const select = `select s.id, s.account, s.role, s.workstation, s.idle_seconds, s.started, s.expires, s.seen, s.locked
  from identity.session s join identity.account a on a.tenant = s.tenant and a.id = s.account
  where s.tenant = $1 and s.ended is null and a.disabled is null`

export async function readByDigest(tx: Tx, tenant: number, digest: Buffer): Promise<SessionRow | undefined> {
  const { rows } = await tx.query<Columns>({
    name: 'identity-session',
    text: `${select} and s.digest = $2`,
    values: [tenant, digest],
  })
  return rows[0] === undefined ? undefined : toRow(tenant, rows[0])
}

export async function readById(tx: Tx, tenant: number, id: string): Promise<SessionRow | undefined> {
  const { rows } = await tx.query<Columns>({ text: `${select} and s.id = $2`, values: [tenant, id] })
  return rows[0] === undefined ? undefined : toRow(tenant, rows[0])
}

/** The same, and nobody else changes it until this transaction ends. */
export async function lockByDigest(tx: Tx, tenant: number, digest: Buffer): Promise<SessionRow | undefined> {
  const { rows } = await tx.query<Columns>({
    text: `${select} and s.digest = $2 for update of s`,
    values: [tenant, digest],
  })
  return rows[0] === undefined ? undefined : toRow(tenant, rows[0])
}

function toRow(tenant: number, row: Columns): SessionRow {
  return {
    tenant,
    id: row.id,
    account: row.account,
    role: row.role,
    workstation: row.workstation,
    idleSeconds: row.idle_seconds,
    started: row.started.getTime(),
    expires: row.expires.getTime(),
    seen: row.seen.getTime(),
    locked: row.locked !== null,
  }
}

/**
 * Within its time. A session that began or was used later than now is over: then the clock was set back since, and how
 * long it has really lasted is not known.
 */
export function isLive(row: SessionRow, now: number): boolean {
  return now < row.expires && row.started <= now + toleratedSkewMs && row.seen <= now + toleratedSkewMs
}

export function isIdle(row: SessionRow, now: number): boolean {
  return now - row.seen >= row.idleSeconds * 1000
}

export async function insertSession(tx: Tx, row: SessionRow, digest: Buffer): Promise<void> {
  await tx.query({
    text: `insert into identity.session
      (tenant, id, digest, account, role, workstation, idle_seconds, started, seen, expires)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      ...[row.tenant, row.id, digest, row.account, row.role, row.workstation, row.idleSeconds],
      ...[new Date(row.started), new Date(row.seen), new Date(row.expires)],
    ],
  })
}

/** A new secret: the one before opens nothing any more. */
export async function renewSession(tx: Tx, row: SessionRow, digest: Buffer): Promise<void> {
  await tx.query({
    text: `update identity.session set digest = $3, role = $4, seen = $5, locked = null
      where tenant = $1 and id = $2`,
    values: [row.tenant, row.id, digest, row.role, new Date(row.seen)],
  })
}

/** Activity: false when the session is locked, ended or has been idle too long, which activity does not undo. */
export async function moveSeen(tx: Tx, row: SessionRow, now: number): Promise<boolean> {
  const { rowCount } = await tx.query({
    text: `update identity.session set seen = greatest(seen, $3)
      where tenant = $1 and id = $2 and locked is null and ended is null and seen > $4`,
    values: [row.tenant, row.id, new Date(now), new Date(now - row.idleSeconds * 1000)],
  })
  return rowCount > 0
}

/** True for the one who locked it: that one records it. */
export async function lockSession(tx: Tx, row: SessionRow, now: number, onlyIfIdle: boolean): Promise<boolean> {
  const idleSince = onlyIfIdle ? new Date(now - row.idleSeconds * 1000) : 'infinity'
  const { rowCount } = await tx.query({
    text: `update identity.session set locked = $3
      where tenant = $1 and id = $2 and locked is null and ended is null and seen <= $4::timestamptz`,
    values: [row.tenant, row.id, new Date(now), idleSince],
  })
  return rowCount > 0
}

/** Ends the sessions chosen and says which, for the record. */
export async function endSessions(
  tx: Tx,
  tenant: number,
  now: number,
  which: { readonly account: string; readonly except?: string } | { readonly session: string },
): Promise<SessionRow[]> {
  const chosen =
    'account' in which
      ? { text: 'account = $3 and id is distinct from $4::uuid', values: [which.account, which.except ?? null] }
      : { text: 'id = $3', values: [which.session] }
  const { rows } = await tx.query<Columns>({
    text: `update identity.session set ended = $2 where tenant = $1 and ended is null and ${chosen.text}
      returning id, account, role, workstation, idle_seconds, started, expires, seen, locked`,
    values: [tenant, new Date(now), ...chosen.values],
  })
  return rows.map((row) => toRow(tenant, row))
}

/** An account's live sessions, newest first. */
export async function listLive(tx: Tx, tenant: number, account: string, now: number): Promise<SessionRow[]> {
  const { rows } = await tx.query<Columns>({
    text: `${select} and s.account = $2 and s.expires > $3 order by s.started desc`,
    values: [tenant, account, new Date(now)],
  })
  return rows.map((row) => toRow(tenant, row))
}

/** Not ended, and past its time. */
export async function listOver(tx: Tx, tenant: number, now: number): Promise<SessionRow[]> {
  const { rows } = await tx.query<Columns>({
    text: `${select} and s.expires <= $2 limit 1000`,
    values: [tenant, new Date(now)],
  })
  return rows.map((row) => toRow(tenant, row))
}

/** Live, not locked, and idle for too long. */
export async function listIdle(tx: Tx, tenant: number, now: number): Promise<SessionRow[]> {
  const { rows } = await tx.query<Columns>({
    text: `${select} and s.locked is null and s.expires > $2 and s.seen + s.idle_seconds * interval '1 second' <= $2 limit 1000`,
    values: [tenant, new Date(now)],
  })
  return rows.map((row) => toRow(tenant, row))
}
