// matches(), matchesFull() and replaceMatches(), which stand in for the library's own: a regular expression from outside
// must not run for hours on a text from outside, and JavaScript cannot stop one that does. So the steps that it may take
// at worst are reckoned first: each part of it that may repeat can try every length of the text.
import type { UserInvocationTable } from 'fhirpath'
import { FhirpathFault } from './fault.ts'

const mostSteps = 20_000_000
const longestPattern = 1000

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

/**
 * The start can be anywhere, and each repetition can end anywhere. A repetition of what can itself match in several ways
 * (it repeats, or has alternatives) doubles for each character; so may what refers back to a group.
 */
function steps(pattern: string, length: number): number {
  const reckoned = reckon(pattern)
  if (reckoned === undefined) return 2 ** length
  return (length + 1) ** (reckoned + (pattern.startsWith('^') ? 0 : 1))
}

const part = /\\[1-9k]|\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!]|:|<\w+>))?|\)|\||[*+?]\??|\{\d+(?:,\d*)?\}\??|[^]/gu

/** How many parts repeat; undefined when one repeats within another, or refers back. */
function reckon(pattern: string): number | undefined {
  /** Whether each group that is open can match in several ways, outermost first. */
  const open = [false]
  let repeated = 0
  let severalWays = false
  for (const [text] of pattern.matchAll(part)) {
    if (/^\\[1-9k]/.test(text)) return undefined
    const repeats = /^(?:[*+?]|\{\d)/.test(text)
    if (repeats && severalWays) return undefined
    severalWays = false
    if (text.startsWith('(')) open.push(false)
    else if (text === ')') {
      severalWays = open.pop() === true
      if (severalWays) open[open.length - 1] = true
    } else if (text === '|' || (repeats && !/^\{\d+\}/.test(text))) {
      open[open.length - 1] = true
      if (repeats) repeated++
    }
  }
  return repeated
}
