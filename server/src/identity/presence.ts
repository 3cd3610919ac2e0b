import type { Id } from '#base'
import type { EntryFacts } from '#ledger'
import { type By, eventOf } from './parts.ts'
import type { SessionRow } from './session-rows.ts'

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
export function personBy({ account, role, workstation }: SessionRow, request: string): By {
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

export function endEvent(row: SessionRow, now: number, by: By, reason: EndReason): EntryFacts {
  return eventOf(row.tenant, now, by, {
    action: 'sign-out',
    details: { account: row.account, session: row.id, reason },
  })
}
