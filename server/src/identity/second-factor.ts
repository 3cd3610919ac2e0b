import type { Tx } from '#db'
import type { Keyring } from '#keys'
import { openAt, type Place, sealAt } from './people.ts'
import { parseRecoveryCode, newRecoveryCodes, recoveryHash } from './recovery-codes.ts'
import { stepOf } from './totp.ts'

export function sealTotp(keys: Keyring, tenant: number, account: string, secret: Uint8Array): Buffer {
  return sealAt(keys, placeOf(tenant, account), secret)
}

function openTotp(keys: Keyring, tenant: number, account: string, sealed: Uint8Array): Buffer {
  return openAt(keys, placeOf(tenant, account), sealed)
}

function placeOf(tenant: number, account: string): Place {
  return { tenant, column: 'second_factor.secret', owner: account }
}

export interface Owner {
  readonly tenant: number
  readonly account: string
}

/** The first right code makes the secret the account's second factor, and is thereby used. False when it is not right. */
export async function enrol(
  tx: Tx,
  keys: Keyring,
  { tenant, account, sealed }: Owner & { readonly sealed: Buffer },
  code: string,
  wall: number,
): Promise<boolean> {
  const step = stepOf(openTotp(keys, tenant, account, sealed), code, wall)
  if (step === undefined) return false
  const { rowCount } = await tx.query({
    text: `insert into identity.second_factor (tenant, account, secret, last_step, enrolled) values ($1, $2, $3, $4, $5)
      on conflict (tenant, account) do nothing`,
    values: [tenant, account, sealed, step, new Date(wall)],
  })
  return rowCount > 0
}

/** A one-time code opens once, whichever of many asks first: its step and all before it are spent (P-11). */
export async function useCode(
  tx: Tx,
  keys: Keyring,
  { tenant, account }: Owner,
  code: string,
  wall: number,
): Promise<boolean> {
  const { rows } = await tx.query<{ secret: Buffer }>({
    text: 'select secret from identity.second_factor where tenant = $1 and account = $2',
    values: [tenant, account],
  })
  if (rows[0] === undefined) return false
  const step = stepOf(openTotp(keys, tenant, account, rows[0].secret), code, wall)
  if (step === undefined) return false
  const { rowCount } = await tx.query({
    text: 'update identity.second_factor set last_step = $3 where tenant = $1 and account = $2 and last_step < $3',
    values: [tenant, account, step],
  })
  return rowCount > 0
}

/** Makes new recovery codes and forgets the old ones; the answer is all that is ever seen of them. */
export async function issueRecoveryCodes(tx: Tx, keys: Keyring, { tenant, account }: Owner): Promise<string[]> {
  await tx.query({
    text: 'delete from identity.recovery_code where tenant = $1 and account = $2',
    values: [tenant, account],
  })
  const codes = newRecoveryCodes()
  for (const code of codes) {
    await tx.query({
      text: 'insert into identity.recovery_code (tenant, account, hash) values ($1, $2, $3)',
      values: [tenant, account, hashOf(keys, account, code)],
    })
  }
  return codes
}

/** A recovery code stands in for the one-time code, once (P-12). */
export async function useRecoveryCode(
  tx: Tx,
  keys: Keyring,
  { tenant, account }: Owner,
  code: string,
  now: number,
): Promise<boolean> {
  if (parseRecoveryCode(code) === undefined) return false
  const { rowCount } = await tx.query({
    text: 'update identity.recovery_code set used = $4 where tenant = $1 and account = $2 and hash = $3 and used is null',
    values: [tenant, account, hashOf(keys, account, code), new Date(now)],
  })
  return rowCount > 0
}

function hashOf(keys: Keyring, account: string, code: string): Buffer {
  return recoveryHash(keys.hmacKey('identity/recovery'), account, parseRecoveryCode(code) ?? '')
}

/** Nothing is left of the second factor: the next sign-in enrols a new one. */
export async function removeSecondFactor(tx: Tx, { tenant, account }: Owner): Promise<void> {
  await tx.query({
    text: 'delete from identity.second_factor where tenant = $1 and account = $2',
    values: [tenant, account],
  })
  await tx.query({
    text: 'delete from identity.recovery_code where tenant = $1 and account = $2',
    values: [tenant, account],
  })
  await tx.query({ text: 'delete from identity.ticket where tenant = $1 and account = $2', values: [tenant, account] })
}
