import type { Membership, Terminology } from '../fhir/search-terms.ts'
import type { CodeSystem, Library, ValueSet } from './content.ts'
import { splitCanonical } from './content.ts'
import { expand, type Expansion, memberKey } from './expand.ts'
import { TerminologyFault } from './fault.ts'
import { above, below, findConcept } from './hierarchy.ts'

// Worked out once, then looked up by each record of a search. The largest shipped one holds 3,000 codes.
const mostKept = 64

/** Answers from a library whose definitions do not change. A code that is not in its system has no relatives. */
export function openTerminology(library: Library): Terminology {
  const kept = new Map<string, Membership | undefined>()
  return {
    members(canonical) {
      if (kept.has(canonical)) return kept.get(canonical)
      const { url, version } = splitCanonical(canonical)
      const set = library.valueSet(url, version)
      const made = set === undefined ? undefined : workOut(library, set)
      const [oldest] = kept.keys()
      if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest)
      kept.set(canonical, made)
      return made
    },
    subsumed: (system, code) => closureIn(library.codeSystem(system), code, below),
    subsumers: (system, code) => closureIn(library.codeSystem(system), code, above),
  }
}

/** Undefined for a value set that cannot be worked out. */
function workOut(library: Library, set: ValueSet): Membership | undefined {
  try {
    return membershipOf(library, expand(library, set))
  } catch (error) {
    if (error instanceof TerminologyFault) return undefined
    throw error
  }
}

/** The codes that may be chosen from an expansion: those that only group others are no members. */
function membershipOf(library: Library, { members, complete }: Expansion): Membership {
  const keys = new Set<string>()
  const codes = new Set<string>()
  for (const [key, { code, abstract }] of members) {
    if (abstract) continue
    keys.add(key)
    codes.add(code)
  }
  return {
    complete,
    contains(url, code) {
      if (url === undefined) return codes.has(code)
      if (keys.has(memberKey(url, code))) return true
      const system = library.codeSystem(url)
      if (system === undefined || system.caseSensitive) return false
      const concept = findConcept(system, code)
      return concept !== undefined && keys.has(memberKey(url, concept.code))
    },
  }
}

function closureIn(
  system: CodeSystem | undefined,
  code: string,
  closure: (system: CodeSystem, code: string) => ReadonlySet<string>,
): ReadonlySet<string> | undefined {
  // A part of a system has a part of the relatives.
  if (system?.content !== 'complete') return undefined
  const codes = closure(system, code)
  return codes.size === 0 ? undefined : codes
}
