import { formatId, type Id } from '#base'
import type { Database } from '#db'
import type { LedgerKeys } from '#keys'
import type { TaggedEntry } from './batch.ts'
import { leafOf, openDetails, tagOf } from './entry.ts'
import type { EntryActor } from './facts.ts'
import { findHeader } from './header.ts'
import { unpackWrites } from './packed.ts'
import { batchColumns, batchOf, type BatchRow } from './stored.ts'

/** A version of a record, and when it was written: Unix ms. */
export interface WrittenVersion {
  readonly id: Id<string>
  readonly version: number
  readonly updated: number
}

/** Who wrote a version, and what the entry says of it beside. */
export interface Author {
  readonly kind: EntryActor['kind']
  /** Of its entry: `notes` of this version, as `Change.note` gave it. */
  readonly note: unknown
}

const pageLength = 32
/** An entry has its id a little before or after its record has its time: by other clocks, after waiting for a turn. */
const earlierMs = 60_000
const laterMs = 300_000

/**
 * Who wrote these versions, in their order; undefined where no genuine entry says so. An entry's id begins with its time,
 * so it is looked for around the time of writing, in the order of ids.
 */
export async function authorsOf(
  db: Pick<Database, 'transact'>,
  keys: Pick<LedgerKeys, 'seal' | 'tag'>,
  tenant: number,
  versions: readonly WrittenVersion[],
): Promise<(Author | undefined)[]> {
  const found = new Map<string, Author>()
  const missing = versions.toSorted((a, b) => a.updated - b.updated)
  let after = ''
  for (;;) {
    const next = missing.find((one) => !found.has(nameOf(one)) && idAt(one.updated + laterMs) > after)
    if (next === undefined) break
    const from = idAt(next.updated - earlierMs)
    const rows = await readFrom(db, tenant, from > after ? from : after)
    for (const row of rows) for (const entry of batchOf(row).entries ?? []) noteAuthors(entry, keys, found)
    after = rows.length < pageLength ? last : (rows.at(-1)?.id ?? last)
  }
  return versions.map((one) => found.get(nameOf(one)))
}

const last = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const nothing = Buffer.alloc(8)
const idAt = (time: number): string => formatId(Math.max(0, time), 0, nothing)
const nameOf = ({ id, version }: { readonly id: string; readonly version: number }): string => `${id}/${version}`

async function readFrom(db: Pick<Database, 'transact'>, tenant: number, after: string): Promise<BatchRow[]> {
  const { rows } = await db.transact(tenant, async (tx) =>
    tx.query<BatchRow>({
      name: 'ledger-changes-after',
      text: `select ${batchColumns} from ledger.batch where id > $1::uuid and changes order by id limit $2`,
      values: [after, pageLength],
    }),
  )
  return rows
}

function noteAuthors(entry: TaggedEntry, keys: Pick<LedgerKeys, 'seal' | 'tag'>, found: Map<string, Author>): void {
  const header = entry.writes.length === 0 ? undefined : findHeader(entry.header)
  if (header === undefined || !tagOf(leafOf(entry), keys.tag).equals(entry.tag)) return
  const notes = notesOf(openDetails(entry, keys))
  for (const [at, write] of unpackWrites(entry.writes, header.types).entries())
    found.set(nameOf(write), { kind: header.actor, note: notes[at] })
}

function notesOf(details: unknown): readonly unknown[] {
  const { notes }: { readonly notes?: unknown } = Object(details)
  return Array.isArray(notes) ? notes : []
}
