// Vitest as the mutation tester runs it: one process that stays, to which test files come as jobs (kept/).
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // A run without database tests starts no PostgreSQL: setup looks at the names of the projects.
    globalSetup: ['server/test/setup-postgres.ts'],
    runner: 'tools/mutants/kept/worker.ts',
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    // What a mutant keeps from coming is not waited for as long as on a busy machine.
    expect: { poll: { timeout: 5_000, interval: 50 } },
    testTimeout: 20_000,
    hookTimeout: 30_000,
    include: [],
    projects: [
      {
        extends: true,
        test: {
          name: process.env['MUTANTS_UNIT_ONLY'] === undefined ? 'db' : 'unit',
          include: ['tools/mutants/kept/idle.ts'],
        },
      },
    ],
  },
})
