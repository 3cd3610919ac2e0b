import { defineConfig } from 'vitest/config'

const databaseTests = '**/*.db.test.ts'
const minutes = 60_000

export default defineConfig({
  test: {
    // One PostgreSQL for the whole run; every test that wants a database gets its own, cloned from a template.
    globalSetup: ['server/test/setup-postgres.ts'],
    // The usual small server has two cores, and the database wants one of them.
    maxWorkers: 2,
    pool: 'forks',
    // For what is sure to come, on a machine that is busy with something else (server/test/eventually.ts says the same).
    expect: { poll: { timeout: 20_000, interval: 50 } },
    restoreMocks: true,
    unstubEnvs: true,
    // Groups run one after another: what takes a second fails before what takes a minute starts.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{model,server,web}/src/**/*.test.{ts,tsx}',
            'tools/**/*.test.ts',
            'server/test/*.test.ts',
            'server/test/vectors/**/*.test.ts',
          ],
          exclude: [databaseTests, '**/node_modules/**'],
          // Longer than a poll waits, so that the poll says what did not come.
          testTimeout: minutes,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'db',
          include: [`{server/src,tools}/${databaseTests}`, `server/test/${databaseTests.slice(3)}`],
          exclude: ['**/node_modules/**'],
          testTimeout: 3 * minutes,
          hookTimeout: 2 * minutes,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['server/test/{journeys,cli}/**/*.test.ts'],
          testTimeout: 5 * minutes,
          // Longer than a practice takes to start or to be given up (server/test/practice.ts), which then cleans up.
          hookTimeout: 5 * minutes,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['server/test/faults/**/*.test.ts'],
          testTimeout: 10 * minutes,
          hookTimeout: 5 * minutes,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['web/e2e/**/*.test.ts'],
          testTimeout: 5 * minutes,
          hookTimeout: 5 * minutes,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
