import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StrykerReport } from './report.ts'

export interface StrykerOptions {
  /** Globs from the root, or files with a range of lines (`a.ts:3-5`), with commas between; the whole module when left out. */
  readonly files: string | undefined
  /** Mutate one piece in this many. */
  readonly sample: number
  readonly unitOnly: boolean
  /** Leaves out mutants of code that runs when its module is loaded. */
  readonly noStatic: boolean
}

/** Lines that are taken or left together when only a sample is mutated: about one function. */
const piece = 12

const root = join(import.meta.dirname, '..', '..')
const packages = join(import.meta.dirname, 'node_modules')

/** Runs the mutation tester over one module, in a copy of the tree, and returns its report. */
export async function runStryker(
  module: string,
  { files, sample, unitOnly, noStatic }: StrykerOptions,
): Promise<StrykerReport> {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-mutants-'))
  try {
    const reportFile = join(folder, 'report.json')
    const settingsFile = join(folder, 'stryker.json')
    const mutate = pickPieces(
      (files ?? `server/src/${module}/**/*.ts`).split(',').flatMap((glob) => codeFiles(glob)),
      sample,
    )
    writeFileSync(settingsFile, JSON.stringify({ ...settings(mutate, reportFile, unitOnly), ignoreStatic: noStatic }))
    const stryker = join(packages, '@stryker-mutator', 'core', 'bin', 'stryker.js')
    const env = {
      ...process.env,
      MUTANTS_MODULE: module,
      ...(unitOnly ? { MUTANTS_UNIT_ONLY: '1' } : {}),
      ...(noStatic ? { MUTANTS_NO_STATIC: '1' } : {}),
    }
    const child = spawn(process.execPath, [stryker, 'run', settingsFile], { cwd: root, env, stdio: ['ignore', 2, 2] })
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', resolve)
    })
    if (code !== 0) throw new Error(`the mutation tester ended with exit code ${code}`)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tester's own report, by its published schema
    return JSON.parse(readFileSync(reportFile, 'utf8')) as StrykerReport
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Code without its tests, as paths from the root; a file with a range of lines as it is. */
function codeFiles(glob: string): readonly string[] {
  if (/:\d+-\d+$/.test(glob)) return [glob]
  return globSync(glob, { cwd: root }).filter((path) => !path.endsWith('.test.ts') && !path.includes('/generated/'))
}

/** The same pieces on each run, so that scores of two days can be compared. A mutant that spans pieces falls out. */
function pickPieces(files: readonly string[], sample: number): readonly string[] {
  if (sample === 1) return files
  return files.flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length
    const starts = Array.from({ length: Math.ceil(lines / piece) }, (_, index) => index * piece + 1)
    return starts
      .filter((start) => createHash('sha256').update(`${file}:${start}`).digest().readUInt32BE() % sample === 0)
      .map((start) => `${file}:${start}-${start + piece - 1}`)
  })
}

function settings(mutate: readonly string[], reportFile: string, unitOnly: boolean): object {
  return {
    mutate,
    testRunner: 'kept',
    plugins: [join(import.meta.dirname, 'kept', 'plugin.ts')],
    coverageAnalysis: 'perTest',
    // Tests with a database wait for it most of the time.
    concurrency: unitOnly ? 2 : 5,
    checkers: [],
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: reportFile },
    // In the repository's own folder, because packages are found by walking up from the copy.
    tempDirName: '.chartkeep/mutants',
    ignorePatterns: ['.chartkeep', 'docs', 'web/dist', 'tools/runtime'],
    // The runner has a limit of its own (kept/plugin.ts).
    timeoutMS: 600_000,
    // All tests once, one after another, on a machine that may be busy.
    dryRunTimeoutMinutes: 30,
    thresholds: { high: 100, low: 95, break: null },
    allowConsoleColors: false,
  }
}
