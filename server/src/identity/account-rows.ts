import type { Id } from '#base'
import { type Tx, uuidArray } from '#db'
import type { Keyring } from '#keys'
import type { PasswordHash } from './password-hash.ts'
import { openPerson, type PersonFacts } from './people.ts'

/** An account with what it takes to sign in to it; times in Unix ms. */
export interface AccountRow {
  readonly tenant: number
  readonly id: Id<'account'>
  readonly nameKey: Buffer
  readonly person: PersonFacts
  readonly roles: readonly string[]
  readonly disabled: boolean
  readonly enrolBy: number
  readonly enrolled: boolean
  readonly lastSignIn: number | undefined
  readonly password: PasswordHash | undefined
}

interface Columns {
  id: Id<'account'>
  name_key: Buffer
  person: Buffer
  roles: string[]
  disabled: Date | null
  enrol_by: Date
  enrolled: boolean
  last_sign_in: Date | null
  hash: Buffer | null
  salt: Buffer
  memory: number
  passes: number
  lanes: number
}

const select = `select a.id, a.name_key, a.person, a.roles, a.disabled, a.enrol_by, a.last_sign_in,
    f.account is not null as enrolled, p.hash, p.salt, p.memory, p.passes, p.lanes
  from identity.account a
  left join identity.password p on p.tenant = a.tenant and p.account = a.id
  left join identity.second_factor f on f.tenant = a.tenant and f.account = a.id
  where a.tenant = $1`

export async function findByName(
  tx: Tx,
  keys: Keyring,
  tenant: number,
  nameKey: Buffer,
): Promise<AccountRow | undefined> {
  const { rows } = await tx.query<Columns>({ text: `${select} and a.name_key = $2`, values: [tenant, nameKey] })
  return rows[0] === undefined ? undefined : toRow(keys, tenant, rows[0])
}

export async function findById(tx: Tx, keys: Keyring, tenant: number, id: string): Promise<AccountRow | undefined> {
  const { rows } = await tx.query<Columns>({ text: `${select} and a.id = $2`, values: [tenant, id] })
  return rows[0] === undefined ? undefined : toRow(keys, tenant, rows[0])
}

/** The same, and nobody else changes or signs in to the account until this transaction ends. */
export async function lockById(tx: Tx, keys: Keyring, tenant: number, id: string): Promise<AccountRow | undefined> {
  const { rows } = await tx.query<Columns>({ text: `${select} and a.id = $2 for update of a`, values: [tenant, id] })
  return rows[0] === undefined ? undefined : toRow(keys, tenant, rows[0])
}

/** All of them, or those with these ids. */
export async function listRows(
  tx: Tx,
  keys: Keyring,
  tenant: number,
  ids?: readonly Id<string>[],
): Promise<AccountRow[]> {
  const query =
    ids === undefined
      ? { text: select, values: [tenant] }
      : { text: `${select} and a.id = any($2::uuid[])`, values: [tenant, uuidArray(ids)] }
  const { rows } = await tx.query<Columns>(query)
  return rows.map((row) => toRow(keys, tenant, row))
}

function toRow(keys: Keyring, tenant: number, row: Columns): AccountRow {
  const { hash, salt, memory, passes, lanes } = row
  return {
    tenant,
    id: row.id,
    nameKey: row.name_key,
    person: openPerson(keys, tenant, row.id, row.person),
    roles: row.roles,
    disabled: row.disabled !== null,
    enrolBy: row.enrol_by.getTime(),
    enrolled: row.enrolled,
    lastSignIn: row.last_sign_in?.getTime(),
    password: hash === null ? undefined : { hash, salt, memory, passes, lanes },
  }
}

export async function writePassword(
  tx: Tx,
  tenant: number,
  account: string,
  password: PasswordHash,
  now: number,
): Promise<void> {
  await tx.query({
    text: `insert into identity.password (tenant, account, hash, salt, memory, passes, lanes, changed)
      values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict (tenant, account) do update set hash = excluded.hash, salt = excluded.salt, memory = excluded.memory,
        passes = excluded.passes, lanes = excluded.lanes, changed = excluded.changed`,
    values: [
      tenant,
      account,
      password.hash,
      password.salt,
      password.memory,
      password.passes,
      password.lanes,
      new Date(now),
    ],
  })
}
