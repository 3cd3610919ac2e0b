import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonFault, type JsonFaultCode } from './json-fault.ts'
import { parseJson } from './json.ts'

declare const TextEncoder: new () => { encode(text: string): Uint8Array }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function faultOf(input: string | Uint8Array, limits = {}): { code: JsonFaultCode; position: number } {
  try {
    parseJson(typeof input === 'string' ? bytes(input) : input, limits)
  } catch (error) {
    if (error instanceof JsonFault) return { code: error.code, position: error.position }
    throw error
  }
  throw new Error('it was taken')
}

test('well-formed JSON gives what JSON.parse gives', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      fc.pre(!/"(__proto__|constructor|prototype)"/.test(text))
      expect(parseJson(bytes(text))).toEqual(JSON.parse(text))
    }),
  )
})

describe('refused, with the place', () => {
  test.each<[string, string, JsonFaultCode, number]>([
    ['nothing at all', '', 'malformed', 0],
    ['a comma too many', '{"a":1,}', 'malformed', 7],
    ['two values', '{} {}', 'malformed', 3],
    ['a comment', '{/**/}', 'malformed', 1],
    ['single quotes', "{'a':1}", 'malformed', 1],
    ['a leading zero', '[01]', 'malformed', 1],
    ['NaN', '[NaN]', 'malformed', 1],
    ['a number beyond a double', '{"a":1e400}', 'malformed', 5],
    ['a raw line break in a string', '"a\nb"', 'malformed', 2],
    ['an unknown escape', '"\\x41"', 'malformed', 1],
    ['an unfinished string', '{"a":"b', 'malformed', 7],
    ['a byte order mark', '\uFEFF{}', 'malformed', 0],
    ['a high surrogate alone', '["\\ud800"]', 'malformed', 2],
    ['a high surrogate before a letter', '["\\ud800a\\udc00"]', 'malformed', 2],
    ['a low surrogate alone', '["\\uDC00"]', 'malformed', 2],
    ['two high surrogates', '["\\ud800\\ud800"]', 'malformed', 2],
    ['the same key twice', '{"a":1,"a":2}', 'duplicate-key', 7],
    ['the same key twice, escaped', '{"a":1,"\\u0061":2}', 'duplicate-key', 7],
    ['the same key twice with letters beyond ASCII', '{"é😀":1,"\\u00e9\\ud83d\\ude00":2}', 'duplicate-key', 12],
    ['the same key twice deep inside', '[{"b":[{"c":{"d":1,"d":1}}]}]', 'duplicate-key', 19],
    ['__proto__', '{"a":{"__proto__":{"x":1}}}', 'malformed', 6],
    ['__proto__, escaped', '{"\\u005f_proto__":1}', 'malformed', 1],
    ['constructor', '{"constructor":1}', 'malformed', 1],
    ['prototype', '{"prototype":1}', 'malformed', 1],
  ])('%s', (_, text, code, position) => {
    expect(faultOf(text)).toEqual({ code, position })
  })

  test.each<[string, number[], number]>([
    ['a lone continuation byte', [0x22, 0x80, 0x22], 1],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22], 1],
    ['a surrogate in UTF-8', [0x22, 0x61, 0xed, 0xa0, 0x80, 0x22], 2],
    ['beyond the last code point', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 1],
    ['a character cut short', [0x22, 0xe2, 0x82, 0x22], 1],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00], 0],
  ])('%s', (_, input, position) => {
    expect(faultOf(Uint8Array.from(input))).toEqual({ code: 'malformed', position })
  })
})

describe('limits', () => {
  test('64 levels are taken, 65 are too deep', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    expect(parseJson(bytes(nested(64)))).toBeDefined()
    expect(faultOf(nested(65))).toEqual({ code: 'too-deep', position: 64 })
  })

  test('a million unclosed brackets are too deep, not a crash', () => {
    expect(faultOf('['.repeat(1_000_000)).code).toBe('too-deep')
    expect(faultOf('{"a":'.repeat(200_000)).code).toBe('too-deep')
  })

  test('brackets within strings are no levels', () => {
    expect(parseJson(bytes(JSON.stringify({ a: '['.repeat(100), b: '"{\\' })))).toBeDefined()
  })

  test('bytes', () => {
    expect(parseJson(bytes('[1]'), { bytes: 3 })).toEqual([1])
    expect(faultOf('[10]', { bytes: 3 })).toEqual({ code: 'too-large', position: 3 })
  })

  test('members and elements are counted together', () => {
    expect(parseJson(bytes('[1,2,{"a":1}]'), { nodes: 4 })).toBeDefined()
    expect(faultOf('[1,2,{"a":1}]', { nodes: 3 }).code).toBe('too-large')
  })
})

test('the message of a fault holds nothing of the input', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (secret) => {
      try {
        parseJson(bytes(`{"a":"zqx${secret}`))
      } catch (error) {
        expect(String(error)).not.toContain('zqx')
      }
    }),
  )
})

test('any bytes are either taken or refused with a fault inside them', () => {
  const nearlyJson = fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.nat({ max: 255 })).map(([text, at, byte]) => {
    const input = bytes(text)
    if (input.length > 0) input[at % input.length] = byte
    return input
  })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200, size: 'max' }), nearlyJson), (input) => {
      try {
        parseJson(input)
      } catch (error) {
        expect(error).toBeInstanceOf(JsonFault)
        if (!(error instanceof JsonFault)) throw error
        expect(error.position).toBeGreaterThanOrEqual(0)
        expect(error.position).toBeLessThanOrEqual(input.length)
      }
    }),
    { numRuns: 2000 },
  )
})
