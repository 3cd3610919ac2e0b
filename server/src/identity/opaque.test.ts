import { createSecretKey, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { digestOf, isGenuine, newOpaque, tenantOf } from './opaque.ts'

const key = createSecretKey(randomBytes(32))

test('N-06 a secret has 256 random bits, and its tenant can be read', () => {
  const [one, two] = [newOpaque(key, 7), newOpaque(key, 7)]
  expect(one).toMatch(/^[\w-]{64}$/)
  expect(one.slice(6)).not.toBe(two.slice(6))
  const tenants = [1, 7, 0x7fff_ffff]
  expect(tenants.map((tenant) => tenantOf(newOpaque(key, tenant)))).toEqual(tenants)
  expect(digestOf(one)).toHaveLength(32)
})

test('one that was made up or changed is known without a look-up', () => {
  const secret = newOpaque(key, 7)
  expect(isGenuine(key, secret)).toBe(true)
  expect(isGenuine(createSecretKey(randomBytes(32)), secret)).toBe(false)
  for (let at = 0; at < 64; at++) {
    const changed = secret.slice(0, at) + (secret[at] === 'A' ? 'B' : 'A') + secret.slice(at + 1)
    expect(isGenuine(key, changed)).toBe(false)
  }
})

test('one has one spelling: whoever holds it cannot make others that would each be looked up', () => {
  const secret = newOpaque(key, 7)
  const bytes = Buffer.from(secret, 'base64url')
  for (const text of [`${secret}A`, `${secret}=`, `${secret} `, ` ${secret}`, bytes.toString('base64') + '=='])
    expect(isGenuine(key, text)).toBe(false)
})

test.each(['', 'A', 'A'.repeat(47), 'A'.repeat(48), 'A'.repeat(63), 'A'.repeat(65)])('%j is none of ours', (text) => {
  expect(isGenuine(key, text)).toBe(false)
})

test.each(['', 'A'.repeat(63), 'A'.repeat(64), '_'.repeat(64), 'A'.repeat(65), `${'A'.repeat(63)}=`, 'é'.repeat(64)])(
  'no tenant in %j',
  (text) => {
    expect(tenantOf(text)).toBeUndefined()
  },
)
