import type { Tx } from '#db'
import type { EntryContent } from './entry.ts'
import { parseSnapshot, type Seen, seenUpTo } from './seen.ts'
import { TreeFault } from './tree-fault.ts'

/** A row of ledger.entry as it is in the table, which need not be as it was written. */
export interface StoredEntry extends EntryContent {
  readonly xid: string
  readonly tag: Buffer
}

/** An entry's place among those of one pass: by transaction, and within one by id. */
export interface Place {
  readonly xid: string
  readonly id: string
}

export const beginning: Place = { xid: '0', id: '00000000-0000-0000-0000-000000000000' }

interface EntryRow {
  id: string
  xid: string
  tenant: number
  at: string | null
  actor: string | null
  patient: string | null
  header: Buffer | null
  patients: Buffer | null
  reads: Buffer | null
  writes: Buffer | null
  details: Buffer | null
  tag: Buffer | null
}

// `at` in microseconds. 'infinity' and null, which only an attacker writes, become 0 and fail the hash.
const columns = `id, xid::text as xid, tenant, actor, patient, header, patients, reads, writes, details, tag,
  case when isfinite(at) then (extract(epoch from at) * 1000000)::bigint end as at`

const none = Buffer.alloc(0)

function entryOf(row: EntryRow): StoredEntry {
  const at = Number(row.at ?? 0)
  return {
    ...row,
    at: at >= 0 ? at : 0,
    tenant: row.tenant >>> 0, // the hash takes 32 bits, whatever they mean
    header: row.header ?? none,
    patients: row.patients ?? none,
    reads: row.reads ?? none,
    writes: row.writes ?? none,
    details: row.details ?? none,
    tag: row.tag ?? none,
  }
}

export async function readEntries(tx: Tx, ids: readonly string[]): Promise<StoredEntry[]> {
  const { rows } = await tx.query<EntryRow>({
    text: `select ${columns} from ledger.entry where id = any($1::uuid[])`,
    values: [ids],
  })
  return rows.map(entryOf)
}

/**
 * Entries that have no leaf, a few at a time. The database compares: it can hold more ids than fit in memory here. Once
 * in a transaction.
 */
export async function* readLeafless(tx: Tx): AsyncGenerator<StoredEntry> {
  // It takes the number of leaves for small, and would look through them once for every entry.
  await tx.query({ text: 'set local enable_nestloop = off' })
  await tx.query({
    text: `declare leafless no scroll cursor for select ${columns} from ledger.entry where not exists
      (select from (select unnest(entries) as entry from ledger.leaf) as leaf where leaf.entry = ledger.entry.id)`,
  })
  for (;;) {
    const { rows } = await tx.query<EntryRow>({ text: 'fetch 512 from leafless' })
    for (const row of rows) yield entryOf(row)
    if (rows.length === 0) break
  }
  await tx.query({ text: 'close leafless' })
  await tx.query({ text: 'reset enable_nestloop' })
}

/** Committed entries that the tree has not seen, in their order, and what it has seen once it has taken them in. */
export interface Unseen {
  readonly places: readonly Place[]
  readonly seen: Seen
  /** There were more than the limit. */
  readonly more: boolean
}

/** On one snapshot (repeatable read). Throws TreeFault in a database that counts its transactions anew. */
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
  // Cut between two transactions: all entries of one are taken in together.
  const whole = fresh.filter(({ xid }) => xid !== last.xid)
  const taken = whole.length > 0 ? whole : await readPlaces(tx, 'xid = $1::xid8', last.xid, null)
  return { places: [...late, ...taken], seen: seenUpTo(now, taken.at(-1)?.xid ?? last.xid), more: true }
}

async function readPlaces(tx: Tx, condition: string, value: string | string[], limit: number | null): Promise<Place[]> {
  const { rows } = await tx.query<{ id: string; xid: string }>({
    text: `select id, xid::text as xid from ledger.entry where ${condition} order by ledger.entry.xid, id limit $2`,
    values: [value, limit],
  })
  return rows
}
