import { type Id, Refusal } from '#base'
import { byteaArray, timestamptzArray, type Tx, uuidArray } from '#db'
import type { EntryState } from '#ledger'
import {
  accountClaim,
  type AccountColumns,
  accountEntry,
  type AccountRow,
  accountSelect,
  type AccountState,
} from './account-state.ts'
import type { Parts } from './parts.ts'
import type { Judged } from './standings.ts'

export type { AccountRow, AccountState } from './account-state.ts'

interface Which {
  /** Prepared under this name: planning takes longer than the rest. */
  readonly name?: string
  readonly condition: string
  readonly value: unknown
}

const byId = (id: string): Which => ({ name: 'identity-account', condition: 'and a.id = $2', value: id })

/** An account that does not hold is like a name that nobody has: it is named in the log and the ledger, and opens nothing. */
export async function findByName(
  tx: Tx,
  parts: Parts,
  tenant: number,
  nameKey: Buffer,
): Promise<AccountRow | undefined> {
  const [found] = await read(tx, parts, tenant, {
    name: 'identity-account-by-name',
    condition: 'and a.name_key = $2',
    value: nameKey,
  })
  return found?.fault === undefined ? found?.row : undefined
}

/** Throws 'account-damaged'. */
export async function findById(tx: Tx, parts: Parts, tenant: number, id: string): Promise<AccountRow | undefined> {
  return whole(await read(tx, parts, tenant, byId(id)))
}

/** The account of a session that this condition finds, in the terms of `s` and $2. Throws 'account-damaged'. */
export async function findBySession(
  tx: Tx,
  parts: Parts,
  tenant: number,
  session: Which,
): Promise<AccountRow | undefined> {
  const owner = `select s.account from identity.session s where s.tenant = $1 and ${session.condition} limit 1`
  return whole(await read(tx, parts, tenant, { ...session, condition: `and a.id = (${owner})` }))
}

/** The same, and nobody else changes or signs in to the account until this transaction ends. Throws 'account-damaged'. */
export async function lockById(tx: Tx, parts: Parts, tenant: number, id: string): Promise<AccountRow | undefined> {
  // In two statements: after a wait the second one sees what the first waited for, in all four tables.
  const [, found] = await Promise.all([lock(tx, tenant, id), read(tx, parts, tenant, byId(id))])
  return whole(found)
}

function lock(tx: Tx, tenant: number, id: string) {
  return tx.query({
    text: 'select 1 from identity.account where tenant = $1 and id = $2 for update',
    values: [tenant, id],
  })
}

/** All of them, or those with these ids; those that do not hold too. */
export async function listRows(
  tx: Tx,
  parts: Parts,
  tenant: number,
  ids?: readonly Id<string>[],
): Promise<Judged<AccountRow>[]> {
  const which = ids === undefined ? undefined : { condition: 'and a.id = any($2::uuid[])', value: uuidArray(ids) }
  return read(tx, parts, tenant, which)
}

async function read(tx: Tx, { keys, standings }: Parts, tenant: number, which?: Which): Promise<Judged<AccountRow>[]> {
  return standings.hold({ tenant, kind: 'account' }, async () => {
    const { rows } = await tx.query<AccountColumns>({
      ...(which?.name === undefined ? {} : { name: which.name }),
      text: `${accountSelect} ${which?.condition ?? ''}`,
      values: which === undefined ? [tenant] : [tenant, which.value],
    })
    return rows.map((row) => accountClaim(keys, tenant, row))
  })
}

function whole([found]: readonly Judged<AccountRow>[]): AccountRow | undefined {
  if (found?.fault !== undefined) throw new Refusal('account-damaged')
  return found?.row
}

/** A first state; undefined when the user name is taken. The caller's entry records what is returned. */
export async function insertAccount(tx: Tx, { keys }: Parts, state: AccountState): Promise<EntryState | undefined> {
  const entry = accountEntry(keys, state, 1)
  const { tenant, id, nameKey, sealedPerson, roles, created, enrolBy, round } = state
  const { rowCount } = await tx.query({
    text: `insert into identity.account (tenant, id, name_key, person, roles, created, enrol_by, round, version, mac)
      values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9) on conflict (tenant, name_key) do nothing`,
    values: [...[tenant, id, nameKey, sealedPerson, roles, new Date(created), new Date(enrolBy)], round, entry.mac],
  })
  if (rowCount === 0) return undefined
  await writeParts(tx, undefined, state)
  return entry
}

/**
 * The next state of an account that was locked and holds. The code is over what stands in memory, never over what the
 * database gives back. The caller's entry records what is returned.
 */
export async function saveAccount(
  tx: Tx,
  { keys }: Parts,
  before: AccountRow,
  after: AccountState,
): Promise<EntryState> {
  const version = before.version + 1
  const entry = accountEntry(keys, after, version)
  await tx.query({
    text: `update identity.account set roles = $3, enrol_by = $4, disabled = $5, last_sign_in = $6, round = $7,
        version = $8, mac = $9 where tenant = $1 and id = $2`,
    values: [
      ...[after.tenant, after.id, after.roles, new Date(after.enrolBy)],
      ...[dateOrNull(after.disabled), dateOrNull(after.lastSignIn), after.round, version, entry.mac],
    ],
    changes: 1,
  })
  await writeParts(tx, before, after)
  return entry
}

/** Says so in the row of an account that cannot be trusted, if there is one. */
export async function markDisabled(tx: Tx, tenant: number, id: string, now: number): Promise<void> {
  const { rowCount } = await lock(tx, tenant, id)
  await tx.query({
    text: 'update identity.account set disabled = coalesce(disabled, $3) where tenant = $1 and id = $2',
    values: [tenant, id, new Date(now)],
    changes: rowCount,
  })
}

const dateOrNull = (time: number | null): Date | null => (time === null ? null : new Date(time))

/** What changed in the other tables. */
async function writeParts(tx: Tx, before: AccountState | undefined, after: AccountState): Promise<void> {
  const { tenant, id, password, factor, recovery } = after
  if (password !== null && password !== before?.password) {
    const { hash, salt, memory, passes, lanes, changed } = password
    await tx.query({
      text: `insert into identity.password (tenant, account, hash, salt, memory, passes, lanes, changed)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (tenant, account) do update set hash = excluded.hash, salt = excluded.salt, memory = excluded.memory,
          passes = excluded.passes, lanes = excluded.lanes, changed = excluded.changed`,
      values: [tenant, id, hash, salt, memory, passes, lanes, new Date(changed)],
    })
  }
  if (factor === null && before?.factor)
    await tx.query({
      text: 'delete from identity.second_factor where tenant = $1 and account = $2',
      values: [tenant, id],
      changes: 1,
    })
  if (factor !== null && factor !== before?.factor) {
    await tx.query({
      text: `insert into identity.second_factor (tenant, account, secret, last_step, enrolled) values ($1, $2, $3, $4, $5)
        on conflict (tenant, account) do update set secret = excluded.secret, last_step = excluded.last_step,
          enrolled = excluded.enrolled`,
      values: [tenant, id, factor.secret, factor.lastStep, new Date(factor.enrolled)],
    })
  }
  if (recovery === before?.recovery || (before === undefined && recovery.length === 0)) return
  await tx.query({
    text: 'delete from identity.recovery_code where tenant = $1 and account = $2',
    values: [tenant, id],
    changes: before?.recovery.length ?? 0,
  })
  await tx.query({
    text: `insert into identity.recovery_code (tenant, account, hash, used)
      select $1, $2, c.hash, c.used from unnest($3::bytea[], $4::timestamptz[]) as c(hash, used)`,
    values: [
      ...[tenant, id],
      byteaArray(recovery.map(({ hash }) => hash)),
      timestamptzArray(recovery.map(({ used }) => used)),
    ],
    changes: recovery.length,
  })
}
