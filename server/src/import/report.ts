import { type Doubt, doubtKinds } from './doubt.ts'
import { type Kind, type KindCount, KindCounts } from './kinds.ts'
import type { LeftOut } from './mend.ts'
import { contradictory, type ReasonCode } from './reasons.ts'
import type { Sources } from './sources.ts'

/** Where in the source something stands. */
export interface Place {
  /** Path of the file as it was given, or as found in the folder that was given. */
  readonly file: string
  /** Index in `entry` from 0, or line from 1 in NDJSON. */
  readonly position: number
}

export interface Rejection extends Place {
  readonly reason: string
  /** The patient whose rejection is the reason. */
  readonly because?: Place
}

/** An element that a record was taken without. */
export interface Accepted extends Place {
  readonly element: string
  readonly reason: string
}

/** What an import did. `imported` + `rejected.length` = `read`; `unchanged` and `updated` are among the imported. */
export interface ImportReport {
  /** Entries, lines or resources; what could not be read to its end counts as one more. */
  readonly read: number
  readonly imported: number
  readonly rejected: readonly Rejection[]
  /** Of the imported: those that were here before, from an earlier run or another entry. */
  readonly alreadyThere: number
  /** Of those: here with this content. */
  readonly unchanged: number
  /** Of those: here with other content, which this one has replaced. */
  readonly updated: number
  /** Of the rejected: copies of a record of which another state was taken, or was here and was kept. */
  readonly contradictory: number
  /** How many were rejected for each kind of finding, the most frequent first. */
  readonly kinds: readonly KindCount[]
  /** Imported records that have doubtful codes or units, by kind of doubt, the most frequent first. */
  readonly doubtful: readonly KindCount[]
  /** Wrong elements that records were taken without, because that was accepted. */
  readonly accepted: readonly Accepted[]
  /** Files of the folders that were not read, because their names are not those of JSON or NDJSON. */
  readonly skipped: readonly string[]
  /** References, in what was stored now, to records that were not in the import. */
  readonly dangling: number
  /** False when the import stopped before its end; then the numbers are about what was settled. */
  readonly complete: boolean
}

/** By file, and within one by position. */
export function byPlace(a: Place, b: Place): number {
  if (a.file === b.file) return a.position - b.position
  return a.file < b.file ? -1 : 1
}

/** Something rejected, with its file and that of its patient by their numbers. */
export interface Rejecting {
  readonly file: number
  readonly position: number
  readonly code: ReasonCode
  readonly reason: string
  /** If not said, its reason is the kind. */
  readonly kinds?: readonly Kind[]
  readonly because?: { readonly file: number; readonly position: number } | undefined
}

/** Something imported, with what it was taken without and what is doubtful about it. */
interface Accepting {
  readonly file: number
  readonly position: number
  readonly leftOut: readonly LeftOut[]
  readonly doubtful: readonly Doubt[]
}

/** Everything read ends up in exactly one of two counts. */
export class Tally {
  read = 0
  imported = 0
  #unchanged = 0
  #updated = 0
  #contradictory = 0
  #dangling = 0
  readonly #paths: readonly string[]
  readonly #rejected: Rejection[] = []
  readonly #accepted: Accepted[] = []
  readonly #kinds = new KindCounts()
  readonly #doubtful = new KindCounts()
  readonly #reasons = new Map<string, string>()

  readonly #skipped: readonly string[]

  /** @param paths of the files, by their number */
  constructor({ paths, skipped }: Pick<Sources, 'paths' | 'skipped'>) {
    this.#paths = paths
    this.#skipped = skipped
  }

  accept(outcome: 'added' | 'updated' | 'unchanged', item: Accepting, dangling = 0): void {
    this.imported++
    for (const { expression, text } of item.leftOut)
      this.#accepted.push({ ...this.#placeOf(item.file, item.position), element: expression, reason: text })
    if (item.doubtful.length > 0) this.#doubtful.add(doubtKinds(item.doubtful))
    if (outcome === 'unchanged') this.#unchanged++
    else if (outcome === 'updated') this.#updated++
    this.#dangling += dangling
  }

  reject({ file, position, code, reason, kinds = [], because }: Rejecting): void {
    // The same words a million times are kept once.
    const known = this.#reasons.get(reason) ?? reason
    this.#reasons.set(known, known)
    if (contradictory.has(code)) this.#contradictory++
    this.#kinds.add(kinds.length === 0 ? [{ reason: known }] : kinds)
    this.#rejected.push({
      ...this.#placeOf(file, position),
      reason: known,
      ...(because === undefined ? {} : { because: this.#placeOf(because.file, because.position) }),
    })
  }

  get rejected(): number {
    return this.#rejected.length
  }

  finish(complete: boolean): ImportReport {
    const { read, imported } = this
    const settled = imported + this.#rejected.length
    if (complete && settled !== read) throw new Error('an import accounts for everything that it read')
    const rejected = this.#rejected.toSorted(byPlace)
    return {
      ...{ read: settled, imported, rejected, alreadyThere: this.#unchanged + this.#updated },
      ...{ unchanged: this.#unchanged, updated: this.#updated, contradictory: this.#contradictory },
      ...{
        kinds: this.#kinds.list(),
        doubtful: this.#doubtful.list(),
        accepted: this.#accepted,
        skipped: this.#skipped,
      },
      ...{ dangling: this.#dangling, complete },
    }
  }

  #placeOf(file: number, position: number): Place {
    return { file: this.#paths[file] ?? '', position }
  }
}
