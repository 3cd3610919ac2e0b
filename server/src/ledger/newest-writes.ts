import type { Database } from '#db'
import { findHeader } from './header.ts'
import { unpackWrites, type WrittenRecord } from './packed.ts'
import { type BatchRow, batchOf, entriesColumn, type Place, type StoredBatch } from './stored.ts'

/** One entry's writes, and where the entry stands in the ledger's order. */
export interface EntryWrites {
  readonly place: Place
  /** Unix ms: when it was recorded. */
  readonly at: number
  readonly writes: readonly WrittenRecord[]
}

export interface WritesPage {
  /** Newest first; entries without writes are left out. */
  readonly entries: readonly EntryWrites[]
  /** The first entry of the last batch looked at; absent at the beginning of the ledger. */
  readonly last?: Place
}

const newest: Place = { xid: String(2n ** 63n - 1n), id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }

/**
 * What was written up to an entry of the ledger, that one too, newest first, by a look at so many batches of entries: most
 * only read, so there may be nothing in it and still more to come. It needs no index of its own.
 */
export async function writesUpTo(
  db: Pick<Database, 'transact'>,
  tenant: number,
  from: Place | undefined,
  batches: number,
): Promise<WritesPage> {
  const { xid, id } = from ?? newest
  const { rows } = await db.transact(tenant, async (tx) =>
    tx.query<BatchRow>({
      name: 'ledger-writes-up-to',
      text: `select id, xid::text as xid, tenant, changes, case when changes then ${entriesColumn} else '' end as entries
        from ledger.batch where xid <= $1::xid8 and (xid, id) <= ($1::xid8, $2::uuid)
        order by ledger.batch.xid desc, id desc limit $3`,
      values: [xid, id, batches],
    }),
  )
  const last = rows.at(-1)
  return {
    entries: rows.map(batchOf).flatMap((batch) => writesOf(batch).filter(({ place }) => !isAfter(place, { xid, id }))),
    ...(last === undefined || rows.length < batches ? {} : { last: { xid: last.xid, id: last.id } }),
  }
}

/** Newest first. */
function writesOf({ xid, entries = [] }: StoredBatch): EntryWrites[] {
  return entries.toReversed().flatMap(({ id, at, header, writes }) => {
    const types = writes.length === 0 ? undefined : findHeader(header)?.types
    if (types === undefined) return []
    return { place: { xid, id }, at: Math.floor(at / 1000), writes: unpackWrites(writes, types) }
  })
}

const isAfter = (a: Place, b: Place): boolean => a.xid === b.xid && a.id > b.id
