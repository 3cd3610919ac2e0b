import type { KeyObject } from 'node:crypto'
import type { Tx } from '#db'
import { placeOf, type TaggedEntry } from './batch.ts'
import { leafOf, tagOf } from './entry.ts'
import type { Faults } from './faults.ts'
import { isUuid } from './packed.ts'
import { hasSeen, type Seen } from './seen.ts'
import { readBatches, readLeafless, type StoredBatch } from './stored.ts'
import { hashLength } from './tree.ts'
import type { LeafRun } from './tree-store.ts'
import type { StatesWalk } from './verify-states.ts'

/** A leaf that was compared with its entry. */
export interface ComparedLeaf {
  readonly id: string
  readonly index: number
  /** What the tree is to be computed with: the entry's own hash when its tag shows that it is the true one. */
  readonly hash: Buffer
  /** The transaction of the entry; undefined when there is none. */
  readonly xid: string | undefined
  /** The entry, when it is as it was written. */
  readonly entry: TaggedEntry | undefined
}

interface Examined {
  readonly entry: TaggedEntry
  readonly xid: string
  readonly hash: Buffer
  /** Its tag is under this installation's key, so this is how it was written. */
  readonly genuine: boolean
}

function examine(entry: TaggedEntry, xid: string, key: KeyObject): Examined {
  const hash = leafOf(entry)
  return { entry, xid, hash, genuine: tagOf(hash, key).equals(entry.tag) }
}

/** Compares leaves with their entries: each is there, and as it was. */
export async function compareLeaves(
  tx: Tx,
  key: KeyObject,
  runs: readonly LeafRun[],
  faults: Faults,
): Promise<ComparedLeaf[]> {
  const ids = new Set<string>() // but those that stand for a batch that has no entries
  for (const run of runs) for (const [at, id] of run.ids.entries()) if (hasPlaces(run.batches[at])) ids.add(id)
  const wanted = new Set(runs.flatMap((run) => run.batches).filter(isUuid))
  const batches = new Map((await readBatches(tx, [...wanted])).map((batch) => [batch.id, batch]))
  const examined = new Map<string, Examined>()
  for (const { xid, entries = [] } of batches.values())
    for (const entry of entries) examined.set(entry.id, examine(entry, xid, key))
  const compared = runs.flatMap((run) =>
    run.ids.map((id, offset) => {
      const leaf = { id, index: run.first + offset, stored: run.hashes[offset] ?? Buffer.alloc(hashLength) }
      const batch = run.batches[offset] ?? ''
      const found = hasPlaces(batch) ? examined.get(id) : undefined
      const { what, hash } = judge(leaf.stored, found, batches.get(batch))
      if (what !== undefined) faults.add({ entry: id, leaf: leaf.index, what })
      return { id, index: leaf.index, hash, xid: found?.xid, entry: what === undefined ? found?.entry : undefined }
    }),
  )
  for (const batch of batches.values()) judgeBatch(batch, ids, faults)
  return compared
}

const hasPlaces = (batch = ''): boolean => placeOf(batch).place === 0

function judge(
  stored: Buffer,
  found: Examined | undefined,
  batch: StoredBatch | undefined,
): { readonly hash: Buffer; readonly what?: string } {
  if (found === undefined) {
    if (batch === undefined || batch.entries !== undefined)
      return { hash: stored, what: 'The entry was deleted: its leaf is in the tree.' }
    return { hash: stored, what: 'The entry, or one beside it, was changed: their batch cannot be read.' }
  }
  if (found.hash.equals(stored)) {
    if (found.genuine) return { hash: stored }
    return { hash: stored, what: 'The entry was not written by this installation: its tag is not under its key.' }
  }
  if (found.genuine) return { hash: found.hash, what: 'The leaf was changed: it is not the hash of its entry.' }
  return { hash: stored, what: 'The entry was changed: it does not give the hash in the tree.' }
}

/** What no leaf says: that a batch holds nothing else, and whether it changed a record. */
function judgeBatch({ id, changes, entries }: StoredBatch, inTree: ReadonlySet<string>, faults: Faults): void {
  for (const entry of entries ?? []) {
    if (inTree.has(entry.id)) continue
    faults.add({ entry: entry.id, what: 'The entry was put into a batch that is in the tree without it.' })
  }
  judgeChanges({ id, changes, entries }, faults)
}

function judgeChanges({ id, changes, entries }: Pick<StoredBatch, 'id' | 'changes' | 'entries'>, faults: Faults): void {
  if (entries !== undefined && changes !== entries.some(({ writes }) => writes.length > 0))
    faults.add({
      entry: id,
      what: 'Whether this entry, or one beside it, changed a record was changed in their batch.',
    })
}

/** Where the tree stands, for judging entries that are not in it. */
export interface TreeEnd {
  readonly seen: Seen
  /** When its newest checkpoint was signed, Unix milliseconds. */
  readonly at: number
}

// An entry is in the tree about a second after its commit, and no transaction of ours stays open for minutes.
const youngMs = 10 * 60_000

/** Counts the entries that are not in the tree, and names those among them that should be, or are not ours. */
export async function verifyLeafless(
  tx: Tx,
  key: KeyObject,
  { end, states }: { readonly end: TreeEnd; readonly states: StatesWalk },
  faults: Faults,
): Promise<number> {
  const { rows } = await tx.query<{ next: string }>({
    text: 'select pg_snapshot_xmax(pg_current_snapshot())::text as next',
  })
  const next = BigInt(rows[0]?.next ?? 0)
  if (end.seen.next > next)
    faults.add({ what: 'The newest checkpoint says that the tree has seen transactions that have not been yet.' })
  let count = 0
  for await (const { id, xid, changes, entries } of readLeafless(tx)) {
    if (entries === undefined || entries.length === 0) {
      count++
      faults.add({ entry: id, what: 'The entry is not in the tree, and its batch cannot be read.' })
      continue
    }
    const examined = entries.map((entry) => examine(entry, xid, key))
    for (const each of examined) {
      count++
      const what = judgeLeafless(each, end, next)
      if (what !== undefined) faults.add({ entry: each.entry.id, what })
    }
    await states.compare(examined.filter(({ genuine }) => genuine).map(({ entry }) => entry))
    judgeChanges({ id, changes, entries }, faults)
  }
  return count
}

function judgeLeafless({ entry, xid, genuine }: Examined, end: TreeEnd, next: bigint): string | undefined {
  if (!genuine)
    return 'The entry is not in the tree, and was not written by this installation or was changed since: its tag does not fit.'
  if (hasSeen(end.seen, xid))
    return 'The entry has no leaf, though the tree has gone on after it: it was put in later, or its leaf was removed.'
  if (BigInt(xid) >= next)
    return 'The entry names a transaction that has not been yet, so it would never be in the tree.'
  if (entry.at / 1000 < end.at - youngMs)
    return 'The entry is older than the newest checkpoint and was never taken into the tree.'
  return undefined
}
