import type { CodeSystem, Concept } from './content.ts'

/** The concept that a code names: by its exact letters, or without case where the code system says that case is nothing. */
export function findConcept(system: CodeSystem, code: string): Concept | undefined {
  const exact = system.concepts.get(code)
  if (exact !== undefined || system.caseSensitive) return exact
  return foldedIn(system).get(code.toLowerCase())
}

const foldedConcepts = new WeakMap<CodeSystem, ReadonlyMap<string, Concept>>()

/** By their codes without case, made once: of two that differ by nothing else the first counts. */
function foldedIn(system: CodeSystem): ReadonlyMap<string, Concept> {
  const known = foldedConcepts.get(system)
  if (known !== undefined) return known
  const made = new Map([...system.concepts.values()].toReversed().map((one) => [one.code.toLowerCase(), one]))
  foldedConcepts.set(system, made)
  return made
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
