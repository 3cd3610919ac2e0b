import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePattern, type Pattern, PatternFault } from './pattern.ts'

const matches = (pattern: string, text: string): boolean => compilePattern(pattern).matches(text)

/** Undefined when it is too big, as nested repetitions soon are. */
function compiled(source: string): Pattern | undefined {
  try {
    return compilePattern(source)
  } catch (error) {
    if (error instanceof PatternFault && error.code === 'too-costly') return undefined
    throw error
  }
}

const characters = fc.constantFrom('a', 'b', 'c', '0', '1', '-', '.', ' ')
const atom = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '0', '1', '\\.', '\\-', '.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S'),
  fc.constantFrom('[ab]', '[^a]', '[a-c]', '[^0-9]', '[\\d.]', '[a-]', '[\\w-]'),
)
const repetition = fc.constantFrom('', '', '*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '+?', '{0}')
const { pattern } = fc.letrec<{ pattern: string; sequence: string; piece: string }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(atom, repetition).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), repetition).map(([inner, repeat]) => `(${inner})${repeat}`),
    fc.tuple(tie('pattern'), repetition).map(([inner, repeat]) => `(?:${inner})${repeat}`),
  ),
  sequence: fc.array(tie('piece'), { maxLength: 3 }).map((parts) => parts.join('')),
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((parts) => parts.join('|')),
}))

/** For the language's own, which takes for ever with many repetitions in one another. */
const isQuick = (source: string): boolean => (source.match(/[*+{]/g) ?? []).length <= 4

test('a pattern matches the same whole texts as the language’s own regular expressions', () => {
  fc.assert(
    fc.property(pattern.filter(isQuick), fc.array(characters, { maxLength: 6 }), (source, text) => {
      const own = new RegExp(`^(?:${source})$`)
      const ours = compiled(source)
      fc.pre(ours !== undefined)
      expect(ours?.matches(text.join(''))).toBe(own.test(text.join('')))
    }),
    { numRuns: 1_000 },
  )
})

test('the whole text has to match, with or without anchors', () => {
  expect(matches('[A-Z]{3}', 'USA')).toBe(true)
  expect(matches('[A-Z]{3}', 'USAX')).toBe(false)
  expect(matches('^[A-Z]{3}$', 'USA')).toBe(true)
  expect(matches('a\\$', 'a$')).toBe(true)
  expect(matches('', '')).toBe(true)
})

// With going back these take longer than anyone waits.
test.each(['(a+)+b', '(a|a)*b', '(a*)*b', '(.*a){12}b', 'a*a*a*a*a*a*a*b', '(a?){40}a{40}b'])(
  'R-16: a pattern made to take for ever does not: %s',
  (source) => {
    expect(matches(source, 'a'.repeat(2_000))).toBe(false)
    expect(matches(source, `${'a'.repeat(2_000)}b`)).toBe(!source.includes('{40}'))
  },
)

test.each(['(a)\\1', '(?=a)a', '(?!a)b', '(?<!b)a', '(?<=b)a', 'a**', '(a', 'a)', '[a', '*a', '[b-a]', '\\', 'a{3,1}'])(
  'a pattern that is not understood is refused: %s',
  (source) => {
    expect(() => compilePattern(source)).toThrow(new PatternFault('unsupported'))
  },
)

test.each(['a'.repeat(1001), 'a{900}b{900}c{900}', '(a{99}){99}', 'a{9999}', '\\pL{900}'.repeat(100)])(
  'a pattern that is too big is refused: %s',
  (source) => {
    expect(() => compilePattern(source)).toThrow(new PatternFault('too-costly'))
  },
)

test('what is found in a text is replaced as JavaScript does it', () => {
  const replaced = (source: string, text: string, replacement: string): string =>
    compilePattern(source).replaceIn(text, replacement, () => undefined)
  fc.assert(
    fc.property(
      pattern.filter(isQuick).filter((source) => compiled(source) !== undefined),
      fc.array(characters, { maxLength: 6 }).map((parts) => parts.join('')),
      fc.constantFrom('x', '', '[$&]', '$$', '$1-', '$9', '$'),
      (source, text, replacement) => {
        // JavaScript has rules of its own for a group that repeats and finds nothing in a round.
        fc.pre(!/\)[*+?{]/.test(source))
        expect(replaced(source, text, replacement)).toBe(text.replaceAll(new RegExp(source, 'g'), replacement))
      },
    ),
    { numRuns: 500 },
  )
  expect(replaced('(?<year>[0-9]{4})-(?<month>[0-9]{2})', 'of 2026-11', '$<month>/$<year>$<day>')).toBe(
    'of 11/2026$<day>',
  )
  expect(replaced('.', 'a\u{1F600}b', '<$&>')).toBe('<a><\u{1F600}><b>')
})

test('R-16: what replacing goes through is told before each match is looked for', () => {
  const spent: number[] = []
  compilePattern('a*b|a').replaceIn('aaaa', 'x', (characters) => spent.push(characters))
  expect(spent).toEqual([5, 4, 3, 2, 1])
})

test('any text at all is a pattern or is refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab01()[]{}|*+?.^$\\-,:=!<dDwWsSbpu') }), (source) => {
      try {
        const { matches: whole, isIn } = compilePattern(source)
        expect(whole('ab01') && !isIn('ab01')).toBe(false)
      } catch (error) {
        expect(error).toBeInstanceOf(PatternFault)
      }
    }),
    { numRuns: 5_000 },
  )
})
