import { brokenBy } from '../fhir/constraint.ts'
import { compileTest } from '../fhir/constraint-compile.ts'
import type { Node } from '../fhir/constraint-node.ts'
import type { Trail } from '../fhir/trail.ts'
import type { Invariant } from './facts.ts'

/** Judges the node that the trail is at. */
export type InvariantsCheck = (trail: Trail, node: Node) => void

/** Undefined when there are none. */
export function invariantsCheck(invariants: readonly Invariant[]): InvariantsCheck | undefined {
  if (invariants.length === 0) return undefined
  const tests = invariants.map(({ form, ...one }) => ({ ...one, isBroken: brokenBy(compileTest(form)) }))
  return (trail, node) => {
    if (trail.scope === undefined) return
    const scope = { ...trail.scope, context: node }
    for (const { key, severity, text, isBroken } of tests) {
      if (severity === 'warning' && !trail.warnings) continue
      if (isBroken(node, scope))
        trail.add('invariant', text, severity === 'error' ? { constraint: key } : { constraint: key, severity })
    }
  }
}
