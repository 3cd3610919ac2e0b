/** What the mutation tester asks of the process that keeps the tests loaded. */
export interface Job {
  /** A test file, as an absolute path. */
  readonly file: string
  /** Ids of the tests to run; all of the file when left out. */
  readonly tests?: readonly string[]
  /** The mutant to switch on, by the tester's id. */
  readonly mutant?: string
  /** How often the mutant may be reached before it counts as endless. */
  readonly hitLimit?: number | undefined
  /** Loads all modules anew: for mutants of code that runs when its module is loaded. */
  readonly fresh: boolean
  /** Goes on after a failure and says which mutants each test reached. */
  readonly cover: boolean
}

export interface RanTest {
  readonly id: string
  readonly milliseconds: number
}

/** How often each mutant was reached, by its id. */
export type Hits = Readonly<Record<string, number>>

export interface Outcome {
  readonly tests: readonly RanTest[]
  /** The first failure: of a test, of a hook, of the import, or of what nobody waited for. */
  readonly failure?: { readonly test: string | undefined; readonly message: string }
  readonly endless: boolean
  /** Reached while modules were loaded, in hooks, and in each test by its id. */
  readonly reached?: { readonly load: Hits; readonly hooks: Hits; readonly tests: Readonly<Record<string, Hits>> }
  /** Bytes of memory the process holds. */
  readonly memory: number
}
