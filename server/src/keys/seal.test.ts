import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Damaged, open, seal } from '#keys'

const key = createSecretKey(randomBytes(32))
const bytes = (maxLength: number) => fc.uint8Array({ maxLength, size: 'max' })

test('what was sealed opens to the same bytes, under the same key and for the same place', () => {
  fc.assert(
    fc.property(bytes(5000), bytes(200), (plain, aad) => {
      expect(open(key, seal(key, plain, aad), aad).equals(plain)).toBe(true)
    }),
  )
})

test('no byte of what was sealed can change', () => {
  fc.assert(
    fc.property(bytes(100), bytes(20), fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, aad, at, flip) => {
      const sealed = seal(key, plain, aad)
      const place = at % sealed.length
      sealed[place] = (sealed[place] ?? 0) ^ flip
      expect(() => open(key, sealed, aad)).toThrow(Damaged)
    }),
  )
})

test('it opens for no other place', () => {
  fc.assert(
    fc.property(bytes(100), bytes(20), bytes(20), (plain, aad, other) => {
      fc.pre(!Buffer.from(aad).equals(other))
      expect(() => open(key, seal(key, plain, aad), other)).toThrow(Damaged)
    }),
  )
})

test('it opens under no other key', () => {
  const sealed = seal(key, Buffer.from('text'), Buffer.alloc(0))
  expect(() => open(createSecretKey(randomBytes(32)), sealed, Buffer.alloc(0))).toThrow(Damaged)
})

test('too few bytes, or a shortened tag, are damaged, not an error of another kind', () => {
  const sealed = seal(key, Buffer.from('text'), Buffer.alloc(0))
  for (let length = 0; length < sealed.length; length++) {
    expect(() => open(key, sealed.subarray(0, length), Buffer.alloc(0))).toThrow(Damaged)
  }
})

test('sealing adds 28 bytes and never the same ones: 100,000 IVs are all different', () => {
  const seen = new Set<string>()
  const plain = Buffer.alloc(1)
  for (let i = 0; i < 100_000; i++) {
    const sealed = seal(key, plain, plain)
    seen.add(sealed.toString('latin1', 0, 12))
    if (i === 0) expect(sealed.length).toBe(29)
  }
  expect(seen.size).toBe(100_000)
})

test('AES-256-GCM as McGrew and Viega test it (case 16)', () => {
  const vectorKey = createSecretKey(
    Buffer.from('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308', 'hex'),
  )
  const iv = 'cafebabefacedbaddecaf888'
  const ciphertext =
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662'
  const tag = '76fc6ece0f4e1768cddf8853bb2d551b'
  const plain =
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39'
  const aad = Buffer.from('feedfacedeadbeeffeedfacedeadbeefabaddad2', 'hex')
  const sealed = Buffer.from(iv + ciphertext + tag, 'hex')
  expect(open(vectorKey, sealed, aad).toString('hex')).toBe(plain)
})
