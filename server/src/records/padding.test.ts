import { deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentOf, fillTokens, fillUp, pad, paddedContent, paddedLength } from './padding.ts'

const length = fc.integer({ min: 1, max: 40_000_000 })

test('nothing is cut off, and a longer body is never the shorter one', () => {
  fc.assert(
    fc.property(length, length, (a, b) => {
      expect(paddedLength('Observation', a)).toBeGreaterThanOrEqual(a)
      expect(paddedLength('Observation', Math.max(a, b))).toBeGreaterThanOrEqual(
        paddedLength('Observation', Math.min(a, b)),
      )
    }),
  )
})

test('a long body grows by an eighth at most, and has one of a few lengths', () => {
  const lengths = new Set<number>()
  for (let each = 1000; each < 2_000_000; each += 97) {
    expect(paddedLength('DocumentReference', each)).toBeLessThanOrEqual(each * 1.125)
    lengths.add(paddedLength('DocumentReference', each))
  }
  expect(lengths.size).toBeLessThan(260)
})

test('most measurements are equally long', () => {
  for (const each of [70, 105, 142, 144]) expect(paddedLength('Observation', each)).toBe(144)
  expect(paddedLength('Observation', 145)).toBe(192)
})

test('documents have one of a few lengths, some 12 % longer at most, and never a piece more', () => {
  const piece = 256 * 1024
  const lengths = new Set<number>()
  for (let length = 0; length < 3_000_000; length += 13) lengths.add(paddedContent(length, piece))
  expect(lengths.size).toBeLessThan(230)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1024 ** 3 }), (length) => {
      const padded = paddedContent(length, piece)
      expect(padded).toBeGreaterThanOrEqual(Math.max(length, 1024))
      expect(padded).toBeLessThanOrEqual(Math.max(length * 1.125, length + 1024))
      expect(Math.ceil(padded / piece)).toBe(Math.max(1, Math.ceil(length / piece)))
      expect(paddedContent(padded, piece)).toBe(padded)
    }),
  )
})

test('content comes out of what it was filled up to, whatever its length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000, size: 'max' }), (content) => {
      const filled = fillUp(content, paddedContent(content.length, 256 * 1024))
      expect(filled.length % 1024).toBe(4)
      expect(contentOf(filled)?.equals(content)).toBe(true)
    }),
  )
  for (const other of [Buffer.alloc(0), Buffer.alloc(3), Buffer.from([0, 0, 0, 1]), Buffer.alloc(100, 255)])
    expect(contentOf(other)).toBeUndefined()
})

test('what was filled up inflates to what it was', () => {
  const text = Buffer.from('{"resourceType":"Observation","status":"final"}')
  expect(inflateRawSync(pad('Observation', deflateRawSync(text)))).toEqual(text)
})

test('tokens come three at a time, the true ones first', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 90, size: 'max' }), (bytes) => {
      const tokens = Buffer.from(bytes)
      const filled = fillTokens(tokens, () => Buffer.from('abcdefgh'))
      expect(filled.length % 9).toBe(0)
      expect(filled.length - tokens.length).toBeLessThan(9)
      expect(filled.subarray(0, tokens.length)).toEqual(tokens)
    }),
  )
})
