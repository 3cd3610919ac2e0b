import { textArray, type Tx } from '#db'
import type { EntryState, RecalledState } from '#ledger'

export const channel = 'chartkeep_identity'

/** Whose sessions or tokens changed: one session, all of an account's, all of a client's tokens. */
export interface Change {
  readonly kind: 'session' | 'account' | 'client'
  readonly id: string
}

export interface Notice extends Change {
  readonly tenant: number
  readonly revision: bigint
}

/**
 * Tells every process that remembers sessions and tokens, when this transaction commits. The revision counts these
 * changes, so that whoever missed a notice sees that one was missed.
 */
export async function announce(tx: Tx, tenant: number, { kind, id }: Change): Promise<void> {
  await tx.query({
    text: `with counted as (
        insert into identity.revision as r (tenant, n) values ($1::integer, 1)
        on conflict (tenant) do update set n = case when r.n between 0 and 1e15 then r.n + 1 else 1 end returning n)
      select pg_notify('${channel}', $1::integer || ':' || n || ':' || $2::text || ':' || $3::text) from counted`,
    values: [tenant, kind, id],
    changes: 1,
  })
}

export const stateChannel = 'chartkeep_state'

/** Tells every process which states are the newest, when this transaction commits. */
export async function announceStates(tx: Tx, states: readonly EntryState[]): Promise<void> {
  if (states.length === 0) return
  await tx.query({
    text: `select pg_notify('${stateChannel}', state) from unnest($1::text[]) as state`,
    values: [textArray(states.map(({ kind, subject, version }) => `${kind}:${subject}:${version}`))],
    changes: states.length,
  })
}

/** Undefined for anything but one of our notices: then all of them are read again. */
export function parseStateNotice(payload: string): Omit<RecalledState, 'at'> | undefined {
  const [, kind, subject, digits] = /^(account|session|client|token):([0-9a-f-]{36}):(\d{1,15})$/.exec(payload) ?? []
  if (kind === undefined || subject === undefined) return undefined
  return { kind, subject, version: Number(digits) }
}

/** Undefined for anything but one of our notices: then everything is looked up again. */
export function parseNotice(payload: string): Notice | undefined {
  const match = /^(\d+):(\d+):(session|account|client):([0-9a-f-]{36})$/.exec(payload)
  const [, tenant = '', revision = '', kind, id = ''] = match ?? []
  if (kind !== 'session' && kind !== 'account' && kind !== 'client') return undefined
  return { tenant: Number(tenant), revision: BigInt(revision), kind, id }
}

export async function readRevision(tx: Tx, tenant: number): Promise<bigint> {
  const { rows } = await tx.query<{ n: string }>({
    name: 'identity-revision',
    text: 'select n from identity.revision where tenant = $1',
    values: [tenant],
  })
  return BigInt(rows[0]?.n ?? 0)
}
