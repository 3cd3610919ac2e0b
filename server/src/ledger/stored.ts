import type { Tx } from '#db'
import type { EntryContent } from './entry.ts'

/** A row of ledger.entry as it is in the table, which need not be as it was written. */
export interface StoredEntry extends EntryContent {
  readonly xid: string
  readonly tag: Buffer
}

/** A place in the order in which entries go into the tree: by transaction, and within one by id. */
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

/** Entries after one place, up to and with another, in order. */
export async function readBetween(tx: Tx, after: Place, upTo: Place, limit: number): Promise<StoredEntry[]> {
  const { rows } = await tx.query<EntryRow>({
    name: 'ledger-between',
    text: `select ${columns} from ledger.entry
      where xid >= $1::xid8 and xid <= $3::xid8 and (xid, id) > ($1::xid8, $2::uuid) and (xid, id) <= ($3::xid8, $4::uuid)
      order by ledger.entry.xid, id limit $5`,
    values: [after.xid, after.id, upTo.xid, upTo.id, limit],
  })
  return rows.map(entryOf)
}

export async function readAfter(tx: Tx, after: Place, limit: number): Promise<StoredEntry[]> {
  const { rows } = await tx.query<EntryRow>({
    name: 'ledger-after',
    text: `select ${columns} from ledger.entry where xid >= $1::xid8 and (xid, id) > ($1::xid8, $2::uuid)
      order by ledger.entry.xid, id limit $3`,
    values: [after.xid, after.id, limit],
  })
  return rows.map(entryOf)
}

/**
 * Entries after the place that no older transaction can still get before: everything older than the oldest running
 * transaction is decided.
 */
export async function readDecided(tx: Tx, after: Place, limit: number): Promise<Place[]> {
  const { rows } = await tx.query<{ id: string; xid: string }>({
    name: 'ledger-decided',
    text: `select id, xid::text as xid from ledger.entry
      where xid >= $1::xid8 and (xid, id) > ($1::xid8, $2::uuid) and xid < pg_snapshot_xmin(pg_current_snapshot())
      order by ledger.entry.xid, id limit $3`,
    values: [after.xid, after.id, limit],
  })
  return rows
}
