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

/** Where a mutant's killers are looked for, the cheapest first, and before them the tests beside the mutated file. */
export function planMutant(files: readonly MeasuredFile[], mutant: string, mutated: string): readonly Step[] {
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

function planFile({ file, fresh, overhead, tests, reached }: MeasuredFile, mutant: string): Step | undefined {
  const has = (hits: Hits | undefined): boolean => hits?.[mutant] !== undefined
  const load = has(reached.load)
  const ids = Object.keys(tests)
  // What a hook or the load of a module made may show in any test of the file.
  const chosen = load || has(reached.hooks) ? ids : ids.filter((id) => has(reached.tests[id]))
  if (chosen.length === 0) return undefined
  const time = chosen.reduce((sum, id) => sum + (tests[id] ?? 0), overhead)
  return { file, tests: chosen, load, fresh: fresh || load, time }
}

/** How often each mutant is reached in all. */
export function sumHits({ reached }: MeasuredFile, load: boolean): Hits {
  const sum: Record<string, number> = {}
  for (const hits of [...(load ? [reached.load] : []), reached.hooks, ...Object.values(reached.tests)])
    for (const [mutant, count] of Object.entries(hits)) sum[mutant] = (sum[mutant] ?? 0) + count
  return sum
}
