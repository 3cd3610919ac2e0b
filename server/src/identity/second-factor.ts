import type { Keyring } from '#keys'
import type { AccountState } from './account-state.ts'
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

// Each of these answers the account as it then is, or undefined when the code is not right. The caller holds the account's
// lock and stores what comes of it.

/** The first right code makes the sealed secret the account's second factor, and is thereby used. */
export function enrol<A extends AccountState>(
  keys: Keyring,
  account: A,
  sealed: Buffer,
  code: string,
  wall: number,
): A | undefined {
  if (account.factor !== null) return undefined
  const step = stepOf(openTotp(keys, account.tenant, account.id, sealed), code, wall)
  return step === undefined ? undefined : { ...account, factor: { secret: sealed, lastStep: step, enrolled: wall } }
}

/** A one-time code opens once, whichever of many asks first: its step and all before it are spent (P-11). */
export function useCode<A extends AccountState>(keys: Keyring, account: A, code: string, wall: number): A | undefined {
  const { factor } = account
  if (factor === null) return undefined
  const step = stepOf(openTotp(keys, account.tenant, account.id, factor.secret), code, wall)
  return step === undefined || step <= factor.lastStep
    ? undefined
    : { ...account, factor: { ...factor, lastStep: step } }
}

/** A recovery code stands in for the one-time code, once (P-12). */
export function useRecoveryCode<A extends AccountState>(
  keys: Keyring,
  account: A,
  code: string,
  now: number,
): A | undefined {
  if (parseRecoveryCode(code) === undefined) return undefined
  const hash = hashOf(keys, account.id, code)
  const unused = account.recovery.find((one) => one.used === null && one.hash.equals(hash))
  if (unused === undefined) return undefined
  return { ...account, recovery: account.recovery.map((one) => (one === unused ? { hash, used: now } : one)) }
}

/** New recovery codes in place of the old ones; `codes` is all that is ever seen of them. */
export function issueRecoveryCodes<A extends AccountState>(
  keys: Keyring,
  account: A,
): { readonly account: A; readonly codes: readonly string[] } {
  const codes = newRecoveryCodes()
  const recovery = codes.map((code) => ({ hash: hashOf(keys, account.id, code), used: null }))
  return { account: { ...account, recovery }, codes }
}

function hashOf(keys: Keyring, account: string, code: string): Buffer {
  return recoveryHash(keys.hmacKey('identity/recovery'), account, parseRecoveryCode(code) ?? '')
}
