import type { Id } from '#base'
import type { Query } from '#db'
// oxlint-disable chartkeep/boundaries -- what is packed in the table is read here, and rewritten as an attacker would
import { encodeEntries, placeOf, type TaggedEntry } from '../src/ledger/batch.ts'
import { batchColumns, batchOf, type BatchRow, type StoredBatch } from '../src/ledger/stored.ts'

/** An entry of the ledger as its table holds it. */
export type StoredEntry = TaggedEntry & Pick<StoredBatch, 'xid'>

interface Asking {
  query(query: Query & { values?: unknown[] }): Promise<{ rows: unknown[] }>
}

/** All of them, in the order of the tree once it has taken them in. */
export async function entriesIn(client: Asking): Promise<StoredEntry[]> {
  const { rows } = await client.query({
    text: `select ${batchColumns} from ledger.batch order by ledger.batch.xid, id`,
  })
  return (rows as BatchRow[])
    .map(batchOf)
    .flatMap(({ xid, entries = [] }) => entries.map((entry) => ({ ...entry, xid })))
}

/** Their ids, in the same order. */
export async function entryIdsIn(client: Asking): Promise<Id<'entry'>[]> {
  return (await entriesIn(client)).map(({ id }) => id as Id<'entry'>)
}

/** Rewrites an entry in its batch, as whoever has the database can; nothing in its place takes it out. */
export async function rewriteEntry(
  client: Asking,
  id: string,
  change: (entry: TaggedEntry) => readonly TaggedEntry[] | TaggedEntry,
): Promise<void> {
  const { batch } = placeOf(id)
  const { rows } = await client.query({
    text: `select ${batchColumns} from ledger.batch where id = $1`,
    values: [batch],
  })
  const entries = (rows as BatchRow[]).map(batchOf).flatMap((one) => one.entries ?? [])
  const changed = encodeEntries(entries.flatMap((entry) => (entry.id === id ? change(entry) : entry)))
  await client.query({ text: 'update ledger.batch set entries = $2 where id = $1', values: [batch, changed] })
}
