import { Importer } from './importer.ts'
import { type ImportParts, openSources, reasonOf } from './open-sources.ts'
import { type Counts, type ImportProgress, Progress } from './progress.ts'
import { RefusedPatients } from './refused-patients.ts'
import { type ImportReport, Tally } from './report.ts'
import { Settled } from './settled.ts'
import { findSources } from './sources.ts'

/** The import ended before its end; what was settled by then is in the report, and the next run goes on from there. */
export class ImportStopped extends Error {
  readonly report: ImportReport

  constructor(message: string, report: ImportReport, cause: unknown) {
    super(message, { cause })
    this.name = 'ImportStopped'
    this.report = report
  }
}

/**
 * Brings FHIR bundles, NDJSON and single resources, plain or gzip, files or folders of them, into the store. Whatever
 * was read is in the store when this resolves, or is in the report with its reason. Killed and run again, it makes no
 * duplicates. Throws SourceMissing before anything is done, ImportStopped when the store stays away or `signal` says so.
 */
export async function importFiles(
  named: readonly string[],
  parts: ImportParts,
  onProgress: (progress: ImportProgress) => void = () => undefined,
): Promise<ImportReport> {
  const sources = findSources(named)
  const tally = new Tally(sources)
  const counts = (): Counts => ({ read: tally.read, done: tally.imported, wrong: tally.rejected })
  const progress = new Progress(sources, 'importing', counts, onProgress)
  try {
    const { store, answers, readings } = openSources(sources, parts, false)
    const importer = new Importer({ store, answers, settled: new Settled(), refused: new RefusedPatients(), tally })
    for await (const reading of readings) {
      parts.signal?.throwIfAborted()
      progress.note(reading)
      if (reading.kind === 'items') for (const item of reading.items) await importer.take(item)
      else if (reading.kind === 'phase') await importer.settle()
    }
    return tally.finish(true)
  } catch (error) {
    const reason = reasonOf(error, parts)
    throw new ImportStopped(
      `The import stopped: ${reason} Run the same command again; it goes on where it stopped.`,
      tally.finish(false),
      error,
    )
  }
}
