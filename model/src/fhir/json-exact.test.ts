import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatJson } from './json-exact.ts'
import { parseJson } from './json.ts'

declare const TextEncoder: new () => { encode(text: string): Uint8Array }
const parse = (text: string): Record<string, unknown> =>
  parseJson(new TextEncoder().encode(text)) as Record<string, unknown>

test.each([
  '{"a":1.0}',
  '{"a":0.010,"b":{"c":[1,2.50,3]}}',
  '{"a":1e2,"b":1E-7}',
  '{"a":12345678901234567890.123}',
  '{"a":-0}',
  '{"a":10,"b":100.25,"c":-5,"d":0}',
  '{"a":"1.0","b":[1.0,"2.0",1.0]}',
])('the digits of %s come back', (text) => {
  expect(formatJson(parse(text))).toBe(text)
})

test('a number that was changed is written as it is now', () => {
  const value = parse('{"a":1.0,"b":2.0}')
  value['a'] = 5
  expect(formatJson(value)).toBe('{"a":5,"b":2.0}')
})

test('a copy keeps what lies below, and what its original lends it', () => {
  const value = parse('{"a":1.0,"b":{"c":2.0}}')
  expect(formatJson({ ...value, id: 'x' })).toBe('{"a":1,"b":{"c":2.0},"id":"x"}')
  expect(formatJson({ ...value, id: 'x' }, value)).toBe('{"a":1.0,"b":{"c":2.0},"id":"x"}')
})

test('a part of what was parsed keeps its digits', () => {
  expect(formatJson(parse('{"entry":[{"resource":{"a":1.0}}]}')['entry'] as object)).toBe('[{"resource":{"a":1.0}}]')
})

test('keys that JavaScript orders itself never exchange their numbers', () => {
  const text = '{"b":1.0,"2":2.0,"1":3.00}'
  expect(JSON.parse(formatJson(parse(text)))).toEqual(JSON.parse(text))
})

test('what was written is read again, and other values are as JSON.stringify writes them', () => {
  fc.assert(
    fc.property(
      fc.object({
        maxDepth: 4,
        values: [fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), fc.boolean(), fc.constant(null)],
      }),
      (value) => {
        const text = JSON.stringify(value)
        fc.pre(!/"(__proto__|constructor|prototype)":|\\ud[89a-f]/.test(text))
        expect(formatJson(parse(text))).toBe(text)
      },
    ),
  )
})
