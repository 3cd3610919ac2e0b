import { writeFileSync } from 'node:fs'
import type { ImportProgress, ImportReport, VerifyReport } from '#import'
import type { Terminal } from './terminal.ts'

export function onceASecond(terminal: Terminal, began: number): (progress: ImportProgress) => void {
  let last = began
  let before: ImportProgress['stage'] = 'reading'
  return ({ stage, share, read, done, wrong }) => {
    const now = performance.now()
    if (now - last < 1000 && stage === before) return
    last = now
    before = stage
    const percent = `${Math.min(100, Math.floor(share * 100))} %`
    if (stage === 'reading') return terminal.progress(`reading ${percent}`)
    const rate = Math.round(done / ((now - began) / 1000))
    const words = stage === 'importing' ? (['imported', 'rejected'] as const) : (['alike', 'differing'] as const)
    terminal.progress(
      `${stage} ${percent}: ${count(read)} read, ${count(done)} ${words[0]}, ${count(wrong)} ${words[1]}, ${count(rate)}/s`,
    )
  }
}

/** Where a report goes, and when what it is about began. */
export interface Reporting {
  readonly path: string | undefined
  readonly terminal: Terminal
  readonly began: number
}

/** Returns the exit code. */
export function finishImport(report: ImportReport, { path, terminal, began }: Reporting): number {
  save(report, path)
  const seconds = (performance.now() - began) / 1000
  const { read, imported, rejected, unchanged, updated, contradictory, dangling, skipped, kinds, accepted, doubtful } =
    report
  // The end of the line that progress was shown in.
  terminal.note(`${seconds.toFixed(1)} s, ${count(Math.round(imported / seconds))}/s`)
  terminal.say(`${count(read)} read, ${count(imported)} imported, ${count(rejected.length)} rejected`)
  if (unchanged > 0) terminal.say(`${count(unchanged)} of the imported were here already, unchanged`)
  if (updated > 0) terminal.say(`${count(updated)} of the imported were here and have been updated`)
  if (contradictory > 0)
    terminal.say(`${count(contradictory)} of the rejected contradict another copy, or what is here, which was kept`)
  if (dangling > 0) terminal.say(`${count(dangling)} references lead to records that were not in the import`)
  for (const { count: number, reason } of kinds.slice(0, mostKinds))
    terminal.say(`${count(number)} rejected: ${reason}`)
  if (kinds.length > mostKinds) terminal.say(`… and ${count(kinds.length - mostKinds)} more kinds of finding`)
  const paths = [...new Set(kinds.slice(0, mostKinds).flatMap(({ accept }) => accept ?? []))]
  if (paths.length > 0)
    terminal.say(
      `Taken without the element where it is wrong, with: ${paths.map((path) => `--accept ${path}`).join(' ')}`,
    )
  if (accepted.length > 0)
    terminal.say(`${count(accepted.length)} wrong elements were left out, as accepted; the ledger keeps them sealed`)
  for (const { count: number, reason } of doubtful.slice(0, mostKinds))
    terminal.say(`${count(number)} imported, but doubtful: ${reason}`)
  if (doubtful.length > mostKinds) terminal.say(`… and ${count(doubtful.length - mostKinds)} more kinds of doubt`)
  if (rejected.length > 0 && path === undefined) terminal.say('Run it again with --report FILE to see each of them.')
  saySkipped(skipped, terminal)
  if (read === 0) terminal.say('Nothing was imported: there was nothing to read.')
  return report.complete && rejected.length === 0 && read > 0 ? 0 : 1
}

/** Returns the exit code. */
export function finishVerify(report: VerifyReport, { path, terminal, began }: Reporting): number {
  save(report, path)
  const { read, alike, differing, standing, references, dangling, differences, skipped } = report
  terminal.note(`${((performance.now() - began) / 1000).toFixed(1)} s`)
  terminal.say(`${count(read)} read, ${count(alike)} here as they are in the files, ${count(differing)} not`)
  terminal.say(
    `${count(references)} references followed, ${count(dangling)} of them to records that are not in the files`,
  )
  if (standing > 0) terminal.say(`${count(standing)} not compared: another record stands for them, by their condition`)
  for (const { file, position, kind, reason } of differences.slice(0, mostNamed))
    terminal.say(`${file} ${position}: ${kind}: ${reason}`)
  if (differences.length > mostNamed)
    terminal.say(`… and ${count(differences.length - mostNamed)} more; --report FILE has them all`)
  saySkipped(skipped, terminal)
  if (read === 0) terminal.say('Nothing was compared: there was nothing to read.')
  return differences.length === 0 && read > 0 ? 0 : 1
}

function save(report: object, path: string | undefined): void {
  if (path !== undefined) writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600 })
}

const mostNamed = 100
const mostKinds = 10

function saySkipped(skipped: readonly string[], terminal: Terminal): void {
  if (skipped.length === 0) return
  terminal.say(
    `${count(skipped.length)} files were skipped: they are not named .json, .ndjson or .jsonl, with or without .gz`,
  )
  for (const path of skipped.slice(0, mostNamed)) terminal.say(`skipped: ${path}`)
  if (skipped.length > mostNamed) terminal.say(`… and ${count(skipped.length - mostNamed)} more, all in the report`)
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
