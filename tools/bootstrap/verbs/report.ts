import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

export interface Tally {
  readonly passed: number
  readonly failed: number
  /** Names of tests that did not run. */
  readonly skipped: readonly string[]
  /** Files that failed outside any test, and what else went wrong: each counts as one failure. */
  readonly broken: readonly string[]
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Counts a Vitest JSON report. A run that failed without a failed test, or left no report, is a failure too. */
export function readReport(file: string, exitCode: number): Tally {
  let report: Report
  try {
    report = parseReport(readFileSync(file, 'utf8'))
  } catch {
    return {
      passed: 0,
      failed: 1,
      skipped: [],
      broken: [`the test run ended with code ${exitCode} and left no report`],
    }
  }
  return count(report, exitCode)
}

export function count(report: Report, exitCode: number): Tally {
  const files = report.testResults
  const tests = files.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: relative(process.cwd(), file.name) })),
  )
  const broken = files
    .filter((file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'))
    .map((file) => relative(process.cwd(), file.name))
  const passed = tests.filter(({ status }) => status === 'passed').length
  const failedTests = tests.filter(({ status }) => status === 'failed').length
  if (exitCode !== 0 && failedTests + broken.length === 0) broken.push(`the test run ended with code ${exitCode}`)
  return {
    passed,
    failed: failedTests + broken.length,
    skipped: tests
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ file, fullName }) => `${file}: ${fullName}`),
    broken,
  }
}

function parseReport(text: string): Report {
  const report: unknown = JSON.parse(text)
  if (
    typeof report !== 'object' ||
    report === null ||
    !('testResults' in report) ||
    !Array.isArray(report.testResults)
  ) {
    throw new Error('not a Vitest report')
  }
  // oxlint-disable-next-line no-unsafe-type-assertion -- written by the Vitest of this lock file; the shape is its contract
  return report as Report
}
