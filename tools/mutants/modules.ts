/** A module of the server whose tests are measured by mutating its code. */
export interface MeasuredModule {
  readonly name: string
  /** Lowest acceptable share of killed mutants, per cent. */
  readonly goal: number
  /** Vitest projects and the test files in them that speak for the module, as globs from the root. */
  readonly tests: { readonly unit: readonly string[]; readonly db: readonly string[] }
}

const beside = (name: string): MeasuredModule['tests'] => ({
  unit: [`server/src/${name}/**/*.test.ts`],
  db: [`server/src/${name}/**/*.db.test.ts`],
})

/** Tests that start other processes are left out: a mutant is switched on in the test's own process only. */
export const measured: readonly MeasuredModule[] = [
  { name: 'policy', goal: 95, tests: beside('policy') },
  { name: 'keys', goal: 95, tests: beside('keys') },
  { name: 'ledger', goal: 95, tests: beside('ledger') },
  {
    name: 'identity',
    goal: 95,
    tests: {
      unit: beside('identity').unit,
      db: [
        ...beside('identity').db,
        'server/test/identity-{rollback,tampering}.db.test.ts',
        'server/src/smart/*.db.test.ts',
        'server/test/journeys/office/{accounts,sign-in}.test.ts',
      ],
    },
  },
  {
    name: 'records',
    goal: 90,
    tests: {
      unit: beside('records').unit,
      db: [
        ...beside('records').db,
        'server/test/{records-tampering,no-way-around,polling,search-brute,search-paging,search-http}.db.test.ts',
        'server/test/journeys/{fhir,fhir-binary,fhir-charts,fhir-history,fhir-links,fhir-operations}.test.ts',
        'server/test/journeys/{fhir-transactions,narrowed,terminology}.test.ts',
        'server/test/journeys/office/{patients,schedule}.test.ts',
      ],
    },
  },
]
