import type { Hits, Outcome } from './job.ts'

/** A test file after the run without mutants. */
export interface MeasuredFile {
  readonly file: string
  readonly needsDatabase: boolean
  /** Fails when run twice on the same loaded modules: gets them anew each time. */
  readonly fresh: boolean
  /** Of the file without its tests: imports and hooks. */
  readonly overhead: number
  /** Milliseconds by test id. */
  readonly tests: Readonly<Record<string, number>>
  readonly reached: NonNullable<Outcome['reached']>
}

/** Tests of one file that may notice a mutant. */
export interface Step {
  readonly file: string
  readonly tests: readonly string[]
  /** The mutant is reached while modules are loaded. */
  readonly load: boolean
  readonly fresh: boolean
  /** Expected, in milliseconds. */
  readonly time: number
}

/** Where a mutant's killers are looked for: first among the tests that killed others of its file, the best first. */
export function planMutant(
  files: readonly MeasuredFile[],
  mutant: string,
  mutated: string,
  kills: ReadonlyMap<string, number>,
): readonly Step[] {
  const steps = stepsOf(files, mutant, mutated)
  const [known, others] = [(id: string) => kills.has(id), (id: string) => !kills.has(id)]
  return [
    ...steps
      .flatMap((step) => narrow(files, step, known))
      .toSorted((one, other) => killsOf(other, kills) - killsOf(one, kills)),
    ...steps.flatMap((step) => narrow(files, step, others)),
  ]
}

const killsOf = ({ tests }: Step, kills: ReadonlyMap<string, number>): number =>
  tests.reduce((sum, id) => sum + (kills.get(id) ?? 0), 0)

function narrow(files: readonly MeasuredFile[], step: Step, keep: (id: string) => boolean): readonly Step[] {
  const tests = step.tests.filter(keep)
  if (tests.length === 0) return []
  const measured = files.find(({ file }) => file === step.file)
  return [{ ...step, tests, time: measured === undefined ? step.time : timeOf(measured, tests) }]
}

/** The tests beside the mutated file, then the cheapest, then those that need a database. */
function stepsOf(files: readonly MeasuredFile[], mutant: string, mutated: string): readonly Step[] {
  const beside = mutated.slice(0, -'.ts'.length)
  const rank = ({ file, needsDatabase }: MeasuredFile): number =>
    file.startsWith(`${beside}.`) ? 0 : needsDatabase ? 2 : 1
  return files
    .flatMap((measured) => {
      const step = planFile(measured, mutant)
      return step === undefined ? [] : [{ step, rank: rank(measured) }]
    })
    .toSorted((one, other) => one.rank - other.rank || one.step.time - other.step.time)
    .map(({ step }) => step)
}

const timeOf = ({ overhead, tests }: MeasuredFile, chosen: readonly string[]): number =>
  chosen.reduce((sum, id) => sum + (tests[id] ?? 0), overhead)

function planFile(measured: MeasuredFile, mutant: string): Step | undefined {
  const { file, fresh, tests, reached } = measured
  const has = (hits: Hits | undefined): boolean => hits?.[mutant] !== undefined
  const load = has(reached.load)
  const ids = Object.keys(tests)
  // What a hook or the load of a module made may show in any test of the file.
  const chosen = load || has(reached.hooks) ? ids : ids.filter((id) => has(reached.tests[id]))
  if (chosen.length === 0) return undefined
  return { file, tests: chosen, load, fresh: fresh || load, time: timeOf(measured, chosen) }
}

/** How often each mutant is reached in all. */
export function sumHits({ reached }: MeasuredFile, load: boolean): Hits {
  const sum: Record<string, number> = {}
  for (const hits of [...(load ? [reached.load] : []), reached.hooks, ...Object.values(reached.tests)])
    for (const [mutant, count] of Object.entries(hits)) sum[mutant] = (sum[mutant] ?? 0) + count
  return sum
}
