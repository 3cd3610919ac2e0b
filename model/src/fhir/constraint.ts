// The constraints (invariants) that R4 puts on resources, data types and their elements. A constraint that cannot be
// judged, or says neither yes nor no, counts as kept: nothing is refused that is not shown to be wrong.
import rows from './generated/constraints.json' with { type: 'json' }
import { Unjudged } from './constraint-compare.ts'
import { compileTest } from './constraint-compile.ts'
import type { Form, Test } from './constraint-form.ts'
import type { Node, Scope } from './constraint-node.ts'
import { ownConstraint } from './constraint-own.ts'
import { basesOf } from './structure.ts'

export interface Constraint {
  /** R4's name for it: `obs-6`. */
  readonly key: string
  readonly severity: 'error' | 'warning'
  /** R4's own words. */
  readonly text: string
  readonly isBroken: (node: Node, scope: Scope) => boolean
}

// oxlint-disable-next-line no-unsafe-type-assertion -- written by tools/generate, where a test compares it
const table = rows as unknown as Readonly<
  Record<string, readonly (readonly [string, 'error' | 'warning', string, Form])[]>
>

const known = new Map<string, readonly Constraint[]>()

/** Of a type or a backbone element with what it inherits, or of an element such as `Organization.address`. */
export function constraintsOf(holder: string): readonly Constraint[] {
  const made = known.get(holder) ?? basesOf(holder).flatMap(ownOf)
  known.set(holder, made)
  return made
}

function ownOf(holder: string): Constraint[] {
  const mine = Object.hasOwn(table, holder) ? (table[holder] ?? []) : []
  return mine.map(([key, severity, text, form]) => {
    const test = form[0] === 'own' ? ownConstraint(key) : compileTest(form)
    return { key, severity, text, isBroken: brokenBy(test) }
  })
}

/** Only a no breaks a constraint. */
export function brokenBy(test: Test): Constraint['isBroken'] {
  return (node, scope) => {
    try {
      return test([node], scope) === false
    } catch (error) {
      if (error instanceof Unjudged) return false
      throw error
    }
  }
}
