import type { KeyObject } from 'node:crypto'
import { type Clock, describeError, type Log, newId, Refusal } from '#base'
import { Answers } from './answers.ts'
import { askAll } from './ask-all.ts'
import { Importer } from './importer.ts'
import type { Reading } from './item.ts'
import { readApart } from './read-apart.ts'
import { type Ask, readSources } from './read-sources.ts'
import { RefusedPatients } from './refused-patients.ts'
import { type ImportReport, Tally } from './report.ts'
import { Settled } from './settled.ts'
import { findSources } from './sources.ts'
import { type ImportRecords, openStore } from './store.ts'

export interface ImportParts {
  readonly records: ImportRecords
  /** The keyring's 'import-ids' key. */
  readonly idKey: KeyObject
  readonly clock: Clock
  readonly log: Log
  readonly tenant: number
  /** Where this runs, for the ledger: the machine's name. */
  readonly workstation: string
  /** Name of the system that the records are from: the same name and the same ids there give the same ids here. */
  readonly source: string
  /** Bases of that system's own addresses: a reference under one means the same as its relative form. */
  readonly bases?: readonly string[]
  /** Seconds to wait for a store that went away. */
  readonly patienceSeconds?: number
  readonly signal?: AbortSignal
}

export interface ImportProgress {
  readonly stage: 'reading' | 'importing'
  /** Share of the bytes of this stage, 0 to 1. */
  readonly share: number
  readonly read: number
  readonly imported: number
  readonly rejected: number
}

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
  const { paths, bytes } = sources
  const tally = new Tally(sources)
  const progress = new Progress(bytes, paths.length, tally, onProgress)
  try {
    const { clock, tenant, workstation } = parts
    const job = { kind: 'job', tenant, id: newId<'job'>(clock.now()), task: 'import', workstation } as const
    const store = openStore({ ...parts, job, patienceSeconds: parts.patienceSeconds ?? 120 })
    const answers = new Answers(store)
    const importer = new Importer({ store, answers, settled: new Settled(), refused: new RefusedPatients(), tally })
    const { idKey, source, bases = [] } = parts
    const ask: Ask = (questions) => askAll(questions, store, answers)
    // A thread takes its time to start: what is small is read by the time it would be there.
    const readings = (bytes < smallBytes ? readSources : readApart)({ paths, idKey, source, bases }, ask)
    for await (const reading of readings) {
      parts.signal?.throwIfAborted()
      progress.note(reading)
      if (reading.kind === 'items') for (const item of reading.items) await importer.take(item)
      else if (reading.kind === 'phase') await importer.settle()
    }
    return tally.finish(true)
  } catch (error) {
    if (!(error instanceof Refusal) && parts.signal?.aborted !== true)
      parts.log.error({ err: describeError(error) }, 'the import stopped')
    const reason =
      error instanceof Refusal
        ? error.message
        : parts.signal?.aborted === true
          ? 'It was interrupted.'
          : 'Something went wrong here.'
    throw new ImportStopped(
      `The import stopped: ${reason} Run the same command again; it goes on where it stopped.`,
      tally.finish(false),
      error,
    )
  }
}

const smallBytes = 1024 * 1024

/** From what was read to what is told. */
class Progress {
  readonly #bytes: number
  readonly #files: number
  readonly #tally: Tally
  readonly #tell: (progress: ImportProgress) => void
  #stage: ImportProgress['stage'] = 'reading'
  #passed = 0
  #total: number

  constructor(bytes: number, files: number, tally: Tally, tell: (progress: ImportProgress) => void) {
    this.#bytes = bytes
    this.#files = files
    this.#tally = tally
    this.#tell = tell
    this.#total = bytes
  }

  note(reading: Reading): void {
    if (reading.kind === 'phase') return
    if (reading.kind === 'planned') {
      this.#stage = 'importing'
      this.#passed = 0
      this.#total = this.#bytes * (reading.files / Math.max(1, this.#files))
    } else this.#passed += reading.bytes
    const share = this.#total === 0 ? 1 : Math.min(1, this.#passed / this.#total)
    const { read, imported, rejected } = this.#tally
    this.#tell({ stage: this.#stage, share, read, imported, rejected })
  }
}
