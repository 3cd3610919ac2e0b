// Regular expressions that come from outside, on texts from outside. They are matched by RE2's method, which follows all
// states that a text may have led to at once and never goes back: the time grows with the size of the pattern times the
// length of the text. What would need going back (references to groups, looking around) is not understood.
import { type Matcher, RE2JS } from 're2js'

export type PatternFaultCode = 'unsupported' | 'too-costly'

/** Why a pattern was not taken; holds none of it. */
export class PatternFault extends Error {
  readonly code: PatternFaultCode

  constructor(code: PatternFaultCode) {
    super(`the pattern is ${code}`)
    this.name = 'PatternFault'
    this.code = code
  }
}

export interface PatternFlags {
  /** `.` matches a line's end too. */
  readonly dotAll?: boolean
  readonly ignoreCase?: boolean
  /** `^` and `$` match at each line's begin and end. */
  readonly multiline?: boolean
}

export interface Pattern {
  /** The states that one character of a text may have to be tried in. */
  readonly size: number
  /** Whether the whole of a text matches. */
  matches(text: string): boolean
  /** Whether any part of a text matches. */
  isIn(text: string): boolean
  /**
   * Each match replaced; `$1`, `$<name>`, `$&` and `$$` as in JavaScript.
   *
   * @param spend told of the characters that finding the next match may go through, before it does
   */
  replaceIn(text: string, replacement: string, spend: (characters: number) => void): string
}

const longest = 1000
const mostSteps = 2000

/** @throws PatternFault for a pattern that is not understood, is longer than 1,000 characters or has more than 2,000 states */
export function compilePattern(source: string, flags: PatternFlags = {}): Pattern {
  if (source.length > longest || repetitions(source) > mostSteps) throw new PatternFault('too-costly')
  const compiled = compile(source, flags)
  const size = compiled.programSize()
  if (size > mostSteps) throw new PatternFault('too-costly')
  return {
    size,
    matches: (text) => compiled.testExact(text),
    isIn: (text) => compiled.test(text),
    replaceIn: (text, replacement, spend) => replaceIn(compiled, text, replacement, spend),
  }
}

function compile(source: string, { dotAll, ignoreCase, multiline }: PatternFlags): RE2JS {
  const flags =
    (dotAll === true ? RE2JS.DOTALL : 0) |
    (ignoreCase === true ? RE2JS.CASE_INSENSITIVE : 0) |
    (multiline === true ? RE2JS.MULTILINE : 0)
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source), flags)
  } catch (error) {
    // Its words quote the pattern, so they go no further.
    const isLarge = error instanceof Error && large.test(error.message) && !hasEmptyRange(source)
    throw new PatternFault(isLarge ? 'too-costly' : 'unsupported')
  }
}

const large = /invalid repeat count|nests too deeply|too large/

/** `{3,1}`, which the library calls an invalid count too. */
function hasEmptyRange(source: string): boolean {
  return [...source.matchAll(/\{(\d{1,6}),(\d{1,6})\}/g)].some(([, least, most]) => Number(least) > Number(most))
}

/** What all counted repetitions come to, before a program is made that long. */
function repetitions(source: string): number {
  let sum = 0
  for (const [, most] of source.matchAll(/(\d{1,6})\}/g)) sum += Number(most)
  return sum
}

function replaceIn(compiled: RE2JS, text: string, replacement: string, spend: (characters: number) => void): string {
  const matcher = compiled.matcher(text)
  const made: string[] = []
  let end = 0
  for (;;) {
    spend(text.length - end + 1)
    if (!matcher.find()) break
    made.push(text.slice(end, matcher.start()), expand(matcher, replacement))
    end = matcher.end()
  }
  return made.join('') + text.slice(end)
}

function expand(matcher: Matcher, replacement: string): string {
  return replacement.replaceAll(
    /\$(?:([$&])|(\d{1,2})|<(\w{1,64})>)/g,
    (whole, sign?: string, group?: string, name?: string) => {
      if (sign !== undefined) return sign === '$' ? '$' : (matcher.group() ?? '')
      if (name !== undefined) return groupNamed(matcher, name) ?? whole
      const number = Number(group)
      return number > 0 && number <= matcher.groupCount() ? (matcher.group(number) ?? '') : whole
    },
  )
}

/** Undefined when there is no such group. */
function groupNamed(matcher: Matcher, name: string): string | undefined {
  try {
    return matcher.group(name) ?? ''
  } catch {
    return undefined
  }
}
