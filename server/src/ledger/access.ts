import { booleanArray, byteaArray, int4Array, type Query, uuidArray } from '#db'
import { entryIdOf, type Participants } from './batch.ts'
import { idLength, packIds, unpackIds } from './packed.ts'

/**
 * Whose access history: of an actor, what they did; of a patient, what was done to the record. Which of the two is part of
 * the question: who may see the one may not see the other.
 */
export interface Subject {
  readonly subject: string
  readonly actor: boolean
}

/** A row of ledger.access: entries of one hour, of one pass of the sequencer. */
export interface AccessRow extends Subject {
  readonly tenant: number
  /** Ids of the entries, newest first. */
  readonly entries: readonly string[]
}

/** The participants of a batch's entries, in their order. */
export interface BatchParticipants {
  readonly id: string
  readonly tenant: number
  readonly participants: readonly Participants[]
}

/** In whose history an entry stands. */
export function subjectsOf({ actor, patients }: Participants): Subject[] {
  const named = [...new Set(patients)].map((subject) => ({ subject, actor: false }))
  return actor === null ? named : [{ subject: actor, actor: true }, ...named]
}

const hourMs = 3_600_000
const timeDigits = 12

/** The hour that an id was made in, since 1970. */
function hourOf(id: string): number {
  return Math.floor(timeOf(id) / hourMs)
}

/** Unix ms of when an id was made. */
export function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}

/** No row holds an id this high together with the one given. */
export function hourAfter(id: string): string {
  const time = (timeOf(id) + hourMs).toString(16).padStart(timeDigits, '0')
  return time.length > timeDigits ? id : `${time.slice(0, 8)}-${time.slice(8)}${id.slice(13)}`
}

/** The rows for the batches of a pass. */
export function accessRows(batches: Iterable<BatchParticipants>): AccessRow[] {
  const rows = new Map<string, AccessRow & { readonly entries: string[] }>()
  for (const { id: batch, tenant, participants } of batches) {
    const hour = hourOf(batch)
    for (const [place, each] of participants.entries()) {
      const id = entryIdOf(batch, place)
      for (const { subject, actor } of subjectsOf(each)) {
        const key = `${subject}${actor}${tenant}/${hour}`
        const row = rows.get(key)
        if (row === undefined) rows.set(key, { subject, actor, tenant, entries: [id] })
        else row.entries.push(id)
      }
    }
  }
  for (const { entries } of rows.values()) entries.sort(newestFirst)
  return [...rows.values()]
}

/** Ids of ours sort by when they were made. */
export function newestFirst(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? 1 : -1
}

/**
 * The statement that stores the rows of a pass. Where somebody put one in before it, that one stays, and verification names
 * it: one row must not stop the sequencer.
 * @param pass size of the tree after it
 */
export function storingAccess(pass: number, rows: readonly AccessRow[]): Query {
  return {
    name: 'ledger-access',
    text: `insert into ledger.access (pass, subject, newest, oldest, tenant, actor, entries)
      select $1::bigint, a.* from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::integer[], $6::boolean[], $7::bytea[]) as a
      on conflict do nothing`,
    values: [
      pass,
      uuidArray(rows.map(({ subject }) => subject)),
      uuidArray(rows.map(({ entries }) => entries[0])),
      uuidArray(rows.map(({ entries }) => entries.at(-1))),
      int4Array(rows.map(({ tenant }) => tenant)),
      booleanArray(rows.map(({ actor }) => actor)),
      byteaArray(rows.map(({ entries }) => packIds(entries))),
    ],
  }
}

/** Undefined when it is not as it was written. */
export function parseEntries(row: { newest: string; oldest: string; entries: Buffer | null }): string[] | undefined {
  if (row.entries === null || row.entries.length === 0 || row.entries.length % idLength !== 0) return undefined
  const ids = unpackIds(row.entries)
  const ends = ids[0] === row.newest && ids.at(-1) === row.oldest && hourOf(row.newest) === hourOf(row.oldest)
  return ends && ids.every((id, at) => at === 0 || id < (ids[at - 1] ?? '')) ? ids : undefined
}
