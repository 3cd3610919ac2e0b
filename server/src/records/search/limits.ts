/** What one search may ask for, and what may be spent on it. More is refused: the caller asks again, narrower. */
export const searchLimits = {
  parameters: 64,
  /** Alternatives of all parameters together. */
  values: 1000,
  /** Links of a chain, `_has` counted: `a:B.c:D.e` has two. */
  links: 4,
  sortKeys: 5,
  /** `_include` and `_revinclude` together. */
  includes: 32,
  /** Rounds of `:iterate`. */
  rounds: 4,
  /** Records that come along with a page. */
  included: 2000,
  /** Records that an inner search of a chain may lead through; past that, each candidate is asked instead. */
  through: 1000,
  /** Charts that are read side by side. */
  charts: 1000,
  /** Records opened for one page; a search that needs more finds too little for its work. */
  opened: 200_000,
} as const
