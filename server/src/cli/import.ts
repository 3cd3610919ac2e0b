import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { type ImportProgress, type ImportReport, ImportStopped, importFiles } from '#import'
import { type Command, type Given, UsageFault } from './command.ts'
import { systemOptions, witnessOption } from './options.ts'
import { toldToStop } from './serve.ts'
import type { Terminal } from './terminal.ts'

/** The same path for an operator's files and for the practice of the demonstration. */
export const importCommand: Command = {
  name: 'import',
  summary: 'Bring in FHIR bundles and NDJSON, plain or .gz; files or folders of them.',
  operands: 'FILE…',
  options: {
    report: {
      type: 'string',
      value: 'FILE',
      about: 'Write a report: JSON with read, imported, rejected [{file, position, reason}].',
    },
    source: {
      type: 'string',
      value: 'NAME',
      about:
        'The system that the records are from. The same name and id there is the same record here. Default: import.',
    },
    base: {
      type: 'string',
      multiple: true,
      value: 'URL',
      about: "Base of that system's own addresses: a reference below it means the record of that type and id.",
    },
    ...witnessOption,
  },
  notes:
    'Works beside a running server. Killed and run again, it goes on where it stopped and adds nothing twice. A record\n' +
    'that has changed in the source replaces what an earlier import brought; what was changed here is kept.\n' +
    'The exit code is 0 when everything that was read is imported; 1 when something was rejected, when there was nothing\n' +
    'to import, or when the import stopped.',
  async run(given, means) {
    if (given.operands.length === 0) throw new UsageFault('Name at least one file or folder.')
    const { composition, terminal } = means
    const bases = basesOf(given)
    const options = await systemOptions(given, means)
    const system = await composition.openSystem(options)
    const told = toldToStop()
    const began = performance.now()
    try {
      const report = await importFiles(
        given.operands,
        {
          ...{
            records: await system.records(),
            idKey: system.keys.hmacKey('import-ids'),
            tenant: system.tenant,
          },
          ...{
            clock: options.clock,
            log: options.log,
            workstation: hostname(),
            source: given.text('source') ?? 'import',
            bases,
          },
          signal: told,
        },
        onceASecond(terminal, began),
      )
      return finish(report, given.text('report'), terminal, began)
    } catch (error) {
      if (error instanceof ImportStopped) finish(error.report, given.text('report'), terminal, began)
      throw error
    } finally {
      await system.close()
    }
  },
}

function onceASecond(terminal: Terminal, began: number): (progress: ImportProgress) => void {
  let last = began
  let before: ImportProgress['stage'] = 'reading'
  return ({ stage, share, read, imported, rejected }) => {
    const now = performance.now()
    if (now - last < 1000 && stage === before) return
    last = now
    before = stage
    const percent = `${Math.min(100, Math.floor(share * 100))} %`
    if (stage === 'reading') return terminal.progress(`reading ${percent}`)
    const rate = Math.round(imported / ((now - began) / 1000))
    terminal.progress(
      `importing ${percent}: ${count(read)} read, ${count(imported)} imported, ${count(rejected)} rejected, ${count(rate)}/s`,
    )
  }
}

/** Throws UsageFault. */
function basesOf(given: Given): readonly string[] {
  const bases = given.texts('base')
  for (const base of bases)
    if (!/^https?:$/.test(URL.parse(base)?.protocol ?? '')) throw new UsageFault(`--base ${base} is no http address.`)
  return bases
}

function finish(report: ImportReport, path: string | undefined, terminal: Terminal, began: number): number {
  if (path !== undefined) writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600 })
  const seconds = (performance.now() - began) / 1000
  const { read, imported, rejected, unchanged, updated, contradictory, dangling, skipped } = report
  // The end of the line that progress was shown in.
  terminal.note(`${seconds.toFixed(1)} s, ${count(Math.round(imported / seconds))}/s`)
  terminal.say(`${count(read)} read, ${count(imported)} imported, ${count(rejected.length)} rejected`)
  if (unchanged > 0) terminal.say(`${count(unchanged)} of the imported were here already, unchanged`)
  if (updated > 0) terminal.say(`${count(updated)} of the imported were here and have been updated`)
  if (contradictory > 0)
    terminal.say(`${count(contradictory)} of the rejected contradict another copy, or what is here, which was kept`)
  if (dangling > 0) terminal.say(`${count(dangling)} references lead to records that were not in the import`)
  for (const [reason, number] of mostFrequent(report)) terminal.say(`${count(number)} rejected: ${reason}`)
  if (rejected.length > 0 && path === undefined) terminal.say('Run it again with --report FILE to see each of them.')
  saySkipped(skipped, terminal)
  if (read === 0) terminal.say('Nothing was imported: there was nothing to read.')
  return report.complete && rejected.length === 0 && read > 0 ? 0 : 1
}

const mostNamed = 100

function saySkipped(skipped: readonly string[], terminal: Terminal): void {
  if (skipped.length === 0) return
  terminal.say(
    `${count(skipped.length)} files were skipped: they are not named .json, .ndjson or .jsonl, with or without .gz`,
  )
  for (const path of skipped.slice(0, mostNamed)) terminal.say(`skipped: ${path}`)
  if (skipped.length > mostNamed) terminal.say(`… and ${count(skipped.length - mostNamed)} more, all in the report`)
}

function mostFrequent({ rejected }: ImportReport): [string, number][] {
  const numbers = new Map<string, number>()
  for (const { reason } of rejected) numbers.set(reason, (numbers.get(reason) ?? 0) + 1)
  return [...numbers].toSorted(([, a], [, b]) => b - a).slice(0, 10)
}

function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',')
}
