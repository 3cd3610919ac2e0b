import type { Id } from '#base'
import type { Tx } from '#db'
import type { Keyring } from '#keys'
import { type EntryState, newestStates } from '#ledger'
import { codeOf, hexOf, isCode, readable, timeOf } from './authentic.ts'
import type { Parts } from './parts.ts'
import { endedBy, type RowFault } from './standings.ts'

/** An access token as it was issued; it never changes, it is only revoked. Times in Unix ms. */
export interface TokenState {
  readonly tenant: number
  /** SHA-256 of the token. */
  readonly digest: Buffer
  readonly client: Id<'client'>
  readonly scopes: readonly string[]
  readonly issued: number
  readonly expires: number
}

export interface TokenColumns {
  digest: Buffer
  client: Id<'client'>
  scopes: string[]
  issued: Date
  expires: Date
  revoked: Date | null
  mac: Buffer
}

export const tokenColumns = 'digest, client, scopes, issued, expires, revoked, mac'

/** What the ledger calls a token by: an id made of its hash, which says as little. */
export function tokenId(digest: Buffer): Id<'token'> {
  const hex = digest.toString('hex')
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)]
  // oxlint-disable-next-line no-unsafe-type-assertion -- 32 digits of hexadecimal in groups
  return groups.join('-') as Id<'token'>
}

function tokenCode(keys: Keyring, { tenant, digest, client, scopes, issued, expires }: TokenState): Buffer {
  return codeOf(keys, {
    ...{ kind: 'token', tenant, id: hexOf(digest), version: 1 },
    facts: { client, scopes, issued, expires },
  })
}

/** The token that was issued; undefined when the row is not what was written. */
export function parseToken(keys: Keyring, tenant: number, row: TokenColumns): TokenState | undefined {
  return readable(() => {
    const { digest, client, scopes, mac } = row
    const state = { tenant, digest, client, scopes, issued: timeOf(row.issued), expires: timeOf(row.expires) }
    return isCode(tokenCode(keys, state), mac) ? state : undefined
  })
}

/** Being issued needs no state in the ledger, because nothing came before: only its end does. */
export async function insertToken(tx: Tx, { keys }: Parts, state: TokenState): Promise<void> {
  const { tenant, digest, client, scopes, issued, expires } = state
  await tx.query({
    text: `insert into identity.token (tenant, digest, client, scopes, issued, expires, mac)
      values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [...[tenant, digest, client, scopes, new Date(issued), new Date(expires)], tokenCode(keys, state)],
  })
}

/** The token that is not revoked, also by the ledger. One that does not hold is named, and not found. */
export async function findToken(tx: Tx, parts: Parts, tenant: number, digest: Buffer): Promise<TokenState | undefined> {
  const id = tokenId(digest)
  const [{ rows }, newest] = await Promise.all([
    tx.query<TokenColumns>({
      name: 'identity-token',
      text: `select ${tokenColumns} from identity.token where tenant = $1 and digest = $2 and revoked is null`,
      values: [tenant, digest],
    }),
    newestStates(tx, [id]),
  ])
  const [row] = rows
  if (row === undefined) return undefined
  const state = parseToken(parts.keys, tenant, row)
  const over = newest.has(id) || parts.standings.isOver(id)
  const fault: RowFault | undefined = state === undefined ? 'altered' : over ? 'put-back' : undefined
  if (fault === undefined) return state
  parts.standings.name({ tenant, kind: 'token', id, fault }, newest.get(id))
  return undefined
}

/**
 * Ends a token of this client; undefined when it is over already, or another's. One that does not hold or is not there ends
 * too: it could be hidden while it is given back. The caller has seen that it was made here, and its entry records what is
 * returned.
 */
export async function endToken(
  tx: Tx,
  { keys }: Parts,
  { tenant, digest, client }: Pick<TokenState, 'tenant' | 'digest' | 'client'>,
  now: number,
): Promise<readonly EntryState[] | undefined> {
  const { rows } = await tx.query<TokenColumns>({
    text: `select ${tokenColumns} from identity.token where tenant = $1 and digest = $2 for update`,
    values: [tenant, digest],
  })
  const [row] = rows
  const state = row === undefined ? undefined : parseToken(keys, tenant, row)
  const id = tokenId(digest)
  const newest = (await newestStates(tx, [id])).get(id)
  if (newest?.ended === true || (state !== undefined && state.client !== client)) return undefined
  await tx.query({
    text: 'update identity.token set revoked = $3 where tenant = $1 and digest = $2',
    values: [tenant, digest, new Date(now)],
    changes: rows.length,
  })
  return endedBy('token', id, newest)
}
