import { expect, test } from 'vitest'
import { count } from './report.ts'

const file = (status: string, ...tests: string[]) => ({
  name: `${process.cwd()}/a.test.ts`,
  status,
  assertionResults: tests.map((test, at) => ({ fullName: `test ${at}`, status: test })),
})

test('passed and failed tests are counted', () => {
  const report = { testResults: [file('failed', 'passed', 'failed'), file('passed', 'passed')] }
  expect(count(report, 1)).toEqual({ passed: 2, failed: 1, skipped: [], broken: [] })
})

test('a skipped test is named, and neither passed nor failed', () => {
  const report = { testResults: [file('passed', 'passed', 'pending', 'skipped', 'todo')] }
  expect(count(report, 0)).toEqual({
    passed: 1,
    failed: 0,
    skipped: ['a.test.ts: test 1', 'a.test.ts: test 2', 'a.test.ts: test 3'],
    broken: [],
  })
})

test('a file that failed before its first test is one failure', () => {
  expect(count({ testResults: [file('failed')] }, 1)).toMatchObject({ failed: 1, broken: ['a.test.ts'] })
})

test('a run that failed without a failed test is one failure', () => {
  expect(count({ testResults: [file('passed', 'passed')] }, 1)).toMatchObject({ passed: 1, failed: 1 })
})
