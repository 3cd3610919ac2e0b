import type { Reading } from './item.ts'

export interface ImportProgress {
  readonly stage: 'reading' | 'importing' | 'comparing'
  /** Share of the bytes of this stage, 0 to 1. */
  readonly share: number
  readonly read: number
  /** Imported, or found here as the source has them. */
  readonly done: number
  /** Rejected, or found to differ. */
  readonly wrong: number
}

export type Counts = Pick<ImportProgress, 'read' | 'done' | 'wrong'>

/** From what was read to what is told. */
export class Progress {
  readonly #bytes: number
  readonly #files: number
  readonly #counts: () => Counts
  readonly #tell: (progress: ImportProgress) => void
  readonly #second: ImportProgress['stage']
  #stage: ImportProgress['stage'] = 'reading'
  #passed = 0
  #total: number

  /** @param second the stage after the first reading */
  constructor(
    { bytes, paths }: { readonly bytes: number; readonly paths: readonly string[] },
    second: ImportProgress['stage'],
    counts: () => Counts,
    tell: (progress: ImportProgress) => void,
  ) {
    this.#bytes = bytes
    this.#files = paths.length
    this.#second = second
    this.#counts = counts
    this.#tell = tell
    this.#total = bytes
  }

  note(reading: Reading): void {
    if (reading.kind === 'phase') return
    if (reading.kind === 'planned') {
      this.#stage = this.#second
      this.#passed = 0
      this.#total = this.#bytes * (reading.files / Math.max(1, this.#files))
    } else this.#passed += reading.bytes
    const share = this.#total === 0 ? 1 : Math.min(1, this.#passed / this.#total)
    this.#tell({ stage: this.#stage, share, ...this.#counts() })
  }
}
