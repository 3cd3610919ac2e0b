import { createSecretKey, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newRecoveryCodes, parseRecoveryCode, recoveryHash } from './recovery-codes.ts'

test('P-12 ten different codes of 80 bits, in groups that can be read out', () => {
  const codes = newRecoveryCodes()
  expect(new Set(codes).size).toBe(10)
  for (const code of codes) expect(code).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/)
})

test('P-12 it is read whatever the case and the gaps', () => {
  expect(parseRecoveryCode(' abcd efgh-ijkl mnop ')).toBe('ABCDEFGHIJKLMNOP')
  expect(parseRecoveryCode('123456')).toBeUndefined()
  expect(parseRecoveryCode('abcd--efgh\tijkl  mnop-')).toBe('ABCDEFGHIJKLMNOP')
  for (const text of ['ABCD-EFGH-IJKL-MNO', 'ABCD-EFGH-IJKL-MNOPQ', 'ABCD-EFGH-IJKL-MNO1', 'ABCD.EFGH.IJKL.MNOP', ''])
    expect(parseRecoveryCode(text)).toBeUndefined()
})

test('P-12 the stored hash is bound to account and keyring', () => {
  const key = createSecretKey(randomBytes(32))
  const hash = recoveryHash(key, 'a', 'ABCDEFGHIJKLMNOP')
  expect(recoveryHash(key, 'a', 'ABCDEFGHIJKLMNOP').equals(hash)).toBe(true)
  expect(recoveryHash(key, 'b', 'ABCDEFGHIJKLMNOP').equals(hash)).toBe(false)
  expect(recoveryHash(createSecretKey(randomBytes(32)), 'a', 'ABCDEFGHIJKLMNOP').equals(hash)).toBe(false)
})
