// Value sets whose codes can all be listed: they enumerate codes, or take whole code systems that are published in full.
import { type CodeSystem, type Library, splitCanonical, type ValueSet } from '../../model/src/terminology/content.ts'
import { expand } from '../../model/src/terminology/expand.ts'
import { TerminologyFault } from '../../model/src/terminology/fault.ts'
import { readCodeSystem } from '../../model/src/terminology/read-code-system.ts'
import { readValueSet } from '../../model/src/terminology/read-value-set.ts'
import { type Loose, readBundle } from './definitions.ts'

export interface ValueSets {
  readonly sets: ReadonlyMap<string, Loose>
  readonly systems: ReadonlyMap<string, Loose>
}

export interface Coded {
  readonly system: string
  readonly code: string
}

export function readValueSets(): ValueSets {
  const sets = new Map<string, Loose>()
  const systems = new Map<string, Loose>()
  for (const file of ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json']) {
    for (const one of readBundle(file)) {
      if (one.resourceType === 'ValueSet') sets.set(one.url, one)
      if (one.resourceType === 'CodeSystem') systems.set(one.url, one)
    }
  }
  return { sets, systems }
}

/** Every code of the value set that may be chosen; undefined when they cannot all be known from what is published. */
export function codesOf(known: ValueSets, canonical: string): readonly Coded[] | undefined {
  const library = libraryOf(known)
  const { url, version } = splitCanonical(canonical)
  const set = library.valueSet(url, version) ?? library.valueSet(url)
  if (set === undefined) return undefined
  try {
    const { members, complete } = expand(library, set)
    return complete ? [...members.values()].filter(({ abstract }) => !abstract) : undefined
  } catch (error) {
    if (error instanceof TerminologyFault) return undefined
    throw error
  }
}

const libraries = new WeakMap<ValueSets, Library>()

/** What is published, as the model works value sets out: each definition is read once. */
function libraryOf(known: ValueSets): Library {
  const made = libraries.get(known)
  if (made !== undefined) return made
  const sets = new Map<string, ValueSet>()
  const systems = new Map<string, CodeSystem | undefined>()
  const library: Library = {
    valueSet(url, version) {
      const published = known.sets.get(url)
      if (published === undefined || (version !== undefined && version !== published.version)) return undefined
      const set = sets.get(url) ?? readValueSet(published)
      sets.set(url, set)
      return set
    },
    codeSystem(url, version) {
      const published = known.systems.get(url)
      if (published === undefined || (version !== undefined && version !== published.version)) return undefined
      const system = systems.has(url) ? systems.get(url) : readCodeSystem(published)
      systems.set(url, system)
      return system
    },
  }
  libraries.set(known, library)
  return library
}

/** The code system that all codes of the value set are of. */
export function systemOf(known: ValueSets, canonical: string): string | undefined {
  const include: Loose[] = known.sets.get(canonical)?.compose?.include ?? []
  const systems = new Set(include.map((one) => one.system))
  const [system] = systems
  return systems.size === 1 ? system : undefined
}
