import type { Id } from '#base'
import type { Tx } from '#db'
import type { Keyring } from '#keys'
import type { AccountState } from './account-state.ts'
import { codeOf, hexOf, isCode, readable, timeOf } from './authentic.ts'
import { digestOf } from './opaque.ts'

/** The password was right; the second factor is still to come. */
export interface Ticket {
  readonly digest: Buffer
  /** Sealed secret of a one-time code that is being enrolled. */
  readonly secret: Buffer | null
  /** Unix ms. */
  readonly expires: number
}

const mostTries = 5

/** It goes with the credentials that it was given for: another password or another second factor ends it. */
function ticketCode(keys: Keyring, account: AccountState, { digest, secret, expires }: Ticket): Buffer {
  const { tenant, id, password, factor } = account
  return codeOf(keys, {
    ...{ kind: 'ticket', tenant, id, version: 1 },
    facts: {
      ...{ digest: hexOf(digest), secret: secret && hexOf(secret), expires },
      password: password && hexOf(password.hash),
      factor: factor && hexOf(factor.secret),
    },
  })
}

/** @param account as it stands when the ticket is given */
export async function insertTicket(tx: Tx, keys: Keyring, account: AccountState, ticket: Ticket): Promise<void> {
  const { digest, secret, expires } = ticket
  await tx.query({
    text: `insert into identity.ticket (tenant, digest, account, secret, tries, expires, mac)
      values ($1, $2, $3, $4, 0, $5, $6)`,
    values: [account.tenant, digest, account.id, secret, new Date(expires), ticketCode(keys, account, ticket)],
  })
}

/** Whose it says it is: to be held against that account by `tryTicket`. */
export async function ownerOf(tx: Tx, tenant: number, ticket: string): Promise<Id<'account'> | undefined> {
  const { rows } = await tx.query<{ account: Id<'account'> | null }>({
    text: 'select account from identity.ticket where tenant = $1 and digest = $2',
    values: [tenant, digestOf(ticket)],
  })
  return rows[0]?.account ?? undefined
}

/**
 * Takes one of the ticket's five tries, under the account's lock: undefined when there is none left or no such ticket any
 * more, 'altered' when it is not the one that was given.
 */
export async function tryTicket(
  tx: Tx,
  keys: Keyring,
  account: AccountState,
  ticket: string,
  now: number,
): Promise<Ticket | 'altered' | undefined> {
  const digest = digestOf(ticket)
  const { rows } = await tx.query<TicketColumns>({
    text: `update identity.ticket set tries = tries + 1
      where tenant = $1 and digest = $2 and tries < $3 and expires > $4 returning digest, account, secret, expires, mac`,
    values: [account.tenant, digest, mostTries, new Date(now)],
  })
  const [row] = rows
  return row === undefined ? undefined : (parseTicket(keys, account, row) ?? 'altered')
}

export interface TicketColumns {
  digest: Buffer
  account: Id<'account'>
  secret: Buffer | null
  expires: Date
  mac: Buffer
}

/** Whether it was given to this account, with the credentials that it has now. */
export function isTicketOf(keys: Keyring, account: AccountState, row: TicketColumns): boolean {
  return parseTicket(keys, account, row) !== undefined
}

function parseTicket(keys: Keyring, account: AccountState, row: TicketColumns): Ticket | undefined {
  return readable(() => {
    const found = { digest: row.digest, secret: row.secret, expires: timeOf(row.expires) }
    return row.account === account.id && isCode(ticketCode(keys, account, found), row.mac) ? found : undefined
  })
}

export async function dropTicket(tx: Tx, tenant: number, ticket: string): Promise<void> {
  await tx.query({
    text: 'delete from identity.ticket where tenant = $1 and digest = $2',
    values: [tenant, digestOf(ticket)],
    changes: 1,
  })
}

export async function dropTicketsOf(tx: Tx, tenant: number, account: string): Promise<void> {
  await tx.query({ text: 'delete from identity.ticket where tenant = $1 and account = $2', values: [tenant, account] })
}
