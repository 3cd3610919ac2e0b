import { type Id, Refusal, sha256 } from '#base'
import { type Tx, uuidArray } from '#db'
import type { EntryState } from '#ledger'
import {
  clientClaim,
  type ClientColumns,
  clientEntry,
  type ClientRow,
  clientSelect,
  type ClientState,
} from './client-state.ts'
import type { Parts } from './parts.ts'
import type { Judged } from './standings.ts'

export type { ClientRow, ClientState } from './client-state.ts'

/** Throws 'client-damaged'. */
export async function findClient(tx: Tx, parts: Parts, tenant: number, id: string): Promise<ClientRow | undefined> {
  const [found] = await read(tx, parts, tenant, {
    name: 'identity-client',
    condition: 'and c.id = $2',
    values: [id],
  })
  if (found?.fault !== undefined) throw new Refusal('client-damaged')
  return found?.row
}

/** The same, and nobody else changes it until this transaction ends. */
export async function lockClient(tx: Tx, parts: Parts, tenant: number, id: string): Promise<ClientRow | undefined> {
  await lock(tx, tenant, id)
  return findClient(tx, parts, tenant, id)
}

function lock(tx: Tx, tenant: number, id: string) {
  return tx.query({
    text: 'select 1 from identity.client where tenant = $1 and id = $2 for update',
    values: [tenant, id],
  })
}

/** All of them in the order of registration, or those with these ids; those that do not hold too. */
export async function listClientRows(
  tx: Tx,
  parts: Parts,
  tenant: number,
  ids?: readonly Id<string>[],
): Promise<Judged<ClientRow>[]> {
  return ids === undefined
    ? read(tx, parts, tenant, { condition: 'order by c.created', values: [] })
    : read(tx, parts, tenant, { condition: 'and c.id = any($2::uuid[])', values: [uuidArray(ids)] })
}

async function read(
  tx: Tx,
  { keys, standings }: Parts,
  tenant: number,
  {
    name,
    condition,
    values,
  }: { readonly name?: string; readonly condition: string; readonly values: readonly unknown[] },
): Promise<Judged<ClientRow>[]> {
  return standings.hold({ tenant, kind: 'client' }, async () => {
    const { rows } = await tx.query<ClientColumns>({
      ...(name === undefined ? {} : { name }),
      text: `${clientSelect} ${condition}`,
      values: [tenant, ...values],
    })
    return rows.map((row) => clientClaim(keys, tenant, row))
  })
}

/** A first state. The caller's entry records what is returned. */
export async function insertClient(tx: Tx, { keys }: Parts, state: ClientState): Promise<EntryState> {
  const entry = clientEntry(keys, state, 1)
  const { tenant, id, sealedName, sealedBlind, scopes, created } = state
  await tx.query({
    text: `insert into identity.client (tenant, id, name, scopes, blind, created, version, mac)
      values ($1, $2, $3, $4, $5, $6, 1, $7)`,
    values: [tenant, id, sealedName, scopes, sealedBlind, new Date(created), entry.mac],
  })
  for (const { kid, kty, jwk, added } of state.keys) {
    await tx.query({
      text: 'insert into identity.client_key (tenant, client, kid, kty, jwk, added) values ($1, $2, $3, $4, $5, $6)',
      values: [tenant, id, kid, kty, JSON.stringify(jwk), new Date(added)],
    })
  }
  return entry
}

/** The next state of a client that was locked and holds, its keys as they were. Recorded by the caller. */
export async function saveClient(tx: Tx, { keys }: Parts, before: ClientRow, after: ClientState): Promise<EntryState> {
  const version = before.version + 1
  const entry = clientEntry(keys, after, version)
  await tx.query({
    text: 'update identity.client set scopes = $3, disabled = $4, version = $5, mac = $6 where tenant = $1 and id = $2',
    values: [
      ...[after.tenant, after.id, after.scopes],
      ...[after.disabledAt === null ? null : new Date(after.disabledAt), version, entry.mac],
    ],
    changes: 1,
  })
  return entry
}

/** Says so in the row of a client that cannot be trusted, if there is one. */
export async function markDisabled(tx: Tx, tenant: number, id: string, now: number): Promise<void> {
  const { rowCount } = await lock(tx, tenant, id)
  await tx.query({
    text: 'update identity.client set disabled = coalesce(disabled, $3) where tenant = $1 and id = $2',
    values: [tenant, id, new Date(now)],
    changes: rowCount,
  })
}

/** False when this assertion was used before, by whichever process, also just now. */
export async function useAssertion(
  tx: Tx,
  tenant: number,
  client: string,
  used: { jti: string; expires: number },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    text: `insert into identity.assertion (tenant, client, jti, expires) values ($1, $2, $3, $4)
      on conflict (tenant, client, jti) do nothing`,
    values: [tenant, client, sha256(used.jti), new Date(used.expires)],
  })
  return rowCount > 0
}
