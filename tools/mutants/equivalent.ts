/** A mutant that no test can kill, because the mutated code behaves alike; with the reason, for a reviewer to judge. */
export interface Equivalent {
  readonly file: string
  /** The change as the report prints it: `original → replacement`. */
  readonly change: string
  readonly reason: string
}

/** Left out of the score. A row that matches no surviving mutant is reported, so that the list cannot go stale. */
export const equivalents: readonly Equivalent[] = []
