// A matcher that goes back takes time with the square of a text's length, or worse, where one text may be split in more
// than one way. Every expression that may meet input is looked at, so that none such comes in.
import { describe, expect, test } from 'vitest'
import { textOf } from '../repository.ts'
import { growthOf } from './growth.ts'
import { expressionsOf } from './literals.ts'

const { literals, made } = expressionsOf()

/** Expressions that are not linear by their form, and why they may stand. */
const allowed: ReadonlyMap<string, string> = new Map([
  ['server/src/http/site.ts', 'reads paths of our own built files, at the start'],
  ['server/src/http/tls/names.ts', 'reads what was found to be an IP address: 45 characters'],
  ['server/src/identity/guessable.ts', 'refers back to one character'],
])

/** Where an expression is made of a text, and what that text is. */
const makers: ReadonlyMap<string, string> = new Map([
  ['model/src/fhir/constraint-functions.ts', 'patterns of the R4 definitions, looked at below'],
  ['server/src/http/unmatched.ts', 'our own paths: a segment matches no slash'],
])

const fileOf = (where: string): string => where.replace(/:\d+$/, '')

test('R-16: every regular expression of server and model takes time in proportion to its text', () => {
  expect(literals.length).toBeGreaterThan(200)
  const costly = literals.filter((one) => !isLinear(one))
  expect(costly.filter(({ where }) => !allowed.has(fileOf(where)))).toEqual([])
  // One for each reason: no more than what was looked at.
  expect(costly.map(({ where }) => fileOf(where)).toSorted()).toEqual([...allowed.keys()].toSorted())
})

test('R-16: no regular expression is made of a text that comes from outside', () => {
  expect([...new Set(made.map(fileOf))].toSorted()).toEqual([...makers.keys()].toSorted())
})

test.each([
  ['R4', 'model/src/fhir/generated/constraints.json', 10],
  ['the profiles of US Core', 'model/src/profiles/generated/us-core.json', 2],
])('R-16: so it is with the patterns in the constraints of %s', (_, path, least) => {
  const patterns = patternsIn(JSON.parse(textOf(path)))
  expect(patterns.length).toBeGreaterThan(least)
  expect(patterns.filter((source) => !isLinear({ source, flags: 'su' }))).toEqual([])
})

function isLinear(expression: Pick<RegExp, 'source' | 'flags'>): boolean {
  try {
    return growthOf(expression) === 'linear'
  } catch {
    return false
  }
}

/** `["matches", …, ["text", pattern]]`, wherever it stands. */
function patternsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('[') ? patternsIn(JSON.parse(value)) : []
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.values(value).flatMap(patternsIn)
  if (!Array.isArray(value) || !/^(?:matches|replaceMatches)$/.test(String(value[0]))) return inside
  const [, , pattern]: unknown[] = value
  return [...inside, ...(Array.isArray(pattern) && pattern[0] === 'text' ? [String(pattern[1])] : [])]
}

describe('an expression grows as is known of it', () => {
  test.each<[string, RegExp]>([
    ['linear', /^a+$/],
    ['linear', /a+/],
    ['linear', /^[a-z]+(?:-[a-z]+)*$/],
    ['linear', /^(?:a|b)*c$/],
    ['linear', /^\d{1,20}(?:,\d{1,20})*$/],
    ['linear', /"(?:[^"\\]|\\.)*"/],
    ['linear', /^\s+|,/],
    ['linear', /\s+$/y],
    ['linear', /^a(.*)$/m],
    ['linear', /a?a?a?b/],
    ['linear', /(?<=a)b*/],
    ['linear', /^a*b*$/],
    ['polynomial', /\s+$/],
    ['polynomial', /a+b/],
    ['polynomial', /^a*a*$/],
    ['polynomial', /^\s*(?:.*)\s*x$/],
    ['polynomial', /<!--[^]*?-->/],
    ['polynomial', /^[a-z]*[0-9]?[a-z]*!$/],
    ['polynomial', /(?=a*b)/],
    ['polynomial', /^.*a.*a.*$/i],
    ['polynomial', /^K+\u212a+$/iu],
    ['exponential', /^(?:a+)+$/],
    ['exponential', /^(?:a*)*$/],
    ['exponential', /^(?:a|a)*$/],
    ['exponential', /^(?:a|ab|b)*c$/],
    ['exponential', /^(?:a?b?)*$/],
    ['exponential', /^(?:[a-z]|\w)+!$/],
    ['exponential', /^(?:a{1,3})*$/],
    ['exponential', /^(?:\s*,?\s*)*x$/],
  ])('%s: %s', (expected, expression) => {
    expect(growthOf(expression)).toBe(expected)
  })
})
