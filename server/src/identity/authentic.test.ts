import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { newKeyring } from '../../test/keyring.ts'
import { codeLength, codeOf, isCode, readable, timeOf, timeOrNull } from './authentic.ts'

const statement = { kind: 'account', tenant: 1, id: 'x', version: 3, facts: { roles: ['nurse'], round: 2 } } as const

test('a row that was written yesterday holds tomorrow: its code is HMAC-SHA256 of this text, cut to 128 bits', async () => {
  const keys = await newKeyring()
  const text = '["chartkeep/identity/1","account",1,"x",3,{"roles":["nurse"],"round":2}]'
  const whole = createHmac('sha256', keys.hmacKey('identity/state')).update(text).digest()
  expect(codeOf(keys, statement).equals(whole.subarray(0, 16))).toBe(true)
})

test('a code is bytes of its length, and nothing else', () => {
  const code = Buffer.alloc(codeLength, 7)
  expect(isCode(code, Buffer.alloc(16, 7))).toBe(true)
  for (const stored of [
    Buffer.alloc(16, 8),
    Buffer.alloc(15, 7),
    Buffer.alloc(17, 7),
    null,
    undefined,
    '7',
    code.toString('hex'),
  ])
    expect(isCode(code, stored)).toBe(false)
})

test('what cannot be read is undefined, and no time is a time', () => {
  expect(readable(() => 7)).toBe(7)
  expect(readable(() => timeOf(new Date(Number.NaN)))).toBeUndefined()
  expect([timeOf(new Date(5)), timeOrNull(new Date(5)), timeOrNull(null)]).toEqual([5, 5, null])
})
