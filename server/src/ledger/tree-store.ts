import type { KeyObject } from 'node:crypto'
import { byteaArray, int8Array, type Tx } from '#db'
import { type Checkpoint, isSigned, parseCheckpoint } from './note.ts'
import { packIds, unpackIds } from './packed.ts'
import { beginning, type Place } from './stored.ts'
import { Frontier, hashLength } from './tree.ts'

/** A row of ledger.leaf: some leaves in a row. */
export interface LeafRun {
  readonly first: number
  readonly xid: string
  readonly ids: readonly string[]
  readonly hashes: readonly Buffer[]
}

/** The tree as far as it is signed, and where it goes on. */
export interface Tree {
  readonly frontier: Frontier
  readonly place: Place
  readonly note: string | undefined
}

/** The stored tree contradicts itself or its signature, so nothing can be added to it. `verifyLedger` says where. */
export class TreeFault extends Error {}

const runLength = 512
// How often the frontier is kept: a start hashes at most so many leaves, and a checkpoint seldom carries its 53 hashes.
const frontierEvery = 65_536

export async function readRuns(tx: Tx, first: number, limit: number): Promise<LeafRun[]> {
  const { rows } = await tx.query<{ first: string; xid: string; entries: Buffer; hashes: Buffer }>({
    name: 'ledger-runs',
    text: 'select first, xid::text as xid, entries, hashes from ledger.leaf where first >= $1::bigint order by first limit $2',
    values: [first, limit],
  })
  return rows.map((row) => ({
    first: Number(row.first),
    xid: row.xid,
    ids: unpackIds(row.entries),
    hashes: split(row.hashes),
  }))
}

function split(hashes: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at + hashLength <= hashes.length; at += hashLength) parts.push(hashes.subarray(at, at + hashLength))
  return parts
}

/** Throws TreeFault when leaves are missing or do not give the newest checkpoint's root. */
export async function loadTree(tx: Tx, publicKey: KeyObject): Promise<Tree> {
  const frontier = await loadFrontier(tx, publicKey)
  let place = await placeBefore(tx, frontier.size)
  for (;;) {
    const runs = await readRuns(tx, frontier.size, 64)
    for (const run of runs) {
      if (run.first !== frontier.size || run.ids.length !== run.hashes.length)
        throw new TreeFault('leaves are missing or damaged')
      for (const hash of run.hashes) frontier.append(hash)
      place = { xid: run.xid, id: run.ids.at(-1) ?? place.id }
    }
    if (runs.length === 0) break
  }
  const { rows } = await tx.query<{ note: string | null; next: string }>({
    text: `select (select note from ledger.checkpoint order by size desc limit 1) as note,
      pg_snapshot_xmax(pg_current_snapshot())::text as next`,
  })
  // A logical copy counts its transactions from the beginning: nothing new would ever come after the tree's end.
  if (BigInt(rows[0]?.next ?? 0) <= BigInt(place.xid)) {
    throw new TreeFault('the database counts its transactions anew: it was not restored as a copy of its files')
  }
  const note = rows[0]?.note ?? undefined
  if (note === undefined && frontier.size === 0) return { frontier, place, note }
  const newest = await signedBy(publicKey, note)
  if (newest === undefined) throw new TreeFault('the newest checkpoint is missing or not signed with this key')
  if (newest.size !== frontier.size || !newest.root.equals(frontier.root())) {
    throw new TreeFault('the leaves do not give the root of the newest checkpoint')
  }
  return { frontier, place, note }
}

// A frontier that gives a signed root is the true one; any other is left aside, and the leaves are hashed from the first.
async function loadFrontier(tx: Tx, publicKey: KeyObject): Promise<Frontier> {
  const { rows } = await tx.query<{ note: string; frontier: Buffer }>({
    text: 'select note, frontier from ledger.checkpoint where frontier is not null order by size desc limit 1',
  })
  const [kept] = rows
  const checkpoint = await signedBy(publicKey, kept?.note)
  if (kept === undefined || checkpoint === undefined) return Frontier.empty()
  const frontier = Frontier.parse(checkpoint.size, kept.frontier)
  return frontier?.root().equals(checkpoint.root) === true ? frontier : Frontier.empty()
}

async function signedBy(publicKey: KeyObject, note: string | undefined): Promise<Checkpoint | undefined> {
  const checkpoint = note === undefined ? undefined : parseCheckpoint(note)
  return checkpoint !== undefined && (await isSigned(checkpoint, publicKey)) ? checkpoint : undefined
}

async function placeBefore(tx: Tx, size: number): Promise<Place> {
  const { rows } = await tx.query<{ xid: string; entries: Buffer }>({
    text: 'select xid::text as xid, entries from ledger.leaf where first < $1::bigint order by first desc limit 1',
    values: [size],
  })
  const [row] = rows
  return row === undefined ? beginning : { xid: row.xid, id: unpackIds(row.entries).at(-1) ?? beginning.id }
}

/** Adds leaves and the checkpoint that covers them; both or neither. A second sequencer fails here on a duplicate key. */
export async function storeLeaves(
  tx: Tx,
  before: Frontier,
  after: Frontier,
  leaves: readonly (Place & { readonly hash: Buffer })[],
  checkpoint: { readonly note: string; readonly at: number },
): Promise<void> {
  const runs: (typeof leaves)[] = []
  for (let from = 0; from < leaves.length; from += runLength) runs.push(leaves.slice(from, from + runLength))
  await tx.query({
    name: 'ledger-leaves',
    text: `insert into ledger.leaf (first, xid, entries, hashes)
      select l.first, l.xid::text::xid8, l.entries, l.hashes from unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[])
        as l (first, xid, entries, hashes)`,
    values: [
      int8Array(runs.map((_, index) => before.size + index * runLength)),
      int8Array(runs.map((run) => BigInt(run.at(-1)?.xid ?? 0))),
      byteaArray(runs.map((run) => packIds(run.map(({ id }) => id)))),
      byteaArray(runs.map((run) => Buffer.concat(run.map(({ hash }) => hash)))),
    ],
  })
  const keepsFrontier = Math.floor(before.size / frontierEvery) !== Math.floor(after.size / frontierEvery)
  await tx.query({
    name: 'ledger-checkpoint',
    text: `insert into ledger.checkpoint (size, at, note, frontier) values ($1::bigint, to_timestamp($2::float8 / 1000), $3, $4)`,
    values: [after.size, checkpoint.at, checkpoint.note, keepsFrontier ? after.bytes() : null],
  })
}
