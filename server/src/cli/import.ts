import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { type ImportProgress, type ImportReport, ImportStopped, importFiles } from '#import'
import { type Command, UsageFault } from './command.ts'
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
    ...witnessOption,
  },
  notes:
    'Works beside a running server. Killed and run again, it goes on where it stopped and adds nothing twice.\n' +
    'The exit code is 0 when everything that was read is imported, 1 when something was rejected or the import stopped.',
  async run(given, means) {
    if (given.operands.length === 0) throw new UsageFault('Name at least one file or folder.')
    const { composition, terminal } = means
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

function finish(report: ImportReport, path: string | undefined, terminal: Terminal, began: number): number {
  if (path !== undefined) writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600 })
  const seconds = (performance.now() - began) / 1000
  const { read, imported, rejected, alreadyThere, dangling } = report
  // The end of the line that progress was shown in.
  terminal.note(`${seconds.toFixed(1)} s, ${count(Math.round(imported / seconds))}/s`)
  terminal.say(`${count(read)} read, ${count(imported)} imported, ${count(rejected.length)} rejected`)
  if (alreadyThere > 0) terminal.say(`${count(alreadyThere)} of the imported were there already`)
  if (dangling > 0) terminal.say(`${count(dangling)} references lead to records that were not in the import`)
  for (const [reason, number] of mostFrequent(report)) terminal.say(`${count(number)} rejected: ${reason}`)
  if (rejected.length > 0 && path === undefined) terminal.say('Run it again with --report FILE to see each of them.')
  return report.complete && rejected.length === 0 ? 0 : 1
}

function mostFrequent({ rejected }: ImportReport): [string, number][] {
  const numbers = new Map<string, number>()
  for (const { reason } of rejected) numbers.set(reason, (numbers.get(reason) ?? 0) + 1)
  return [...numbers].toSorted(([, a], [, b]) => b - a).slice(0, 10)
}

function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',')
}
