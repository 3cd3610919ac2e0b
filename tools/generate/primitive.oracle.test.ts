// The formats of primitive types against R4's own regular expressions, as its definitions have them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { primitives } from '../../model/src/fhir/primitive.ts'
import { readBundle } from './definitions.ts'

/** By name of the type. */
function readPatterns(): Map<string, RegExp> {
  const found = new Map<string, RegExp>()
  for (const resource of readBundle('profiles-types.json')) {
    if (resource['kind'] !== 'primitive-type') continue
    const written = /"url":"http:\/\/hl7.org\/fhir\/StructureDefinition\/regex","valueString":("(?:[^"\\]|\\.)*")/.exec(
      JSON.stringify(resource['snapshot']),
    )?.[1]
    if (written !== undefined) found.set(String(resource['id']), new RegExp(`^(?:${String(JSON.parse(written))})$`))
  }
  return found
}

const patterns = readPatterns()
/** Whose values are texts in JSON, and whose format is all that is judged. */
const texts = ['code', 'id', 'oid', 'uuid', 'uri', 'url', 'canonical', 'time', 'date', 'dateTime', 'instant']

/** A text of the pattern, or one that differs from it in a character. */
function near(pattern: RegExp): fc.Arbitrary<string> {
  const fits = fc.stringMatching(pattern)
  const other = fc.constantFrom('0', '1', '4', '5', '6', '9', '-', '+', ':', '.', 'Z', 'T', ' ', 'a', 'A', '\t')
  return fc.oneof(
    fits,
    fc.tuple(fits, fc.nat(40), other).map(([text, at, one]) => text.slice(0, at) + one + text.slice(at + 1)),
  )
}

/** What R4 says beside the expression: days of the calendar, leap seconds, single spaces, something in a text. */
const isMoreThanFormat = (text: string): boolean =>
  /-(?:29|30|31)|:60/.test(text) || /[^\S ]/.test(text) || text.trim() === ''

describe.each(texts)('%s', (type) => {
  const pattern = patterns.get(type)
  const check = primitives[type]
  if (pattern === undefined || check === undefined) throw new Error(`R4 has a pattern for ${type}`)

  test('what R4’s expression refuses is refused', () => {
    fc.assert(
      fc.property(near(pattern), (text) => {
        fc.pre(!pattern.test(text))
        expect(check(text), text).toBeDefined()
      }),
      { numRuns: 2000 },
    )
  })

  test('what it takes is taken, as far as nothing else speaks against it', () => {
    fc.assert(
      fc.property(near(pattern), (text) => {
        fc.pre(pattern.test(text) && !isMoreThanFormat(text))
        expect(check(text), text).toBeUndefined()
      }),
      { numRuns: 2000 },
    )
  })
})

test.each(['integer', 'unsignedInt', 'positiveInt'])(
  '%s is taken just where R4’s expression takes its digits',
  (type) => {
    const pattern = patterns.get(type)
    const check = primitives[type]
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), (number) => {
        const text = Object.is(number, -0) ? '0' : String(number)
        expect(check?.(number) === undefined).toBe(pattern?.test(text) === true && Math.abs(number) <= 2 ** 31)
      }),
    )
  },
)
