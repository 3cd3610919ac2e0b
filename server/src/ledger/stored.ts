import type { Tx } from '#db'
import { decodeEntries, type TaggedEntry } from './batch.ts'
import { parseSnapshot, type Seen, seenUpTo } from './seen.ts'
import { TreeFault } from './tree-fault.ts'

/** A row of ledger.batch as it is in the table, which need not be as it was written. */
export interface StoredBatch {
  readonly id: string
  readonly xid: string
  readonly tenant: number
  readonly changes: boolean
  /** Undefined when they cannot be read. */
  readonly entries: readonly TaggedEntry[] | undefined
}

/** The place of a batch, or of an entry in it, among those of one pass: by transaction, and within one by id. */
export interface Place {
  readonly xid: string
  readonly id: string
}

export const beginning: Place = { xid: '0', id: '00000000-0000-0000-0000-000000000000' }

export interface BatchRow {
  id: string
  xid: string
  tenant: number
  changes: boolean
  entries: Buffer | null
}

/** What is longer was not written here, and need not fit in memory: null. */
export const entriesColumn = 'case when octet_length(entries) <= 16777216 then entries end'

export const batchColumns = `id, xid::text as xid, tenant, changes, ${entriesColumn} as entries`

export function batchOf(row: BatchRow): StoredBatch {
  const { entries } = row
  return { ...row, entries: entries === null ? undefined : decodeEntries({ ...row, entries }) }
}

export async function readBatches(tx: Tx, ids: readonly string[]): Promise<StoredBatch[]> {
  const { rows } = await tx.query<BatchRow>({
    name: 'ledger-batches',
    text: `select ${batchColumns} from ledger.batch where id = any($1::uuid[])`,
    values: [ids],
  })
  return rows.map(batchOf)
}

/**
 * Batches that have no leaves, a few at a time. The database compares: it can hold more ids than fit in memory here. Once
 * in a transaction.
 */
export async function* readLeafless(tx: Tx): AsyncGenerator<StoredBatch> {
  // It takes the number of leaves for small, and would look through them once for every batch.
  await tx.query({ text: 'set local enable_nestloop = off' })
  await tx.query({
    text: `declare leafless no scroll cursor for select ${batchColumns} from ledger.batch where not exists
      (select from (select unnest(batches) as batch from ledger.leaf) as leaf where leaf.batch = ledger.batch.id)`,
  })
  for (;;) {
    const { rows } = await tx.query<BatchRow>({ text: 'fetch 64 from leafless' })
    for (const row of rows) yield batchOf(row)
    if (rows.length === 0) break
  }
  await tx.query({ text: 'reset enable_nestloop' })
}

/** Committed batches that the tree has not seen, in their order, and what it has seen once it has taken them in. */
export interface Unseen {
  readonly places: readonly Place[]
  readonly seen: Seen
  /** There were more than the limit. */
  readonly more: boolean
}

/**
 * On one snapshot (repeatable read): what names a transaction that runs or is yet to come waits for it, because no
 * checkpoint could say that it was seen, and it would be taken in again and again. Throws TreeFault in a database that
 * counts its transactions anew.
 */
export async function readUnseen(tx: Tx, seen: Seen, limit: number): Promise<Unseen> {
  const { rows } = await tx.query<{ now: string }>({ text: 'select pg_current_snapshot()::text as now' })
  const now = parseSnapshot(rows[0]?.now ?? '')
  // A logical copy counts from the beginning: what it records would pass for seen.
  if (now.next < seen.next) {
    throw new TreeFault('the database counts its transactions anew: it was not restored as a copy of its files')
  }
  const late =
    seen.running.length === 0 ? [] : await readPlaces(tx, 'xid = any($1::xid8[])', seen.running.map(String), null)
  const fresh = await readPlaces(tx, 'xid >= $1::xid8', String(seen.next), limit)
  const last = fresh.at(-1)
  if (last === undefined || fresh.length < limit) return { places: [...late, ...fresh], seen: now, more: false }
  // Cut between two transactions: all batches of one are taken in together.
  const whole = fresh.filter(({ xid }) => xid !== last.xid)
  const taken = whole.length > 0 ? whole : await readPlaces(tx, 'xid = $1::xid8', last.xid, null)
  return { places: [...late, ...taken], seen: seenUpTo(now, taken.at(-1)?.xid ?? last.xid), more: true }
}

async function readPlaces(tx: Tx, condition: string, value: string | string[], limit: number | null): Promise<Place[]> {
  const { rows } = await tx.query<{ id: string; xid: string }>({
    text: `select id, xid::text as xid from ledger.batch where ${condition}
      and pg_visible_in_snapshot(ledger.batch.xid, pg_current_snapshot()) order by ledger.batch.xid, id limit $2`,
    values: [value, limit],
  })
  return rows
}

const atOnce = 128

/** Batches that the tree has not seen and that may name somebody, a few at a time: those with these 16 bytes in them. */
export async function* readUnseenNaming(tx: Tx, seen: Seen, subject: string): AsyncGenerator<StoredBatch> {
  const lowest = seen.running.reduce((low, xid) => (xid < low ? xid : low), seen.next)
  for (let after: Place = { ...beginning, xid: String(lowest) }; ;) {
    const { rows } = await tx.query<BatchRow>({
      name: 'ledger-unseen',
      text: `select ${batchColumns} from ledger.batch
        where (ledger.batch.xid >= $1::xid8 or ledger.batch.xid = any($2::xid8[]))
          and ledger.batch.xid >= $3::xid8 and (ledger.batch.xid, id) > ($3::xid8, $4::uuid)
          and position(uuid_send($6::uuid) in entries) > 0
        order by ledger.batch.xid, id limit $5`,
      values: [String(seen.next), seen.running.map(String), after.xid, after.id, atOnce, subject],
    })
    yield* rows.map(batchOf)
    const last = rows.at(-1)
    if (last === undefined || rows.length < atOnce) return
    after = last
  }
}
