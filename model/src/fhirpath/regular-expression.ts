// matches(), matchesFull() and replaceMatches(), which stand in for the library's own: JavaScript's regular expressions can
// run for hours on a text of a few characters, and cannot be stopped.
import type { UserInvocationTable } from 'fhirpath'
import { compilePattern, type Pattern, PatternFault, type PatternFlags } from '../pattern/pattern.ts'
import { spend } from './effort.ts'
import { FhirpathFault } from './fault.ts'

// Of what an evaluation may spend: what a step of the library costs, some hundred of these do.
const charactersPerStep = 100

/** As the library wants them: a table of functions that take the found values and the parameters. */
export const regularExpressions: UserInvocationTable = {
  matches: { fn: matches, arity: { 1: ['String'], 2: ['String', 'String'] } },
  matchesFull: { fn: matchesFull, arity: { 1: ['String'], 2: ['String', 'String'] } },
  replaceMatches: { fn: replaceMatches, arity: { 2: ['String', 'String'] } },
}

function matches(found: unknown[], pattern: unknown, flags?: string): boolean | [] {
  const text = single(found)
  if (text === undefined || typeof pattern !== 'string') return []
  const compiled = expression(pattern, { dotAll: true, ...flagsOf(flags) })
  spendOn(compiled, text.length)
  return compiled.isIn(text)
}

function matchesFull(found: unknown[], pattern: unknown, flags?: string): boolean | [] {
  const text = single(found)
  if (text === undefined || typeof pattern !== 'string') return []
  const compiled = expression(pattern, { dotAll: true, ...flagsOf(flags) })
  spendOn(compiled, text.length)
  return compiled.matches(text)
}

function replaceMatches(found: unknown[], pattern: unknown, replacement: unknown): string | [] {
  const text = single(found)
  if (text === undefined || typeof pattern !== 'string' || typeof replacement !== 'string') return []
  if (pattern === '') return text
  const compiled = expression(pattern, {})
  return compiled.replaceIn(text, replacement, (characters) => spendOn(compiled, characters))
}

function single(found: readonly unknown[]): string | undefined {
  if (found.length > 1) throw new FhirpathFault('execution')
  const [text] = found
  if (text !== undefined && text !== null && typeof text !== 'string') throw new FhirpathFault('execution')
  return text ?? undefined
}

function flagsOf(flags: string | undefined): PatternFlags {
  if (flags === undefined) return {}
  if (!/^(i?m?|mi)$/.test(flags)) throw new FhirpathFault('execution')
  return { ignoreCase: flags.includes('i'), multiline: flags.includes('m') }
}

const mostCompiled = 100
const known = new Map<string, Pattern>()

/** Compiled once: an expression may ask the same of each of many texts. */
function expression(source: string, flags: PatternFlags): Pattern {
  const key = JSON.stringify([source, flags])
  const made = known.get(key) ?? compile(source, flags)
  if (known.size >= mostCompiled) known.clear()
  known.set(key, made)
  return made
}

function compile(source: string, flags: PatternFlags): Pattern {
  // Reading a pattern takes longer than matching a text as long.
  spend(source.length)
  try {
    return compilePattern(source, flags)
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error
    throw new FhirpathFault(error.code === 'unsupported' ? 'not-offered' : error.code)
  }
}

function spendOn({ size }: Pattern, characters: number): void {
  spend((size * (characters + 1)) / charactersPerStep)
}
