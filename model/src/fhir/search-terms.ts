// What searching by codes needs to know of code systems and value sets; whoever searches brings it.

export interface Membership {
  /** Whether all members are known here: otherwise `contains` may say no to one. */
  readonly complete: boolean
  contains(system: string | undefined, code: string): boolean
}

export interface Terminology {
  /** By the value set's address, perhaps with `|version`; undefined when it is not known here. */
  members(valueSet: string): Membership | undefined
  /** The codes that a code subsumes; undefined when the system or the code is not known here. */
  subsumed(system: string, code: string): ReadonlySet<string> | undefined
  /** The codes that subsume a code; undefined when the system or the code is not known here. */
  subsumers(system: string, code: string): ReadonlySet<string> | undefined
}
