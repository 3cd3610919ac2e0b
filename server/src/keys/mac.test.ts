import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hmacSha256 } from './mac.ts'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength, size: 'max' }).map((some) => Buffer.from(some))

test('it is HMAC-SHA256, of any key up to a block and any message, one after the other', () => {
  const keys = Array.from({ length: 4 }, (_, index) => createSecretKey(randomBytes([1, 32, 63, 64][index] ?? 32)))
  fc.assert(
    fc.property(fc.constantFrom(...keys), bytes(3000), (key, message) => {
      expect(hmacSha256(key, message)).toEqual(createHmac('sha256', key).update(message).digest())
    }),
  )
})

test('RFC 4231, test cases 1, 2 and 3', () => {
  const mac = (key: Buffer, message: Buffer) => hmacSha256(createSecretKey(key), message).toString('hex')
  expect(mac(Buffer.alloc(20, 0x0b), Buffer.from('Hi There'))).toBe(
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  )
  expect(mac(Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?'))).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
  expect(mac(Buffer.alloc(20, 0xaa), Buffer.alloc(50, 0xdd))).toBe(
    '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  )
})

test('a key longer than a block is refused, not hashed', () => {
  expect(() => hmacSha256(createSecretKey(randomBytes(65)), Buffer.alloc(1))).toThrow('no longer than a block')
})

// By length, because arbitrary arrays are mostly short: up to 1,024 bytes are hashed in the key's own buffer.
test.each([0, 1, 64, 1023, 1024, 1025, 5000])('a message of %d bytes, and a short one after it', (length) => {
  const key = createSecretKey(randomBytes(32))
  for (const message of [randomBytes(length), Buffer.from('short')]) {
    expect(hmacSha256(key, message)).toEqual(createHmac('sha256', key).update(message).digest())
  }
})
