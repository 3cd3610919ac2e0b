import type { Id } from '#base'
import type { Database } from '#db'
import { findHeader } from './header.ts'
import { unpackWrites, type WrittenRecord } from './packed.ts'
import type { Place } from './stored.ts'

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
  /** The last entry looked at; absent at the beginning of the ledger. */
  readonly last?: Place
}

const newest: Place = { xid: String(2n ** 63n - 1n), id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }

/**
 * What was written up to an entry of the ledger, that one too, newest first, by a look at `entries` of them: most only read,
 * so there may be nothing in it and still more to come. It needs no index of its own.
 */
export async function writesUpTo(
  db: Pick<Database, 'transact'>,
  tenant: number,
  from: Place | undefined,
  entries: number,
): Promise<WritesPage> {
  const { xid, id } = from ?? newest
  const { rows } = await db.transact(tenant, async (tx) =>
    tx.query<{ id: Id<'entry'>; xid: string; at: Date; header: Buffer | null; writes: Buffer }>({
      name: 'ledger-writes-up-to',
      text: `select id, xid::text as xid, at, case when writes <> '' then header end as header, writes from ledger.entry
        where xid <= $1::xid8 and (xid, id) <= ($1::xid8, $2::uuid) order by ledger.entry.xid desc, id desc limit $3`,
      values: [xid, id, entries],
    }),
  )
  const last = rows.at(-1)
  return {
    entries: rows.flatMap((row) => {
      const types = row.header === null ? undefined : findHeader(row.header)?.types
      if (types === undefined) return []
      return { place: { xid: row.xid, id: row.id }, at: row.at.getTime(), writes: unpackWrites(row.writes, types) }
    }),
    ...(last === undefined || rows.length < entries ? {} : { last: { xid: last.xid, id: last.id } }),
  }
}
