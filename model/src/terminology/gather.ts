import type { Resource } from '../fhir/resource.ts'
import { type CodeSystem, joinLibraries, type Library, splitCanonical, type ValueSet } from './content.ts'
import { TerminologyFault } from './fault.ts'
import { type Needs, needsOf } from './needs.ts'
import { readCodeSystem } from './read-code-system.ts'
import { readValueSet } from './read-value-set.ts'

/** Finds a definition by its canonical; undefined when there is none. It follows its R4 definition. */
export type Fetch = (type: 'ValueSet' | 'CodeSystem', canonical: string) => Promise<Resource | undefined>

// Each is a search of the store.
const mostFetched = 64

/**
 * A library with what is wanted, and all that this needs in turn, as far as it is to be had: what `held` does not have is
 * fetched. Throws TerminologyFault when that would be too much.
 */
export async function gather(held: Library, wanted: Needs, fetch: Fetch): Promise<Library> {
  const systems = new Map<string, CodeSystem>()
  const sets = new Map<string, ValueSet>()
  const library = joinLibraries(held, { codeSystem: found(systems), valueSet: found(sets) })
  const asked = new Set<string>()
  const walked = new Set<string>()
  let level: Needs = wanted
  while (level.valueSets.length + level.codeSystems.length > 0) {
    const newSets = missing(level.valueSets, library.valueSet).filter((one) => !asked.has(`set ${one}`))
    const newSystems = missing(level.codeSystems, library.codeSystem).filter((one) => !asked.has(`system ${one}`))
    for (const one of newSets) asked.add(`set ${one}`)
    for (const one of newSystems) asked.add(`system ${one}`)
    if (asked.size > mostFetched) throw new TerminologyFault('too-costly')
    await Promise.all([
      ...newSets.map(async (one) => keep(sets, one, await fetch('ValueSet', one), readValueSet)),
      ...newSystems.map(async (one) => keep(systems, one, await fetch('CodeSystem', one), readCodeSystem)),
    ])
    const next = level.valueSets.filter((one) => !walked.has(one))
    for (const one of next) walked.add(one)
    level = all(next.flatMap((canonical) => setsAt(library, canonical)).map(needsOf))
  }
  return library
}

function setsAt(library: Library, canonical: string): ValueSet[] {
  const { url, version } = splitCanonical(canonical)
  const set = library.valueSet(url, version)
  return set === undefined ? [] : [set]
}

function all(needs: readonly Needs[]): Needs {
  return {
    valueSets: [...new Set(needs.flatMap(({ valueSets }) => valueSets))],
    codeSystems: [...new Set(needs.flatMap(({ codeSystems }) => codeSystems))],
  }
}

function missing(canonicals: readonly string[], find: (url: string, version?: string) => unknown): readonly string[] {
  return [...new Set(canonicals)].filter((canonical) => {
    const { url, version } = splitCanonical(canonical)
    return find(url, version) === undefined
  })
}

function found<T>(known: ReadonlyMap<string, T>): (url: string, version?: string) => T | undefined {
  return (url, version) => known.get(version === undefined ? url : `${url}|${version}`)
}

function keep<T>(
  known: Map<string, T>,
  canonical: string,
  resource: Resource | undefined,
  read: (resource: Resource) => T | undefined,
): void {
  const one = resource === undefined ? undefined : read(resource)
  if (one !== undefined) known.set(canonical, one)
}
