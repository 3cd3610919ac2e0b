// The mutation tester's test runner: keeps code and tests loaded in one process and switches mutants on there. A new
// process for each test file of each mutant takes ten times as long.
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { measured } from '../modules.ts'
import type { Job, Outcome } from './job.ts'
import { type MeasuredFile, planMutant, type Step, sumHits } from './plan.ts'
import { type KeptProcess, openKeptProcess } from './process.ts'

/** What is used of the tester's options for one mutant (@stryker-mutator/api, `MutantRunOptions`). */
interface MutantRun {
  readonly activeMutant: { readonly id: string }
  readonly sandboxFileName: string
  readonly hitLimit?: number
}

/** As `MutantRunResult` there. */
type MutantResult =
  | {
      readonly status: 'killed'
      readonly killedBy: readonly string[]
      readonly failureMessage: string
      readonly nrOfTests: number
    }
  | { readonly status: 'survived'; readonly nrOfTests: number }
  | { readonly status: 'timeout'; readonly reason: string }

/** Beyond this a process is renewed: modules that were loaded anew stay in memory. */
const memoryLimit = 1_500_000_000
const patience = { least: 10_000, factor: 5 }
/** Of tests, by what they take without mutants. A mutant that none of so many has noticed counts as survived. */
const mutantMilliseconds = 20_000
const noStatic = process.env['MUTANTS_NO_STATIC'] !== undefined
const measuredFile = 'kept-tests.json'

export class KeptRunner {
  #tests: KeptProcess | undefined
  #files: readonly MeasuredFile[] | undefined
  /** By mutated file, how many mutants each test has killed. */
  readonly #kills = new Map<string, Map<string, number>>()

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true }
  }

  async init(): Promise<void> {
    this.#tests = await openKeptProcess(relative(process.cwd(), join('tools', 'mutants', 'vitest.config.ts')))
  }

  async dispose(): Promise<void> {
    await this.#tests?.close()
  }

  /** Runs every test file twice: alone, to see what it reaches, and on loaded modules, to see how long it takes. */
  async dryRun(): Promise<object> {
    const files: MeasuredFile[] = []
    const failed: object[] = []
    for (const { file, needsDatabase } of testFiles()) {
      const alone = await this.#run({ file, fresh: true, cover: true }, 300_000)
      const began = performance.now()
      const again = await this.#run({ file, fresh: false, cover: false }, 300_000)
      const took = performance.now() - began
      const failure = alone === undefined ? { message: 'took too long' } : alone.failure
      if (alone?.reached === undefined || failure !== undefined) {
        failed.push({ id: file, name: file, timeSpentMs: 0, status: 1, failureMessage: failure?.message })
        continue
      }
      const fresh = again === undefined || again.failure !== undefined
      const ran = fresh ? alone : again
      const spent = ran.tests.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
      files.push({
        file,
        needsDatabase,
        fresh,
        overhead: Math.max(0, took - spent),
        tests: Object.fromEntries(ran.tests.map(({ id, milliseconds }) => [id, milliseconds])),
        reached: alone.reached,
      })
    }
    // For the tester's other processes, which work in the same copy of the tree.
    writeFileSync(measuredFile, JSON.stringify(files))
    const tests = files.map(({ file, overhead, tests }) => ({
      id: file,
      name: relative(process.cwd(), file),
      timeSpentMs: Object.values(tests).reduce((sum, time) => sum + time, overhead),
      status: 0,
    }))
    return {
      status: 'complete',
      tests: [...tests, ...failed],
      mutantCoverage: {
        static: noStatic ? Object.assign({}, ...files.map(({ reached }) => reached.load)) : {},
        perTest: Object.fromEntries(files.map((file) => [file.file, sumHits(file, !noStatic)])),
      },
    }
  }

  async mutantRun({ activeMutant: { id }, sandboxFileName, hitLimit }: MutantRun): Promise<MutantResult> {
    this.#files ??= readMeasured()
    const kills = this.#kills.get(sandboxFileName) ?? new Map<string, number>()
    this.#kills.set(sandboxFileName, kills)
    let [nrOfTests, spent] = [0, 0]
    for (const step of planMutant(this.#files, id, sandboxFileName, kills)) {
      if (noStatic && step.load) continue
      if (spent > mutantMilliseconds) break
      spent += step.time
      const job = { file: step.file, tests: step.tests, mutant: id, hitLimit, fresh: step.fresh, cover: false }
      let outcome = await this.#run(job, patienceFor(step))
      // A failure that stays when the mutant is off comes of what an earlier mutant left behind.
      if (outcome?.failure !== undefined && !outcome.endless && !(await this.#passesWithout(step, outcome))) {
        await this.#tests?.renew()
        outcome = await this.#run(job, patienceFor(step))
      }
      if (outcome === undefined) return { status: 'timeout', reason: `took too long in ${step.file}` }
      if (outcome.endless) return { status: 'timeout', reason: `reached too often in ${step.file}` }
      nrOfTests += step.tests.length
      const killer = outcome.failure?.test
      if (killer !== undefined) kills.set(killer, (kills.get(killer) ?? 0) + 1)
      if (outcome.failure !== undefined)
        return { status: 'killed', killedBy: [step.file], failureMessage: outcome.failure.message, nrOfTests }
      if (outcome.memory > memoryLimit) await this.#tests?.renew()
    }
    return { status: 'survived', nrOfTests }
  }

  async #passesWithout(step: Step, { failure }: Outcome): Promise<boolean> {
    const tests = failure?.test === undefined ? step.tests : [failure.test]
    const outcome = await this.#run({ file: step.file, tests, fresh: step.fresh, cover: false }, patienceFor(step))
    return outcome !== undefined && outcome.failure === undefined
  }

  async #run(job: Job, milliseconds: number): Promise<Outcome | undefined> {
    if (this.#tests === undefined) throw new Error('the runner is not initialised')
    return this.#tests.run(job, milliseconds)
  }
}

/** With time for a new process. */
function patienceFor({ time }: Step): number {
  return patience.least + patience.factor * time
}

function readMeasured(): readonly MeasuredFile[] {
  if (!existsSync(measuredFile)) throw new Error('no run without mutants came before')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written above, as this type
  return JSON.parse(readFileSync(measuredFile, 'utf8')) as readonly MeasuredFile[]
}

function testFiles(): readonly { readonly file: string; readonly needsDatabase: boolean }[] {
  const module = measured.find(({ name }) => name === process.env['MUTANTS_MODULE'])
  if (module === undefined) throw new Error('MUTANTS_MODULE names no measured module')
  const { unit, db } = module.tests
  const found = (globs: readonly string[]): readonly string[] =>
    globSync([...globs]).filter((path) => !path.endsWith('kill.db.test.ts'))
  const unitFiles = found(unit).filter((path) => !path.endsWith('.db.test.ts'))
  const dbFiles = process.env['MUTANTS_UNIT_ONLY'] === undefined ? found(db) : []
  return [
    ...unitFiles.map((path) => ({ file: join(process.cwd(), path), needsDatabase: false })),
    ...dbFiles.map((path) => ({ file: join(process.cwd(), path), needsDatabase: true })),
  ]
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'kept', factory: () => new KeptRunner() }]
