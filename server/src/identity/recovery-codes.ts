import { createHmac, type KeyObject, randomBytes } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567' // RFC 4648 base 32: no 0, 1, 8, 9 to take for letters

/** Ten codes of 80 bits (SP 800-63B-4 sec. 3.1.2 asks for 20, for account recovery 64): `ABCD-EFGH-IJKL-MNOP`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: 10 }, () => {
    const letters = [...randomBytes(16)].map((byte) => alphabet[byte & 31] ?? 'A').join('')
    return letters.replaceAll(/(.{4})(?=.)/g, '$1-')
  })
}

/** The letters of what someone typed, or undefined when it cannot be a recovery code. */
export function parseRecoveryCode(text: string): string | undefined {
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, '')
  return /^[A-Z2-7]{16}$/.test(letters) ? letters : undefined
}

/** What is stored: bound to the account and to the keyring. 80 random bits need no slow hash. */
export function recoveryHash(key: KeyObject, account: string, letters: string): Buffer {
  return createHmac('sha256', key).update(`${account}|${letters}`).digest()
}
