import type { ImportParts } from '../open-sources.ts'
import { openSources, reasonOf } from '../open-sources.ts'
import { type Counts, type ImportProgress, Progress } from '../progress.ts'
import { findSources } from '../sources.ts'
import { Comparer } from './comparer.ts'
import type { VerifyReport } from './verify-report.ts'
import { VerifyTally } from './verify-tally.ts'

/** The verification ended before its end: nothing can be said of what it had not come to. */
export class VerifyStopped extends Error {}

/**
 * Reads the sources again, as an import would, and compares them with what is here: whether each record is there, says
 * the same to the digit, and is in the chart that the source says; whether each reference leads to the record that its
 * target became. It finds names by an index of another make than the import's, and changes nothing. Throws SourceMissing,
 * VerifyStopped.
 */
export async function verifyFiles(
  named: readonly string[],
  parts: ImportParts,
  onProgress: (progress: ImportProgress) => void = () => undefined,
): Promise<VerifyReport> {
  const sources = findSources(named)
  const tally = new VerifyTally(sources)
  const counts = (): Counts => ({ read: tally.read, done: tally.alike, wrong: tally.differing })
  const progress = new Progress(sources, 'comparing', counts, onProgress)
  try {
    const { store, answers, readings } = openSources(sources, parts, true)
    const comparer = new Comparer({ store, answers, tally })
    for await (const reading of readings) {
      parts.signal?.throwIfAborted()
      progress.note(reading)
      if (reading.kind === 'items') for (const item of reading.items) await comparer.take(item)
    }
    await comparer.settle()
    return tally.finish()
  } catch (error) {
    throw new VerifyStopped(`The verification stopped: ${reasonOf(error, parts)}`, { cause: error })
  }
}
