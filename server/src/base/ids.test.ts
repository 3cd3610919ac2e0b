import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketOf, newId, parseId, writeId } from './ids.ts'

test('an id is a UUIDv8 that names its time and its bucket', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 47 }), fc.integer({ min: 0, max: 4095 }), (at, bucket) => {
      const id = newId(at, bucket)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(bucketOf(id)).toBe(bucket)
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at)
    }),
  )
})

test('a record without a patient draws its own bucket, and all buckets come up', () => {
  const drawn = new Set(Array.from({ length: 50_000 }, () => bucketOf(newId(0))))
  expect(drawn.size).toBeGreaterThan(4000)
})

test('100,000 ids of one millisecond are all different', () => {
  expect(new Set(Array.from({ length: 100_000 }, () => newId(1, 1))).size).toBe(100_000)
})

test.each([
  '',
  'x',
  '01890A5D-AC96-8ABC-B123-0123456789AB',
  '01890a5d-ac96-8abc-b123-0123456789ab ',
  '../../etc',
  '01890a5dac968abcb1230123456789ab',
])('%j is not an id', (text) => {
  expect(parseId(text)).toBeUndefined()
})

test('its bytes are those of the text', () => {
  const target = Buffer.alloc(18)
  writeId('01890a5d-ac96-8abc-b123-0123456789ab', target, 1)
  expect(target.toString('hex')).toBe('0001890a5dac968abcb1230123456789ab00')
})
