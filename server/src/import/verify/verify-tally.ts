import { byPlace } from '../report.ts'
import type { Sources } from '../sources.ts'
import type { Difference, VerifyReport } from './verify-report.ts'

/** Counts what was compared, and names each difference by its place in the source. */
export class VerifyTally {
  read = 0
  references = 0
  dangling = 0
  standing = 0
  #alike = 0
  #differing = 0
  readonly #sources: Sources
  readonly #differences: Difference[] = []

  constructor(sources: Sources) {
    this.#sources = sources
  }

  /** Everything that is different about one record; nothing, when it is as it should be. */
  differ(
    { file, position }: { readonly file: number; readonly position: number },
    found: readonly Pick<Difference, 'kind' | 'reason'>[],
  ): void {
    if (found.length === 0) this.#alike++
    else this.#differing++
    for (const { kind, reason } of found)
      this.#differences.push({ file: this.#sources.paths[file] ?? '', position, kind, reason })
  }

  get alike(): number {
    return this.#alike
  }

  get differing(): number {
    return this.#differing
  }

  finish(): VerifyReport {
    const { read, alike, differing, standing, references, dangling } = this
    const differences = this.#differences.toSorted(byPlace)
    if (alike + differing + standing !== read) throw new Error('a verification accounts for everything that it read')
    return {
      read,
      alike,
      differing,
      standing,
      references,
      dangling,
      differences,
      skipped: this.#sources.skipped,
    }
  }
}
