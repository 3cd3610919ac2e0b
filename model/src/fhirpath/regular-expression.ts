// matches(), matchesFull() and replaceMatches(), which stand in for the library's own: a regular expression from outside
// must not run for hours on a text from outside, and JavaScript cannot stop one that does. So the steps that it may take
// at worst are reckoned first: each part of it that may repeat can try every length of the text.
import type { UserInvocationTable } from 'fhirpath'
import { FhirpathFault } from './fault.ts'

const mostSteps = 20_000_000
const longestPattern = 1000
const quantifier = /[*?]|\+|\{\d+,\d*\}/g

/** As the library wants them: a table of functions that take the found values and the parameters. */
export const regularExpressions: UserInvocationTable = {
  matches: { fn: matches, arity: { 1: ['String'], 2: ['String', 'String'] } },
  matchesFull: { fn: matchesFull, arity: { 1: ['String'], 2: ['String', 'String'] } },
  replaceMatches: { fn: replaceMatches, arity: { 2: ['String', 'String'] } },
}

function matches(found: unknown[], pattern: unknown, flags?: string): boolean | [] {
  const text = single(found)
  if (text === undefined || typeof pattern !== 'string') return []
  return expression(pattern, text, `su${flagsOf(flags)}`).test(text)
}

function matchesFull(found: unknown[], pattern: unknown, flags?: string): boolean | [] {
  return typeof pattern === 'string' ? matches(found, `^(?:${pattern})$`, flags) : []
}

function replaceMatches(found: unknown[], pattern: unknown, replacement: unknown): string | [] {
  const text = single(found)
  if (text === undefined || typeof pattern !== 'string' || typeof replacement !== 'string') return []
  return pattern === '' ? text : text.replace(expression(pattern, text, 'gu'), replacement)
}

function single(found: readonly unknown[]): string | undefined {
  if (found.length > 1) throw new FhirpathFault('execution')
  const [text] = found
  if (text !== undefined && text !== null && typeof text !== 'string') throw new FhirpathFault('execution')
  return text ?? undefined
}

function flagsOf(flags: string | undefined): string {
  if (flags === undefined) return ''
  if (!/^(i?m?|mi)$/.test(flags)) throw new FhirpathFault('execution')
  return flags
}

function expression(pattern: string, text: string, flags: string): RegExp {
  if (pattern.length > longestPattern || steps(pattern, text.length) > mostSteps) throw new FhirpathFault('too-costly')
  return new RegExp(pattern, flags)
}

/** The start can be anywhere, and each repetition can end anywhere; one within another multiplies for each turn. */
function steps(pattern: string, length: number): number {
  const bare = pattern
    .replaceAll(/\\./g, 'x')
    .replaceAll(/\[[^\]]*\]/g, 'x')
    .replaceAll(/\(\?[:=!]/g, '(')
  const repeated = bare.match(quantifier)?.length ?? 0
  const nested = /\([^()]*([*?+|]|\{\d+,)[^()]*\)([*+?]|\{)|\)\)+([*+?]|\{)/.test(bare)
  const places = bare.startsWith('^') ? 0 : 1
  return nested ? 2 ** Math.min(length, 60) : (length + 1) ** (repeated + places)
}
