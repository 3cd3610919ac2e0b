import type { Id } from '#base'
import type { Row } from '../row.ts'

/** Where a row stands in the order that its candidates come in. */
export interface Place {
  /** Clinical time without the patient's offset; of a scan, as the row has it. */
  readonly at: number
  readonly id: Id<string>
  /** Of a scan: whose records are being gone through. */
  readonly owner?: Id<'patient'>
}

export interface Candidate {
  readonly row: Row
  readonly place: Place
}

export interface Batch {
  readonly candidates: readonly Candidate[]
  /** Where the next batch begins; undefined at the end. */
  readonly after: Place | undefined
}

/**
 * Sealed rows that may match, a batch at a time, in one order that a place can be taken up again in; all that match are
 * among them. Rows of other types and deleted ones may be, too.
 */
export interface Candidates {
  from(after: Place | undefined, count: number): AsyncGenerator<Batch>
  /** 'chart': newest first by clinical time. 'scan': everyone's records are gone through. */
  readonly order: 'chart' | 'id' | 'scan'
}

/** In the order of their ids, newest first: an id begins with its time. */
export function byId(
  newest: (ids: readonly Id<string>[]) => Promise<readonly (Row | undefined)[]>,
  ids: readonly Id<string>[],
): Candidates {
  const ordered = [...new Set(ids)].toSorted().toReversed()
  return {
    order: 'id',
    async *from(after, count) {
      let from = after === undefined ? 0 : ordered.findIndex((id) => id < after.id)
      while (from >= 0 && from < ordered.length) {
        const page = ordered.slice(from, from + count)
        from += page.length
        const rows = await newest(page)
        const id = page.at(-1)
        yield {
          candidates: rows.flatMap((row) => (row === undefined ? [] : [{ row, place: { at: 0, id: row.id } }])),
          after: id === undefined || from >= ordered.length ? undefined : { at: 0, id },
        }
      }
    },
  }
}

/** None at all. */
export const nothing: Candidates = { order: 'id', async *from() {} }
