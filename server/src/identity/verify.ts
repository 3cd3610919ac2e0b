import type { Clock } from '#base'
import { type Database, type Tx, uuidArray } from '#db'
import type { Keyring } from '#keys'
import { everyNewestState, newestStates, type StateKind, type StateRow } from '#ledger'
import { accountClaim, type AccountColumns, accountSelect } from './account-state.ts'
import { codeLength, isCode } from './authentic.ts'
import { clientClaim, type ClientColumns, clientSelect } from './client-state.ts'
import { sessionClaim, type SessionColumns, sessionSelect } from './session-state.ts'
import { type Claim, faultOf, type RowFault } from './standings.ts'
import { isTicketOf, type TicketColumns } from './tickets.ts'
import { parseToken, type TokenColumns, tokenColumns, tokenId } from './token-rows.ts'

/** A row, or a missing one, that is not as it was written. */
export interface IdentityFault {
  readonly kind: StateKind | 'ticket'
  readonly id: string
  readonly what: string
}

export interface IdentityVerified {
  readonly rows: number
  readonly faults: readonly IdentityFault[]
}

const pageLength = 500
const mostFaults = 100
const noCode = Buffer.alloc(codeLength)

const words: Readonly<Record<RowFault | 'missing' | 'orphan' | 'revoked', string>> = {
  altered: 'is not as it was written: a column was changed, or a part of it added, removed or taken from another',
  'put-back': 'is not in its newest state: an earlier row was put back, or what ended it was undone',
  unrecorded: 'is stored in a state that no entry records',
  missing: 'was recorded, but its row is not there',
  orphan: 'has parts stored, but no row of its own',
  revoked: 'is marked as revoked, but no entry records it',
}

/**
 * Holds every account, session, client, token and ticket against its code and against the newest state that the ledger has
 * of it, and looks for those that are missing. Together with `verifyLedger`, which shows that those states are what entries
 * recorded, it names everything that somebody without the keyring could have done here to be let in. On one snapshot, a
 * page at a time.
 */
export async function verifyIdentity(options: {
  readonly db: Database
  readonly keys: Keyring
  readonly clock: Clock
  readonly tenant: number
}): Promise<IdentityVerified> {
  const { db, keys, clock, tenant } = options
  return db.inspect(tenant, async (tx) => {
    const faults: IdentityFault[] = []
    const add = (kind: IdentityFault['kind'], id: string, what: keyof typeof words): void => {
      if (faults.length < mostFaults) faults.push({ kind, id, what: words[what] })
    }
    let rows = 0
    for (const table of tablesOf(keys, tenant)) {
      for await (const claims of claimsIn(tx, tenant, table)) {
        rows += claims.length
        for (const claim of claims) {
          const fault = judge(claim)
          if (fault !== undefined) add(table.kind, claim.id, fault)
        }
      }
    }
    for await (const page of everyNewestState(tx, tenant))
      for (const { kind, id } of await missingOf(tx, tenant, page)) add(kind, id, 'missing')
    for await (const page of tokensIn(tx, tenant)) {
      rows += page.length
      for (const { id, fault } of await faultyTokens(tx, keys, tenant, page)) add('token', id, fault)
    }
    for (const account of await faultyTickets(tx, keys, tenant, clock.now())) add('ticket', account, 'altered')
    for (const { kind, id } of await orphansIn(tx, tenant)) add(kind, id, 'orphan')
    return { rows, faults }
  })
}

/** Whether nothing can be gained by the row, whatever it says. */
type Ending<R> = Claim<R> & { readonly closed: boolean }

/** What ended while it did not hold has no code to go by: it has to be marked as ended, and then grants nothing. */
function judge(claim: Ending<unknown>): RowFault | undefined {
  const { newest } = claim
  const endedUnseen = newest?.ended === true && isCode(noCode, newest.mac)
  return endedUnseen && claim.closed ? undefined : faultOf(claim)
}

interface Table {
  readonly kind: 'account' | 'client' | 'session'
  readonly select: string
  readonly id: string
  claim(row: Record<string, unknown>): Ending<unknown>
}

function tablesOf(keys: Keyring, tenant: number): readonly Table[] {
  const table = <Columns>(
    names: Omit<Table, 'claim'>,
    claim: (keys: Keyring, tenant: number, row: Columns) => Claim<unknown>,
    closed: (row: Columns) => boolean,
  ): Table => ({
    ...names,
    claim: (found) => {
      // oxlint-disable-next-line no-unsafe-type-assertion -- the columns of its own select
      const row = found as Columns
      return { ...claim(keys, tenant, row), closed: closed(row) }
    },
  })
  return [
    table<AccountColumns>(
      { kind: 'account', select: accountSelect, id: 'a.id' },
      accountClaim,
      ({ disabled }) => disabled !== null,
    ),
    table<ClientColumns>(
      { kind: 'client', select: clientSelect, id: 'c.id' },
      clientClaim,
      ({ disabled }) => disabled !== null,
    ),
    table<SessionColumns>(
      { kind: 'session', select: sessionSelect, id: 's.id' },
      sessionClaim,
      ({ ended }) => ended !== null,
    ),
  ]
}

async function* claimsIn(tx: Tx, tenant: number, { select, id, claim }: Table): AsyncGenerator<Ending<unknown>[]> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await tx.query({
      text: `${select} and ${id} > $2::uuid order by ${id} limit ${pageLength}`,
      values: [tenant, after],
    })
    const claims = rows.map(claim)
    yield claims
    const last = claims.at(-1)
    if (last === undefined || rows.length < pageLength) return
    after = last.id
  }
}

interface Part {
  readonly kind: 'account' | 'client' | 'session'
  readonly id: string
}

/** Accounts and clients stay for ever; a session may go when it has ended, and a token when it likes. */
async function missingOf(tx: Tx, tenant: number, page: readonly StateRow[]): Promise<Part[]> {
  const missing: Part[] = []
  for (const kind of ['account', 'client', 'session'] as const) {
    const expected = page.filter((state) => state.kind === kind && (kind !== 'session' || !state.ended))
    if (expected.length === 0) continue
    const { rows } = await tx.query<{ id: string }>({
      text: `select id from identity.${kind} where tenant = $1 and id = any($2::uuid[])`,
      values: [tenant, uuidArray(expected.map(({ subject }) => subject))],
    })
    const there = new Set(rows.map(({ id }) => id))
    for (const { subject: id } of expected) if (!there.has(id)) missing.push({ kind, id })
  }
  return missing
}

async function* tokensIn(tx: Tx, tenant: number): AsyncGenerator<TokenColumns[]> {
  for (let after: Uint8Array = Buffer.alloc(0); ;) {
    const { rows } = await tx.query<TokenColumns>({
      text: `select ${tokenColumns} from identity.token where tenant = $1 and digest > $2 order by digest limit ${pageLength}`,
      values: [tenant, after],
    })
    yield rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageLength) return
    after = last.digest
  }
}

interface TokenFault {
  readonly id: string
  readonly fault: RowFault | 'revoked'
}

async function faultyTokens(
  tx: Tx,
  keys: Keyring,
  tenant: number,
  page: readonly TokenColumns[],
): Promise<TokenFault[]> {
  const numbered = page.map((row) => ({ row, id: tokenId(row.digest.subarray(0, 16)) }))
  const ended = await newestStates(
    tx,
    numbered.map(({ id }) => id),
  )
  return numbered.flatMap(({ row, id }): TokenFault[] => {
    if (ended.has(id)) return row.revoked === null ? [{ id, fault: 'put-back' }] : []
    if (parseToken(keys, tenant, row) === undefined) return [{ id, fault: 'altered' }]
    return row.revoked === null ? [] : [{ id, fault: 'revoked' }]
  })
}

/** Accounts with a ticket, of those still good, that was not given for it as it is. */
async function faultyTickets(tx: Tx, keys: Keyring, tenant: number, now: number): Promise<string[]> {
  const { rows: tickets } = await tx.query<TicketColumns>({
    text: 'select digest, account, secret, expires, mac from identity.ticket where tenant = $1 and expires > $2',
    values: [tenant, new Date(now)],
  })
  const { rows } = await tx.query<AccountColumns>({
    text: `${accountSelect} and a.id = any($2::uuid[])`,
    values: [tenant, uuidArray([...new Set(tickets.map(({ account }) => account))])],
  })
  const accounts = new Map(rows.map((row) => [row.id, accountClaim(keys, tenant, row).row]))
  return tickets.flatMap((ticket) => {
    const account = accounts.get(ticket.account)
    return account !== undefined && isTicketOf(keys, account, ticket) ? [] : [ticket.account]
  })
}

/** Parts of an account or a client that there is not. */
async function orphansIn(tx: Tx, tenant: number): Promise<Part[]> {
  const ofAccount = ['password', 'second_factor', 'recovery_code'].map(
    (table) => `select 'account' as kind, p.account as id from identity.${table} p where p.tenant = $1 and not exists
      (select 1 from identity.account a where a.tenant = p.tenant and a.id = p.account)`,
  )
  const { rows } = await tx.query<{ kind: Part['kind']; id: string }>({
    text: `${ofAccount.join(' union ')} union select 'client', k.client from identity.client_key k where k.tenant = $1
      and not exists (select 1 from identity.client c where c.tenant = k.tenant and c.id = k.client) limit ${mostFaults}`,
    values: [tenant],
  })
  return rows
}
