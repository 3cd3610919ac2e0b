import type { Place } from '../report.ts'

export interface Difference extends Place {
  /**
   * 'not-taken': an import does not take it; 'missing': it is not here; 'chart': it is in another chart than the source
   * says; 'reference': a reference leads elsewhere or to nothing; 'content': an element differs.
   */
  readonly kind: 'not-taken' | 'missing' | 'chart' | 'reference' | 'content'
  /** Fixed words and names of elements: no values. */
  readonly reason: string
}

/** What a verification found. `alike` + `differing` + `standing` = `read`. */
export interface VerifyReport {
  readonly read: number
  /** Here as the source has them, in the chart that it says. */
  readonly alike: number
  /** Records with one difference or more. */
  readonly differing: number
  /** Of entries that were to be added only where none matched: another record stands for them, and was not compared. */
  readonly standing: number
  /** References that were followed to the record that their target became. */
  readonly references: number
  /** Of these: to records that are neither in the source nor here. */
  readonly dangling: number
  readonly differences: readonly Difference[]
  /** Files of the folders that were not read. */
  readonly skipped: readonly string[]
}
