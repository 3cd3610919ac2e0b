/**
 * Who may import whom: THE table. A module may name only what stands in its row; the lint rule `chartkeep/boundaries`
 * and server/test/architecture.test.ts enforce it. A module names only modules above it, so there are no cycles.
 */
// oxfmt-ignore
export const modules = {
  base:     [],
  keeper:   [],
  workers:  ['base', 'keeper'],
  keys:     ['base'],
  db:       ['base'],
  policy:   ['base'],
  ledger:   ['base', 'keys', 'db'],
  identity: ['base', 'db', 'keys', 'ledger'],
  records:  ['base', 'db', 'keys', 'ledger', 'policy'],
  import:   ['base', 'policy', 'records'],
  care:     ['base', 'policy', 'records'],
  http:     ['base', 'ledger', 'identity', 'policy'],
  fhir:     ['base', 'http', 'policy', 'records'],
  smart:    ['base', 'http', 'identity', 'policy'],
  office:   ['base', 'http', 'identity', 'ledger', 'policy', 'records', 'care'],
  cli:      ['base', 'keys', 'db', 'ledger', 'identity', 'policy', 'records', 'import', 'care', 'http', 'fhir', 'smart', 'office'],
} as const satisfies Record<string, readonly string[]>

export type ModuleName = keyof typeof modules
