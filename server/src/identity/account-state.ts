import type { Id } from '#base'
import type { Keyring } from '#keys'
import { type EntryState, joinNewest, newestColumns, type NewestColumns, newestIn } from '#ledger'
import { codeOf, hexOf, readable, timeOf, timeOrNull } from './authentic.ts'
import type { PasswordHash } from './password-hash.ts'
import { openPerson, type PersonFacts } from './people.ts'
import type { Claim } from './standings.ts'

export interface Factor {
  /** Sealed secret of the one-time codes. */
  readonly secret: Buffer
  /** The newest time step whose code was used: it and all before it are spent. */
  readonly lastStep: number
  readonly enrolled: number
}

export interface RecoveryCode {
  readonly hash: Buffer
  readonly used: number | null
}

/**
 * An account with all that it takes to sign in to it: one state, under one code, though it stands in four tables. That
 * there is no second factor or recovery code is part of it. Times in Unix ms.
 */
export interface AccountState {
  readonly tenant: number
  readonly id: Id<'account'>
  readonly nameKey: Buffer
  /** As stored. */
  readonly sealedPerson: Buffer
  readonly roles: readonly string[]
  readonly created: number
  readonly enrolBy: number
  readonly disabled: number | null
  readonly lastSignIn: number | null
  /** Counts how often all sessions of the account were ended: a session of an earlier count is over. */
  readonly round: number
  readonly password: (PasswordHash & { readonly changed: number }) | null
  readonly factor: Factor | null
  readonly recovery: readonly RecoveryCode[]
}

export interface AccountRow extends AccountState {
  readonly version: number
  readonly person: PersonFacts
}

export interface AccountColumns extends NewestColumns {
  id: Id<'account'>
  name_key: Buffer
  person: Buffer
  roles: string[]
  created: Date
  enrol_by: Date
  disabled: Date | null
  last_sign_in: Date | null
  round: number
  version: string
  mac: Buffer
  hash: Buffer | null
  salt: Buffer
  memory: number
  passes: number
  lanes: number
  changed: Date
  secret: Buffer | null
  last_step: string
  enrolled: Date
  recovery: Buffer[]
  recovery_used: (Date | null)[]
}

export const accountSelect = `select a.id, a.name_key, a.person, a.roles, a.created, a.enrol_by, a.disabled, a.last_sign_in,
    a.round, a.version, a.mac, p.hash, p.salt, p.memory, p.passes, p.lanes, p.changed, f.secret, f.last_step, f.enrolled,
    array(select r.hash from identity.recovery_code r where r.tenant = a.tenant and r.account = a.id order by r.hash)
      as recovery,
    array(select r.used from identity.recovery_code r where r.tenant = a.tenant and r.account = a.id order by r.hash)
      as recovery_used,
    ${newestColumns}
  from identity.account a
  left join identity.password p on p.tenant = a.tenant and p.account = a.id
  left join identity.second_factor f on f.tenant = a.tenant and f.account = a.id
  ${joinNewest('a.id')}
  where a.tenant = $1`

/** What the row says, and the code that it would have if it were true. */
export function accountClaim(keys: Keyring, tenant: number, row: AccountColumns): Claim<AccountRow> {
  const version = Number(row.version)
  const state = readable(() => stateFrom(tenant, row))
  const code = state === undefined ? undefined : readable(() => accountCode(keys, state, version))
  const person = readable(() => openPerson(keys, tenant, row.id, row.person))
  const whole = state === undefined || person === undefined ? undefined : { ...state, version, person }
  const opened = person === undefined ? undefined : code
  return { id: row.id, version, mac: row.mac, code: opened, row: whole, newest: newestIn(row) }
}

function stateFrom(tenant: number, row: AccountColumns): AccountState {
  const { hash, salt, memory, passes, lanes, secret } = row
  return {
    tenant,
    id: row.id,
    nameKey: row.name_key,
    sealedPerson: row.person,
    roles: row.roles,
    created: timeOf(row.created),
    enrolBy: timeOf(row.enrol_by),
    disabled: timeOrNull(row.disabled),
    lastSignIn: timeOrNull(row.last_sign_in),
    round: row.round,
    password: hash === null ? null : { hash, salt, memory, passes, lanes, changed: timeOf(row.changed) },
    factor: secret === null ? null : { secret, lastStep: Number(row.last_step), enrolled: timeOf(row.enrolled) },
    recovery: row.recovery.map((code, index) => ({ hash: code, used: timeOrNull(row.recovery_used[index] ?? null) })),
  }
}

function accountCode(keys: Keyring, state: AccountState, version: number): Buffer {
  const { tenant, id, password, factor } = state
  return codeOf(keys, {
    ...{ kind: 'account', tenant, id, version },
    facts: {
      nameKey: hexOf(state.nameKey),
      person: hexOf(state.sealedPerson),
      roles: state.roles,
      created: state.created,
      enrolBy: state.enrolBy,
      disabled: state.disabled,
      lastSignIn: state.lastSignIn,
      round: state.round,
      password: password && [
        ...[hexOf(password.hash), hexOf(password.salt)],
        ...[password.memory, password.passes, password.lanes, password.changed],
      ],
      factor: factor && [hexOf(factor.secret), factor.lastStep, factor.enrolled],
      recovery: state.recovery
        .map(({ hash, used }): readonly [string, number | null] => [hexOf(hash), used])
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    },
  })
}

/** The state as the ledger's entry of the change names it. */
export function accountEntry(keys: Keyring, state: AccountState, version: number): EntryState {
  return { kind: 'account', subject: state.id, version, ended: false, mac: accountCode(keys, state, version) }
}
