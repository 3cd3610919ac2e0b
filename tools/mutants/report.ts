import type { Equivalent } from './equivalent.ts'

/** What is read of the mutation-testing-report-schema, version 2. */
export interface StrykerReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>
}

interface Mutant {
  readonly status:
    | 'Killed'
    | 'Survived'
    | 'NoCoverage'
    | 'Timeout'
    | 'CompileError'
    | 'RuntimeError'
    | 'Ignored'
    | 'Pending'
  readonly replacement?: string
  readonly location: { readonly start: Position; readonly end: Position }
}

/** Both count from 1. */
interface Position {
  readonly line: number
  readonly column: number
}

export interface Survivor {
  readonly file: string
  readonly line: number
  /** `original → replacement`, each on one line and cut to 120 characters. */
  readonly change: string
}

export interface ModuleScore {
  readonly name: string
  readonly killed: number
  /** Of the killed, those with which the tests did not end; on a machine that is too busy, others too. */
  readonly endless: readonly Survivor[]
  /** Not tried. */
  readonly leftOut: number
  readonly survived: readonly Survivor[]
  /** Survivors that are known to behave alike, each with its reason. */
  readonly equivalent: readonly (Survivor & { readonly reason: string })[]
}

/** What the tests of one module killed and what they let live; uncovered mutants live. */
export function scoreModule(name: string, report: StrykerReport, equivalents: readonly Equivalent[]): ModuleScore {
  const survivors: Survivor[] = []
  const endless: Survivor[] = []
  let killed = 0
  let leftOut = 0
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    for (const mutant of mutants) {
      const found = { file, line: mutant.location.start.line, change: describeChange(source, mutant) }
      if (mutant.status === 'Killed' || mutant.status === 'Timeout') killed += 1
      if (mutant.status === 'Timeout') endless.push(found)
      if (mutant.status === 'Ignored') leftOut += 1
      if (mutant.status === 'Survived' || mutant.status === 'NoCoverage') survivors.push(found)
    }
  }
  const reasonOf = ({ file, change }: Survivor): string | undefined =>
    equivalents.find((row) => row.file === file && row.change === change)?.reason
  return {
    name,
    killed,
    endless,
    leftOut,
    survived: survivors.filter((survivor) => reasonOf(survivor) === undefined),
    equivalent: survivors.flatMap((survivor) => {
      const reason = reasonOf(survivor)
      return reason === undefined ? [] : [{ ...survivor, reason }]
    }),
  }
}

/** Killed of all mutants that could be killed, per cent, rounded down to a tenth. */
export function percentKilled(modules: readonly Pick<ModuleScore, 'killed' | 'survived'>[]): number {
  const killed = modules.reduce((sum, module) => sum + module.killed, 0)
  const all = modules.reduce((sum, module) => sum + module.killed + module.survived.length, 0)
  return all === 0 ? 100 : Math.floor((1000 * killed) / all) / 10
}

function describeChange(source: string, { location: { start, end }, replacement = '' }: Mutant): string {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  const original = lines.map((line, index) =>
    line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined),
  )
  return `${oneLine(original.join('\n'))} → ${oneLine(replacement)}`
}

function oneLine(code: string): string {
  const line = code.replaceAll(/\s+/g, ' ').trim()
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}
