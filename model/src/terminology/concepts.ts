import type { Concept } from './content.ts'

/** A concept as its definition has it: its place is known by what it stands under. */
export type Placed = Omit<Concept, 'children'>

const none: readonly string[] = []

/** Concepts by code, each knowing its children. Of two with one code the first counts; a parent that is missing is none. */
export function indexConcepts(placed: readonly Placed[]): ReadonlyMap<string, Concept> {
  const concepts = new Map<string, Concept>()
  const children = new Map<string, string[]>()
  for (const one of placed) {
    if (concepts.has(one.code)) continue
    concepts.set(one.code, { ...one, children: none })
    for (const parent of new Set(one.parents)) {
      const siblings = children.get(parent)
      if (siblings === undefined) children.set(parent, [one.code])
      else siblings.push(one.code)
    }
  }
  for (const [code, below] of children) {
    const parent = concepts.get(code)
    if (parent !== undefined) concepts.set(code, { ...parent, children: below })
  }
  return concepts
}
