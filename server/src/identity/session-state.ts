import type { Id } from '#base'
import type { Keyring } from '#keys'
import { type EntryState, joinNewest, newestColumns, type NewestColumns, newestIn } from '#ledger'
import { codeOf, hexOf, isCode, readable, timeOf, timeOrNull } from './authentic.ts'
import type { Claim } from './standings.ts'
import { toleratedSkewMs } from './steady-clock.ts'

/** A session as it stands in the database; times in Unix ms. */
export interface SessionRow {
  readonly tenant: number
  readonly id: Id<'session'>
  /** SHA-256 of its secret. */
  readonly digest: Buffer
  readonly account: Id<'account'>
  readonly role: string
  readonly workstation: string
  readonly idleSeconds: number
  readonly started: number
  readonly expires: number
  /** The account's count of sessions ended all at once, when this one began. */
  readonly round: number
  readonly version: number
  readonly lockedAt: number | null
  seen: number
  locked: boolean
}

export interface SessionColumns extends NewestColumns {
  id: Id<'session'>
  digest: Buffer
  account: Id<'account'>
  role: string
  workstation: string
  idle_seconds: number
  started: Date
  expires: Date
  round: number
  version: string
  mac: Buffer
  seen: Date
  seen_mac: Buffer
  locked: Date | null
  ended: Date | null
}

const columns = ['id', 'digest', 'account', 'role', 'workstation', 'idle_seconds', 'started', 'expires']
  .concat('round', 'version', 'mac', 'seen', 'seen_mac', 'locked', 'ended')
  .map((name) => `s.${name}`)
  .join(', ')

export const sessionSelect = `select ${columns}, ${newestColumns} from identity.session s ${joinNewest('s.id')}
  where s.tenant = $1`

/** What the row says, and the code that it would have if it were true; a session that has ended too. */
export function sessionClaim(keys: Keyring, tenant: number, row: SessionColumns): Claim<SessionRow> {
  const version = Number(row.version)
  const session = readable(() => sessionFrom(tenant, row))
  const ended = readable(() => timeOrNull(row.ended))
  const seen = session !== undefined && isCode(seenCode(keys, session), row.seen_mac)
  const code =
    session === undefined || ended === undefined || !seen
      ? undefined
      : readable(() => sessionCode(keys, session, ended, version))
  return { id: row.id, version, mac: row.mac, code, row: session, newest: newestIn(row) }
}

function sessionFrom(tenant: number, row: SessionColumns): SessionRow {
  return {
    tenant,
    id: row.id,
    digest: row.digest,
    account: row.account,
    role: row.role,
    workstation: row.workstation,
    idleSeconds: row.idle_seconds,
    started: timeOf(row.started),
    expires: timeOf(row.expires),
    round: row.round,
    version: Number(row.version),
    lockedAt: timeOrNull(row.locked),
    seen: timeOf(row.seen),
    locked: row.locked !== null,
  }
}

function sessionCode(keys: Keyring, session: SessionRow, ended: number | null, version: number): Buffer {
  const { tenant, id, digest, account, role, workstation, idleSeconds, started, expires, round, lockedAt } = session
  return codeOf(keys, {
    ...{ kind: 'session', tenant, id, version },
    facts: {
      ...{ digest: hexOf(digest), account, role, workstation, idleSeconds, started, expires, round },
      ...{ locked: lockedAt, ended },
    },
  })
}

/**
 * Activity moves too often for an entry each time, so it has a code of its own: an earlier time that is put back locks the
 * session early, and a later one cannot be made.
 */
export function seenCode(keys: Keyring, { tenant, id, seen }: Pick<SessionRow, 'tenant' | 'id' | 'seen'>): Buffer {
  return codeOf(keys, { kind: 'seen', tenant, id, version: 0, facts: { seen } })
}

/** The state as the ledger's entry of the change names it. */
export function sessionEntry(keys: Keyring, session: SessionRow, ended: number | null = null): EntryState {
  const { id, version } = session
  const mac = sessionCode(keys, session, ended, version)
  return { kind: 'session', subject: id, version, ended: ended !== null, mac }
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
