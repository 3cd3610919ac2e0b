import type { CodeSystem, Concept } from './content.ts'

/** The concept that a code names: by its exact letters, or without case where the code system says that case is nothing. */
export function findConcept(system: CodeSystem, code: string): Concept | undefined {
  const exact = system.concepts.get(code)
  if (exact !== undefined || system.caseSensitive) return exact
  const folded = code.toLowerCase()
  for (const concept of system.concepts.values()) if (concept.code.toLowerCase() === folded) return concept
  return undefined
}

/** The code, first, and all that it subsumes. */
export function below(system: CodeSystem, code: string): ReadonlySet<string> {
  return closure(system, code, (concept) => concept.children)
}

/** The code, first, and all that subsume it. */
export function above(system: CodeSystem, code: string): ReadonlySet<string> {
  return closure(system, code, (concept) => concept.parents)
}

function closure(system: CodeSystem, code: string, next: (concept: Concept) => readonly string[]): ReadonlySet<string> {
  const start = findConcept(system, code)
  const seen = new Set<string>()
  if (start === undefined) return seen
  seen.add(start.code)
  if (!system.subsumes) return seen
  // A set is walked in the order in which it grows; what is in it is not walked twice, so a circle ends.
  for (const one of seen) {
    const concept = system.concepts.get(one)
    if (concept !== undefined) for (const other of next(concept)) if (system.concepts.has(other)) seen.add(other)
  }
  return seen
}
