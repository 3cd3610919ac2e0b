// Vitest as the mutation tester runs it: one module's tests, one worker, the module named by MUTANTS_MODULE.
import { defineConfig } from 'vitest/config'
import { measured } from './modules.ts'

const module = measured.find(({ name }) => name === process.env['MUTANTS_MODULE'])
if (module === undefined) throw new Error('MUTANTS_MODULE names no measured module')
const { unit, db } = module.tests

export default defineConfig({
  test: {
    // A run without database tests starts no PostgreSQL: setup looks at the names of the projects.
    globalSetup: ['server/test/setup-postgres.ts'],
    restoreMocks: true,
    unstubEnvs: true,
    exclude: ['**/kill.db.test.ts', '**/node_modules/**'],
    expect: { poll: { timeout: 20_000, interval: 50 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    include: [],
    projects: [
      { extends: true, test: { name: 'unit', include: [...unit], exclude: ['**/*.db.test.ts', '**/node_modules/**'] } },
      ...(process.env['MUTANTS_UNIT_ONLY'] === undefined
        ? [{ extends: true as const, test: { name: 'db', include: [...db] } }]
        : []),
    ],
  },
})
