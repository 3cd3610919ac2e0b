import { type Id, Refusal } from '#base'
import type { Database, Tx } from '#db'
import type { LedgerKeys } from '#keys'
import { hourAfter, newestFirst, type Subject, subjectsOf } from './access.ts'
import { participantsOf, placeOf, type TaggedEntry } from './batch.ts'
import { openDetails } from './entry.ts'
import type { EntryActor, EntryFacts } from './facts.ts'
import { findHeader } from './header.ts'
import { isUuid, type NamedRecord, unpackIds, unpackReads, unpackWrites } from './packed.ts'
import { nothingSeen, parseSeen, seenColumn } from './seen.ts'
import { readBatches, readUnseenNaming } from './stored.ts'

/** One entry as access history shows it. */
export interface Access {
  readonly id: string
  /** Unix milliseconds. */
  readonly at: number
  readonly actor: EntryActor
  readonly workstation: string
  readonly action: string
  readonly types: readonly string[]
  readonly patients: readonly string[]
  readonly records: readonly (NamedRecord & { readonly changed: boolean; readonly before?: number })[]
  readonly purpose?: string
  readonly rule?: string
  readonly outcome: EntryFacts['outcome']
  readonly request: string
}

export interface FoundEntry extends Access {
  readonly details: unknown
}

/** `before` is the `next` of the page before, the id of its last entry; left out, the newest come. */
export interface PageAsk {
  readonly before?: string
  readonly count: number
}

export interface AccessPage {
  readonly accesses: readonly Access[]
  readonly next?: string
}

const most = 1000
const highest = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Newest first. */
export async function accessesOf(
  db: Database,
  tenant: number,
  whose: Subject,
  { before = highest, count }: PageAsk,
): Promise<AccessPage> {
  if (!isUuid(before)) throw new Refusal('parameter-invalid')
  if (!isUuid(whose.subject)) return { accesses: [] } // who has no id of ours is in nobody's history
  const wanted = Math.min(Math.max(1, Math.trunc(count)), most)
  return db.transact(tenant, async (tx) => {
    // The tree goes on meanwhile: what it takes in after the first statement is found by both, and nothing by neither.
    const pending = await pendingOf(tx, whose)
    const placed = await placedOf(tx, whose, before, wanted + 1)
    const ids = new Set([...pending, ...placed].filter((id) => id < before))
    const shown = [...ids].sort(newestFirst).slice(0, wanted)
    const entries = await findEntries(tx, shown)
    const last = shown.at(-1)
    return {
      accesses: shown.map((id) => accessOf(entries.get(id))),
      ...(ids.size > wanted && last !== undefined ? { next: last } : {}),
    }
  })
}

/** Those that the sequencer has not taken in yet: about a second's, of everybody, unless it is held up. */
async function pendingOf(tx: Tx, { subject, actor }: Subject): Promise<Set<string>> {
  const found = new Set<string>()
  const { rows } = await tx.query<{ seen: string; next: string }>({
    text: `select ${seenColumn}, pg_snapshot_xmax(pg_current_snapshot())::text as next
      from ledger.checkpoint order by size desc limit 1`,
  })
  const [newest] = rows
  const seen = parseSeen(newest?.seen ?? '') ?? nothingSeen
  // Where transactions are counted anew, their numbers do not tell what was seen: all entries are looked through.
  const comparable = seen.next <= BigInt(newest?.next ?? 0)
  for await (const { entries } of readUnseenNaming(tx, comparable ? seen : nothingSeen, subject)) {
    for (const entry of entries ?? []) {
      const stands = subjectsOf(participantsOf(entry)).some((one) => one.subject === subject && one.actor === actor)
      if (stands) found.add(entry.id)
    }
  }
  return found
}

/** Those that the sequencer has put into order: the newest of them before an id, at least so many if there are. */
async function placedOf(tx: Tx, { subject, actor }: Subject, before: string, count: number): Promise<string[]> {
  // Rows that reach over the id, in whole, then those before it: each has at least one, and the first is its newest.
  const { rows } = await tx.query<{ entries: Buffer }>({
    name: 'ledger-accesses',
    text: `(select entries from ledger.access
        where subject = $1::uuid and actor = $5 and newest >= $2::uuid and newest < $3::uuid and oldest < $2::uuid)
      union all
      (select substring(entries for $4::integer * 16) as entries from ledger.access
        where subject = $1::uuid and actor = $5 and newest < $2::uuid order by newest desc limit $4::integer)`,
    values: [subject, before, hourAfter(before), count, actor],
  })
  return rows.flatMap(({ entries }) => unpackIds(entries))
}

/** Entries by their ids; those that are there and can be read. */
async function findEntries(tx: Tx, ids: readonly string[]): Promise<Map<string, TaggedEntry>> {
  const batches = await readBatches(tx, [...new Set(ids.map((id) => placeOf(id).batch))])
  return new Map(batches.flatMap(({ entries = [] }) => entries.map((entry) => [entry.id, entry] as const)))
}

export async function findEntry(
  db: Database,
  keys: LedgerKeys,
  tenant: number,
  id: Id<'entry'>,
): Promise<FoundEntry | undefined> {
  const entry = await db.transact(tenant, async (tx) => (await findEntries(tx, [id])).get(id))
  return entry === undefined ? undefined : { ...accessOf(entry), details: openDetails(entry, keys) }
}

function accessOf(entry: TaggedEntry | undefined): Access {
  const header = entry === undefined ? undefined : findHeader(entry.header)
  if (entry === undefined || header === undefined) throw new Refusal('record-damaged')
  const { actor, actorId, role, onBehalfOf, before, types, ...rest } = header
  const id = entry.actor ?? actorId
  const befores = new Map(before)
  const written = unpackWrites(entry.writes, types).map(({ type, id: record, version }, index) => ({
    type,
    id: record,
    version,
    changed: true,
    ...(version > 1 || befores.has(index) ? { before: befores.get(index) ?? version - 1 } : {}),
  }))
  return {
    id: entry.id,
    at: Math.floor(entry.at / 1000),
    actor: {
      kind: actor,
      ...(id === undefined ? {} : { id }),
      ...(role === undefined ? {} : { role }),
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    },
    ...rest,
    types,
    patients: entry.patient === null ? unpackIds(entry.patients) : [entry.patient],
    records: [...unpackReads(entry.reads, types).map((record) => ({ ...record, changed: false })), ...written],
  }
}
