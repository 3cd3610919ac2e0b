import type { Id } from '#base'
import type { EntryFacts } from '#ledger'
import { type By, eventOf } from './parts.ts'
import type { EndedSession, SessionRow } from './session-rows.ts'

/** Who a session stands for. */
export interface Presence {
  readonly kind: 'person'
  readonly tenant: number
  readonly id: Id<'account'>
  /** The role in use; what it may do is not known here. */
  readonly role: string
  readonly session: Id<'session'>
  readonly workstation: string
  readonly locked: boolean
  readonly idleSeconds: number
  /** Unix ms. */
  readonly started: number
  readonly expires: number
}

export function presenceOf(row: SessionRow): Presence {
  const { tenant, account, role, workstation, locked, idleSeconds, started, expires } = row
  return {
    kind: 'person',
    tenant,
    id: account,
    role,
    session: row.id,
    workstation,
    locked,
    idleSeconds,
    started,
    expires,
  }
}

/** The person of the session, at its workstation. */
export function personBy(
  { account, role, workstation }: Pick<SessionRow, 'account' | 'role' | 'workstation'>,
  request: string,
): By {
  return { actor: { kind: 'person', id: account, role }, workstation, request }
}

export type EndReason =
  | 'user'
  | 'limit'
  | 'absolute'
  | 'disabled'
  | 'roles'
  | 'password'
  | 'second-factor'
  | 'administrator'
  | 'unlock-failures'
  | 'signature-failures'

/** The entry of a session's end: nothing that is stored of it opens anything from here on. */
export function endEvent(tenant: number, session: EndedSession, now: number, by: By, reason: EndReason): EntryFacts {
  const { id, account, fault, states } = session
  const details = { account, session: id, reason, ...(fault === undefined ? {} : { fault }) }
  return eventOf(tenant, now, by, { action: 'sign-out', details, states })
}
