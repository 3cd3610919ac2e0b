import { spawn } from 'node:child_process'
import { performance } from 'node:perf_hooks'

/** One thing that must hold of the whole repository, judged by a tool. */
interface Check {
  readonly name: string
  readonly command: string
  readonly parameters: readonly string[]
}

// Node 24 and node_modules/.bin are first on PATH: the bootstrap put them there.
const checks: readonly Check[] = [
  { name: 'types of model', command: 'tsc', parameters: ['-p', 'model'] },
  { name: 'types of server and tools', command: 'tsc', parameters: ['-p', 'server'] },
  { name: 'types of web', command: 'tsc', parameters: ['-p', 'web'] },
  { name: 'types of browser tests', command: 'tsc', parameters: ['-p', 'web/e2e'] },
  { name: 'lint', command: 'oxlint', parameters: ['--type-aware', '--deny-warnings'] },
  { name: 'format', command: 'oxfmt', parameters: ['--check'] },
  { name: 'dead code', command: 'knip', parameters: ['--no-progress'] },
]

/** Two at a time: each of these tools already uses threads, and the usual small server has two cores. */
const atOnce = 2

/** Runs every check, prints a line for each and all that a failed one said. */
export async function runChecks(): Promise<{ passed: number; failed: number }> {
  const waiting = [...checks]
  const tally = { passed: 0, failed: 0 }
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const passed = await report(check)
      tally[passed ? 'passed' : 'failed'] += 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return tally
}

async function report(check: Check): Promise<boolean> {
  const start = performance.now()
  const { code, output } = await judge(check)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${code === 0 ? '✓' : '✗'} ${check.name} (${seconds} s)`)
  if (code !== 0) console.log(output.trimEnd())
  return code === 0
}

function judge({ command, parameters }: Check): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
