import {
  type CodeSystem,
  type Concept,
  type Designation,
  type Library,
  type Member,
  type Part,
  splitCanonical,
  type ValueSet,
} from './content.ts'
import { TerminologyFault } from './fault.ts'
import { compileFilter } from './filter.ts'
import { findConcept } from './hierarchy.ts'

/** What a value set holds, as far as it is known here. */
export interface Expansion {
  /** By `memberKey`, in the order of the definition. Each is certain, also when others are missing. */
  readonly members: ReadonlyMap<string, Member>
  /** Whether no other code is a member. */
  readonly complete: boolean
  /** Canonicals of the code systems and value sets that would be needed and are not here. */
  readonly unknown: ReadonlySet<string>
  /** Canonicals of the code systems that were used. */
  readonly used: ReadonlySet<string>
}

export interface ExpansionOptions {
  /** Versions of code systems to use where the value set does not say which, by url. */
  readonly versions?: ReadonlyMap<string, string>
}

export const memberKey = (system: string, code: string): string => `${system}\n${code}`

// The largest expansion that is shipped takes 7,000 steps; this many are a fifth of a second.
const mostSteps = 2_000_000
const mostMembers = 100_000
const deepest = 20

/**
 * Works out which codes a value set has (R4 valueset, 4.9.5). What depends on a code system that is not here is left out and
 * said to be unknown. Throws TerminologyFault.
 */
export function expand(library: Library, valueSet: ValueSet, options: ExpansionOptions = {}): Expansion {
  const run = new Run(library, options.versions ?? new Map())
  const { members, complete } = run.valueSet(valueSet)
  return { members, complete, unknown: run.unknown, used: run.used }
}

type Members = ReadonlyMap<string, Member>

interface Result {
  readonly members: Members
  readonly complete: boolean
}

const nothingKnown: Result = { members: new Map(), complete: false }

class Run {
  readonly unknown = new Set<string>()
  readonly used = new Set<string>()
  readonly #library: Library
  readonly #versions: ReadonlyMap<string, string>
  readonly #done = new Map<string, Result>()
  /** The value sets that are being worked out, each included by the one before. */
  readonly #under: ValueSet[] = []
  #steps = 0

  constructor(library: Library, versions: ReadonlyMap<string, string>) {
    this.#library = library
    this.#versions = versions
  }

  readonly #spend = (steps: number): void => {
    this.#steps += steps
    if (this.#steps > mostSteps) throw new TerminologyFault('too-costly')
  }

  valueSet(set: ValueSet): Result {
    if (this.#under.includes(set)) throw new TerminologyFault('circular')
    if (this.#under.length >= deepest) throw new TerminologyFault('too-costly')
    this.#under.push(set)
    const computed = this.#compose(set)
    this.#under.pop()
    // What its author's server could work out counts where ours cannot.
    if (computed.complete || set.stored === undefined) return computed
    const stored = new Map(set.stored.members.map((one) => [memberKey(one.system, one.code), one]))
    return { members: stored, complete: set.stored.complete }
  }

  #compose({ include, exclude, inactive }: ValueSet): Result {
    const members = new Map<string, Member>()
    // Without a definition nothing is known.
    let complete = include.length > 0
    for (const part of include) {
      const result = this.#part(part)
      this.#spend(1 + result.members.size)
      complete &&= result.complete
      for (const [key, member] of result.members) {
        const known = members.get(key)
        if (known === undefined || (known.abstract && !member.abstract)) members.set(key, member)
      }
      if (members.size > mostMembers) throw new TerminologyFault('too-costly')
    }
    for (const part of exclude) {
      const result = this.#part(part)
      this.#spend(1 + members.size + result.members.size)
      for (const key of result.members.keys()) members.delete(key)
      if (result.complete) continue
      // Anything that may be excluded is not certain to be in.
      complete = false
      for (const [key, { system }] of members)
        if (part.system === undefined || system === part.system) members.delete(key)
    }
    if (!inactive) for (const [key, member] of members) if (member.inactive) members.delete(key)
    return { members, complete }
  }

  #part(part: Part): Result {
    const results = part.valueSets.map((canonical) => this.#imported(canonical))
    for (const { members } of results) this.#spend(1 + members.size)
    if (part.system !== undefined) results.unshift(this.#codes(part, part.system))
    const [first, ...others] = results
    return others.reduce(both, first ?? { members: new Map(), complete: true })
  }

  #imported(canonical: string): Result {
    const done = this.#done.get(canonical)
    if (done !== undefined) return done
    const { url, version } = splitCanonical(canonical)
    const set = this.#library.valueSet(url, version)
    if (set === undefined) this.unknown.add(canonical)
    const result = set === undefined ? nothingKnown : this.valueSet(set)
    this.#done.set(canonical, result)
    return result
  }

  #codes({ version: pinned, codes, filters }: Part, url: string): Result {
    const version = pinned ?? this.#versions.get(url)
    const system = this.#library.codeSystem(url, version)
    const named = version === undefined ? url : `${url}|${version}`
    if (system !== undefined) this.used.add(system.version === undefined ? url : `${url}|${system.version}`)
    if (codes !== undefined) {
      this.#spend(codes.length)
      const members = codes.map(({ code, display, designations }): Member => {
        const concept = system === undefined ? undefined : findConcept(system, code)
        const own = concept === undefined ? undefined : memberOf(system, url, concept)
        return {
          system: url,
          version: system?.version ?? version,
          code: own?.code ?? code,
          display: display ?? own?.display,
          designations: [...designations, ...otherNames(own, display)],
          inactive: own?.inactive ?? false,
          abstract: false,
        }
      })
      return { members: byKey(members), complete: true }
    }
    if (system === undefined) {
      this.unknown.add(named)
      return nothingKnown
    }
    const tests = filters.map((filter) => compileFilter(system, filter, this.#spend))
    const members: Member[] = []
    for (const concept of system.concepts.values()) {
      this.#spend(1 + tests.length)
      if (tests.every((test) => test(concept))) members.push(memberOf(system, url, concept))
    }
    if (system.content !== 'complete') this.unknown.add(named)
    return { members: byKey(members), complete: system.content === 'complete' }
  }
}

function byKey(members: readonly Member[]): Members {
  if (members.length > mostMembers) throw new TerminologyFault('too-costly')
  return new Map(members.map((one) => [memberKey(one.system, one.code), one]))
}

/** What the system calls a code that a value set gives a display of its own. */
function otherNames(own: Member | undefined, given: string | undefined): readonly Designation[] {
  if (own === undefined) return []
  const { display, designations } = own
  if (display === undefined || given === undefined || given === display) return designations
  return [{ language: undefined, value: display }, ...designations]
}

function memberOf(system: CodeSystem | undefined, url: string, concept: Concept): Member {
  const { code, display, designations, inactive, abstract } = concept
  return { system: url, version: system?.version, code, display, designations, inactive, abstract }
}

/** Codes that are in each. With one of them known in full and empty, nothing is missing. */
function both(one: Result, other: Result): Result {
  const members = new Map<string, Member>()
  for (const [key, member] of one.members) {
    const same = other.members.get(key)
    if (same !== undefined) members.set(key, member.abstract ? same : member)
  }
  const empty = [one, other].some(({ members: { size }, complete }) => complete && size === 0)
  return { members, complete: empty || (one.complete && other.complete) }
}
