import { expect, test } from 'vitest'
import { describeEnrolment, newTotpSecret, stepOf } from './totp.ts'

// RFC 6238, appendix B: the SHA-1 rows, last six of their eight digits.
const rfcSecret = Buffer.from('12345678901234567890')
test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('RFC 6238 vector at %i s', (seconds, code) => {
  expect(stepOf(rfcSecret, code, seconds * 1000)).toBe(Math.floor(seconds / 30))
})

test('P-11 a code lives for its own step and one to either side, 90 s in all', () => {
  const step = Math.floor(1_111_111_109 / 30)
  const within = (offset: number): number | undefined => stepOf(rfcSecret, '081804', (step + offset) * 30_000)
  expect([within(-2), within(-1), within(0), within(1), within(2)]).toEqual([undefined, step, step, step, undefined])
})

test.each(['', '08180', '0818040', ' 81804', '０８１８０４', '08180a', '-08180'])('P-11 %j is not a code', (code) => {
  expect(stepOf(rfcSecret, code, 1_111_111_109_000)).toBeUndefined()
})

test('P-11 a secret has 160 random bits', () => {
  expect(newTotpSecret()).toHaveLength(20)
  expect(newTotpSecret().equals(newTotpSecret())).toBe(false)
})

test('enrolment gives text, an otpauth address and a square picture with a quiet border', () => {
  const { secret, uri, qr } = describeEnrolment(rfcSecret, 'Riverbend & Sons', 'nora.lind')
  expect(secret).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  expect(uri).toMatch(/^otpauth:\/\/totp\/Riverbend%20%26%20Sons:nora\.lind\?/)
  expect(Object.fromEntries(new URL(uri).searchParams)).toEqual({
    ...{ issuer: 'Riverbend & Sons', secret, algorithm: 'SHA1', digits: '6', period: '30' },
  })
  // ISO/IEC 18004: version 8, of 49 modules, is the smallest that holds 151 bytes with level M (152), and a border of 4.
  expect([uri.length, qr.length]).toEqual([151, 49 + 8])
  expect(qr.every((row) => row.length === qr.length)).toBe(true)
  expect(
    qr
      .slice(0, 4)
      .flat()
      .every((module) => module === 0),
  ).toBe(true)
  expect(qr[4]?.slice(4, 11)).toEqual([1, 1, 1, 1, 1, 1, 1])
})
