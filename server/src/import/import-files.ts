import type { KeyObject } from 'node:crypto'
import { type Clock, describeError, type Log, newId, Refusal } from '#base'
import type { Records } from '#records'
import { openKeys } from './identity.ts'
import { Importer, type Validate } from './importer.ts'
import { planSteps } from './plan.ts'
import { type ImportReport, Tally } from './report.ts'
import { Resolver } from './resolver.ts'
import { findSources, SourceMissing } from './sources.ts'
import { openStore } from './store.ts'
import { survey } from './survey.ts'

export interface ImportParts {
  readonly records: Pick<Records, 'write' | 'existing' | 'match'>
  /** The keyring's 'import-ids' key. */
  readonly idKey: KeyObject
  readonly clock: Clock
  readonly log: Log
  readonly tenant: number
  /** Where this runs, for the ledger: the machine's name. */
  readonly workstation: string
  readonly validate: Validate
  /** Name of the system that the records are from: the same name and the same ids there give the same ids here. */
  readonly source: string
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
  const { paths, bytes } = findSources(named)
  const tally = new Tally()
  let stage: ImportProgress['stage'] = 'reading'
  let passed = 0
  let total = bytes
  const onBytes = (count: number): void => {
    passed += count
    parts.signal?.throwIfAborted()
    onProgress({
      stage,
      share: total === 0 ? 1 : passed / total,
      read: tally.read,
      imported: tally.imported,
      rejected: tally.rejected,
    })
  }
  try {
    const surveyed = await survey(paths, openKeys(parts.idKey, parts.source), onBytes)
    const phases = planSteps(surveyed.files)
    stage = 'importing'
    passed = 0
    total = bytes * (phases.flat().length / Math.max(1, paths.length))
    const { index } = surveyed
    const job = {
      kind: 'job',
      tenant: parts.tenant,
      id: newId<'job'>(parts.clock.now()),
      task: 'import',
      workstation: parts.workstation,
    } as const
    const store = openStore({ ...parts, job, patienceSeconds: parts.patienceSeconds ?? 120 })
    const importer = new Importer({ store, index, resolver: new Resolver(surveyed), tally }, surveyed, parts.validate)
    for (const phase of phases) {
      for (const step of phase) await importer.take(step, onBytes)
      await importer.settle()
    }
    return tally.finish(true)
  } catch (error) {
    if (error instanceof SourceMissing) throw error
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
