export interface Rejection {
  /** Path of the file as it was given, or as found in the folder that was given. */
  readonly file: string
  /** Index in `entry` from 0, or line from 1 in NDJSON. */
  readonly position: number
  readonly reason: string
}

/** What an import did. `imported` + `rejected.length` = `read`. */
export interface ImportReport {
  /** Entries, lines or resources; what could not be read to its end counts as one more. */
  readonly read: number
  readonly imported: number
  readonly rejected: readonly Rejection[]
  /** Of the imported: those that the store had already, from an earlier run or another entry with the same content. */
  readonly alreadyThere: number
  /** References, in what was stored now, to records that were not in the import. */
  readonly dangling: number
  /** False when the import stopped before its end; then the numbers are about what was settled. */
  readonly complete: boolean
}

/** Everything read ends up in exactly one of two counts. */
export class Tally {
  read = 0
  imported = 0
  #alreadyThere = 0
  #dangling = 0
  readonly #paths: readonly string[]
  readonly #rejected: Rejection[] = []
  readonly #reasons = new Map<string, string>()

  /** @param paths of the files, by their number */
  constructor(paths: readonly string[]) {
    this.#paths = paths
  }

  accept(outcome: 'written' | 'present', dangling: number): void {
    this.imported++
    if (outcome === 'present') this.#alreadyThere++
    this.#dangling += dangling
  }

  reject(file: number, position: number, reason: string): void {
    // The same words a million times are kept once.
    const known = this.#reasons.get(reason) ?? reason
    this.#reasons.set(known, known)
    this.#rejected.push({ file: this.#paths[file] ?? '', position, reason: known })
  }

  get rejected(): number {
    return this.#rejected.length
  }

  finish(complete: boolean): ImportReport {
    const { read, imported } = this
    const settled = imported + this.#rejected.length
    if (complete && settled !== read) throw new Error('an import accounts for everything that it read')
    const rejected = this.#rejected.toSorted((a, b) =>
      a.file === b.file ? a.position - b.position : a.file < b.file ? -1 : 1,
    )
    return { read: settled, imported, rejected, alreadyThere: this.#alreadyThere, dangling: this.#dangling, complete }
  }
}
