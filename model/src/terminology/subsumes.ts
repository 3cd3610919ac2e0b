import type { CodeSystem } from './content.ts'
import { below, findConcept } from './hierarchy.ts'

/** http://hl7.org/fhir/concept-subsumption-outcome */
export type Subsumption = 'equivalent' | 'subsumes' | 'subsumed-by' | 'not-subsumed'

/** How code A stands to code B. Undefined when the code system does not have one of them. */
export function subsumption(system: CodeSystem, codeA: string, codeB: string): Subsumption | undefined {
  const [a, b] = [findConcept(system, codeA)?.code, findConcept(system, codeB)?.code]
  if (a === undefined || b === undefined) return undefined
  if (a === b) return 'equivalent'
  if (below(system, a).has(b)) return 'subsumes'
  return below(system, b).has(a) ? 'subsumed-by' : 'not-subsumed'
}
