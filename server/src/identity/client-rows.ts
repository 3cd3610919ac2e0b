import { type Id, sha256 } from '#base'
import { type Tx, uuidArray } from '#db'
import type { Keyring } from '#keys'
import type { ClientKey } from './client-keys.ts'
import { openAt, type Place } from './people.ts'

export interface ClientRow {
  readonly tenant: number
  readonly id: Id<'client'>
  readonly name: string
  readonly scopes: readonly string[]
  readonly disabled: boolean
  /** Unix ms. */
  readonly created: number
  readonly keys: readonly ClientKey[]
}

interface Columns {
  id: Id<'client'>
  name: Buffer
  scopes: string[]
  created: Date
  disabled: Date | null
  keys: ClientKey[]
}

const select = `select c.id, c.name, c.scopes, c.created, c.disabled,
    coalesce((select jsonb_agg(jsonb_build_object('kid', k.kid, 'kty', k.kty, 'jwk', k.jwk))
      from identity.client_key k where k.tenant = c.tenant and k.client = c.id), '[]') as keys
  from identity.client c where c.tenant = $1`

export async function findClient(tx: Tx, keys: Keyring, tenant: number, id: string): Promise<ClientRow | undefined> {
  const { rows } = await tx.query<Columns>({ text: `${select} and c.id = $2`, values: [tenant, id] })
  return rows[0] === undefined ? undefined : toRow(keys, tenant, rows[0])
}

/** All of them in the order of registration, or those with these ids. */
export async function listClientRows(
  tx: Tx,
  keys: Keyring,
  tenant: number,
  ids?: readonly Id<string>[],
): Promise<ClientRow[]> {
  const query =
    ids === undefined
      ? { text: `${select} order by c.created`, values: [tenant] }
      : { text: `${select} and c.id = any($2::uuid[])`, values: [tenant, uuidArray(ids)] }
  const { rows } = await tx.query<Columns>(query)
  return rows.map((row) => toRow(keys, tenant, row))
}

function toRow(keys: Keyring, tenant: number, row: Columns): ClientRow {
  return {
    tenant,
    id: row.id,
    name: openAt(keys, clientPlace(tenant, row.id), row.name).toString().trimEnd(),
    scopes: row.scopes,
    disabled: row.disabled !== null,
    created: row.created.getTime(),
    keys: row.keys,
  }
}

export function clientPlace(tenant: number, id: string): Place {
  return { tenant, column: 'client.name', owner: id }
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
