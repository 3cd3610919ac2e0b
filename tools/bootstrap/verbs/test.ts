// `npm test`: the checks, then every test. The last line is always `N passed, N failed`; a failed check counts as a
// failure, and what was skipped is named, because a skipped test proves nothing.
// `npm test -- <what vitest takes>` runs only the tests that this names, without the checks.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChecks } from './checks.ts'
import { readReport, type Tally } from './report.ts'

const named = process.argv.slice(2)
const checks = named.length === 0 ? await runChecks() : { passed: 0, failed: 0 }
const tests = await runTests(named)

for (const name of tests.skipped) console.log(`SKIPPED ${name}`)
if (tests.skipped.length > 0) console.log(`${tests.skipped.length} skipped: what they check is not shown by this run`)
for (const name of tests.broken) console.log(`BROKEN ${name}`)
const passed = checks.passed + tests.passed
const failed = checks.failed + tests.failed
if (failed > 0 || passed === 0) process.exitCode = 1
console.log(`${passed} passed, ${failed} failed`)

async function runTests(filters: readonly string[]): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-report-'))
  try {
    const file = join(folder, 'tests.json')
    const code = await vitest(['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...filters])
    return readReport(file, code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function vitest(parameters: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn('vitest', parameters, { stdio: 'inherit' })
    child.on('error', () => resolve(1))
    child.on('exit', (code) => resolve(code ?? 1))
    // Ctrl-C reaches vitest by itself; it ends its servers and databases, and then we do.
    process.on('SIGINT', () => undefined)
    process.on('SIGTERM', () => child.kill('SIGTERM'))
  })
}
