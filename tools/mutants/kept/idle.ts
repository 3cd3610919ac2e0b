// What the kept process is started with; every other test file comes to it as a job.
import { configureGlobal } from 'fast-check'
import { expect, test } from 'vitest'

// A failure is enough to know: nobody reads the smallest counterexample.
configureGlobal({ endOnFailure: true })

test('the process is there', () => {
  expect(process.env['MUTANTS_SOCKET']).toBeDefined()
})
