import { compilePattern, type Pattern, PatternFault } from '../pattern/pattern.ts'
import type { CodeSystem, Concept, Filter, Property } from './content.ts'
import { TerminologyFault } from './fault.ts'
import { above, below } from './hierarchy.ts'

/** What every code system can be filtered by. */
const always = new Set(['concept', 'code', 'display', 'definition', 'parent', 'child', 'inactive', 'notSelectable'])

// Longer texts match no pattern: the work for one is its length times the pattern's.
const longestText = 2_000

/**
 * The concepts that a filter lets through, as a test (R4 filter-operator). Throws TerminologyFault for an operator, a property
 * or a pattern that is not understood: leaving a filter out would widen the value set without a word. `spend` is told of
 * the work.
 */
export function compileFilter(
  system: CodeSystem,
  { property, op, value }: Filter,
  spend: (steps: number) => void,
): (concept: Concept) => boolean {
  // Each filter may walk the whole hierarchy, and its value may be a long list.
  spend(system.concepts.size + value.length)
  if (property === 'concept' || property === 'code') {
    const hierarchical = hierarchyFilter(system, op, value)
    if (hierarchical !== undefined) return ({ code }) => hierarchical.has(code)
    if (op === 'is-not-a') {
      const within = below(system, value)
      return ({ code }) => !within.has(code)
    }
  }
  if (!always.has(property) && !system.propertyCodes.has(property)) throw new TerminologyFault('unsupported')
  const test = compileValueTest(op, value, spend)
  if (test === undefined) throw new TerminologyFault('unsupported')
  return (concept) => {
    spend(concept.properties.length)
    return test(valuesOf(concept, property))
  }
}

function hierarchyFilter(system: CodeSystem, op: string, value: string): ReadonlySet<string> | undefined {
  switch (op) {
    case 'is-a':
      return below(system, value)
    case 'descendent-of':
      return new Set([...below(system, value)].slice(1))
    case 'generalizes':
      return above(system, value)
    default:
      return undefined
  }
}

function compileValueTest(
  op: string,
  value: string,
  spend: (steps: number) => void,
): ((values: readonly string[]) => boolean) | undefined {
  const listed = new Set(value.split(',').map((one) => one.trim()))
  switch (op) {
    case '=':
      return (values) => values.includes(value)
    case 'in':
      return (values) => values.some((one) => listed.has(one))
    case 'not-in':
      return (values) => !values.some((one) => listed.has(one))
    case 'exists':
      return value === 'true' || value === 'false' ? (values) => values.length > 0 === (value === 'true') : undefined
    case 'regex': {
      // Reading a pattern takes longer than matching a text as long.
      spend(value.length * 20)
      const { matches, size } = readPattern(value)
      return (values) =>
        values.some((one) => {
          spend(one.length * size)
          return one.length <= longestText && matches(one)
        })
    }
    default:
      return undefined
  }
}

/** Throws TerminologyFault. The whole of a value has to match, so anchors say nothing. */
function readPattern(source: string): Pattern {
  try {
    return compilePattern(source)
  } catch (error) {
    throw error instanceof PatternFault ? new TerminologyFault(error.code) : error
  }
}

function valuesOf(concept: Concept, property: string): readonly string[] {
  switch (property) {
    case 'concept':
    case 'code':
      return [concept.code]
    case 'display':
      return concept.display === undefined ? [] : [concept.display]
    case 'definition':
      return concept.definition === undefined ? [] : [concept.definition]
    case 'parent':
      return concept.parents
    case 'child':
      return concept.children
    case 'inactive':
      return [String(concept.inactive)]
    case 'notSelectable':
      return [String(concept.abstract)]
    default:
      return concept.properties.filter(({ code }) => code === property).flatMap(textOf)
  }
}

function textOf({ value }: Property): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  // A Coding is filtered by its code.
  if (typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string')
    return [value.code]
  return []
}
