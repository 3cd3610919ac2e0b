// Vitest's runner in a process that stays: after each file it waits for the next job instead of ending, so that modules
// are loaded once and not for every mutant.
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { type RunnerTask, type RunnerTestCase, type RunnerTestFile, TestRunner } from 'vitest'
import type { Hits, Job, Outcome } from './job.ts'

/** What instrumented code looks at (Stryker's instrumenter). */
interface Switchboard {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  hitCount?: number | undefined
  hitLimit?: number | undefined
  /** Modules hold on to this object: its contents are replaced, never itself. */
  mutantCoverage: { static: Record<string, number>; perTest: Record<string, Record<string, number>> }
}

const switchboard: Switchboard = { mutantCoverage: { static: {}, perTest: {} } }
Object.assign(globalThis, { __stryker__: switchboard })

const path = process.env['MUTANTS_SOCKET']
if (path === undefined) throw new Error('MUTANTS_SOCKET is not set')
const socket = connect(path)
socket.write(`${process.pid}\n`)
const jobs = createInterface({ input: socket })[Symbol.asyncIterator]()

const unhandled: unknown[] = []
process.on('unhandledRejection', (error) => unhandled.push(error))
process.on('uncaughtException', (error) => unhandled.push(error))

/** Names that no test has. */
const duringLoad = 'load'
const duringHooks = 'hooks'

// oxlint-disable-next-line import/no-default-export -- Vitest takes a runner as a default export
export default class KeptRunner extends TestRunner {
  #job: Job | undefined
  #failed = false
  /** Modules hold what a mutant made of them when they were loaded. */
  #altered = false

  override importFile(...args: Parameters<TestRunner['importFile']>): ReturnType<TestRunner['importFile']> {
    switchboard.currentTestId = duringLoad
    return super.importFile(...args)
  }

  onBeforeRunFiles(): void {
    switchboard.currentTestId = duringHooks
  }

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    if (this.#failed && this.#job?.cover === false) test.mode = 'skip'
    switchboard.currentTestId = test.id
    await super.onBeforeRunTask(test)
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    switchboard.currentTestId = duringHooks
    this.#failed ||= test.result?.state === 'fail'
    super.onAfterRunTask(test)
  }

  // oxlint-disable-next-line typescript/no-misused-promises -- Vitest waits for what it returns
  override async onAfterRunFiles(files: RunnerTestFile[]): Promise<void> {
    super.onAfterRunFiles(files)
    // What nobody waits for comes to light a turn later.
    await new Promise((resolve) => setImmediate(resolve))
    if (this.#job !== undefined) socket.write(`${JSON.stringify(this.#outcome(files))}\n`)
    await this.#next()
  }

  #outcome(files: readonly RunnerTestFile[]): Outcome {
    const tasks = files.flatMap(withChildren)
    const failed = tasks.find(({ type, result }) => type === 'test' && result?.state === 'fail')
    const broken = failed ?? tasks.find(({ result }) => result?.state === 'fail')
    const message = broken?.result?.errors?.[0]?.message ?? (unhandled.length > 0 ? String(unhandled[0]) : undefined)
    const { load = {}, hooks = {}, ...tests } = switchboard.mutantCoverage.perTest
    return {
      tests: tasks.flatMap(({ type, id, result }) =>
        type === 'test' && result?.state === 'pass' ? [{ id, milliseconds: result.duration ?? 0 }] : [],
      ),
      ...(broken === undefined && message === undefined
        ? {}
        : { failure: { test: failed?.id, message: message ?? 'failed' } }),
      endless: (switchboard.hitCount ?? 0) > (switchboard.hitLimit ?? Number.POSITIVE_INFINITY),
      ...(this.#job?.cover === true ? { reached: { load, hooks, tests: tests satisfies Record<string, Hits> } } : {}),
      memory: process.memoryUsage.rss(),
    }
  }

  async #next(): Promise<void> {
    const { value, done } = await jobs.next()
    if (done === true) return
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the plugin, as this type
    const job = JSON.parse(value) as Job
    unhandled.length = 0
    this.#failed = false
    this.#job = job
    Object.assign(switchboard, { activeMutant: job.mutant, hitCount: 0, hitLimit: job.hitLimit })
    switchboard.mutantCoverage.perTest = {}
    // Vitest drops every loaded module before the next file where this is set.
    this.config.isolate = job.fresh || this.#altered
    this.#altered = job.fresh && job.mutant !== undefined
    // Vitest goes through this list while it grows: there is no public way to give a process one more file.
    this['workerState'].ctx.files.push({
      filepath: job.file,
      ...(job.tests === undefined ? {} : { testIds: [...job.tests] }),
    })
  }
}

function withChildren(task: RunnerTask): readonly RunnerTask[] {
  return task.type === 'suite' ? [task, ...task.tasks.flatMap(withChildren)] : [task]
}
