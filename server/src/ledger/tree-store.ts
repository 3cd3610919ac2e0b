import type { KeyObject } from 'node:crypto'
import { int2Array, type Tx, uuidArray } from '#db'
import type { LedgerKeys } from '#keys'
import { accessRows, type BatchParticipants, storingAccess } from './access.ts'
import { entryIdOf, mostEntries, placeOf } from './batch.ts'
import { type Checkpoint, isSigned, parseCheckpoint } from './note.ts'
import type { RecordedState } from './packed-states.ts'
import { nothingSeen, parseSeen, type Seen, seenColumn, spellSeen } from './seen.ts'
import { StateSum } from './state-sum.ts'
import { Frontier, hashLength } from './tree.ts'
import { TreeFault } from './tree-fault.ts'

/** A row of ledger.leaf: some leaves in a row. */
export interface LeafRun {
  readonly first: number
  /** Of the entries. */
  readonly ids: readonly string[]
  /** Of the batches that they are in, one for each entry. */
  readonly batches: readonly string[]
  readonly hashes: readonly Buffer[]
  /** Whether it is a row as a pass stores it. Of one that is not, the rest may be cut off. */
  readonly whole: boolean
}

/** The tree as far as it is signed, and where it goes on. */
export interface Tree {
  readonly frontier: Frontier
  readonly seen: Seen
  /** Over the states that its entries record. */
  readonly states: StateSum
  readonly note: string | undefined
}

// A row may have almost as many again: a batch is not cut.
const runLength = 512
const rowsAtOnce = 4096
const mostOfRun = runLength - 1 + mostEntries
/** More than any tree has: numbers above it are not told apart here. */
export const mostLeaves = 2 ** 52
// How often the frontier is kept: a start hashes at most so many leaves, and a checkpoint seldom carries its 53 hashes.
const frontierEvery = 65_536

/** When a checkpoint was signed, in Unix milliseconds; 0 for no time at all. */
export const atColumn = 'case when isfinite(at) then (extract(epoch from at) * 1000)::bigint else 0 end as at'

interface LeafRow {
  readonly first: string
  readonly batches: readonly (string | null)[]
  readonly lengths: readonly (number | null)[]
  readonly hashes: Buffer
}

/** A list of one dimension that counts from 1, as far as a row of leaves can go and one further; any other is empty. */
const listColumn = (name: string): string =>
  `case when array_ndims(${name}) = 1 and array_lower(${name}, 1) = 1 then ${name}[:${mostOfRun + 1}] else '{}' end as ${name}`

export async function readRuns(tx: Tx, first: number, limit: number): Promise<LeafRun[]> {
  const { rows } = await tx.query<LeafRow>({
    name: 'ledger-runs',
    text: `select first, ${listColumn('batches')}, ${listColumn('lengths')},
        substring(hashes for ${(mostOfRun + 1) * hashLength}) as hashes
      from ledger.leaf where first between $1::bigint and ${mostLeaves} order by first limit $2`,
    values: [first, limit],
  })
  return rows.map(runOf)
}

function runOf({ first, batches, lengths, hashes }: LeafRow): LeafRun {
  const [ids, inBatches]: [string[], string[]] = [[], []]
  let whole = batches.length > 0 && batches.length === lengths.length
  for (const [at, stored] of batches.entries()) {
    const [batch, length] = [stored ?? '', lengths[at] ?? 0]
    if (stored === null || length < 1 || length > mostEntries) whole = false
    const ours = placeOf(batch).place === 0 // any other is never taken apart, and named as it is
    for (let place = 0; place < length && ids.length <= mostOfRun; place++) {
      ids.push(ours ? entryIdOf(batch, place) : batch)
      inBatches.push(batch)
    }
  }
  if (ids.length > mostOfRun || hashes.length !== ids.length * hashLength) whole = false
  return { first: Number(first), ids, batches: inBatches, hashes: split(hashes), whole }
}

export function split(hashes: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at + hashLength <= hashes.length; at += hashLength) parts.push(hashes.subarray(at, at + hashLength))
  return parts
}

/** Throws TreeFault when leaves are missing or do not give the newest checkpoint's root. */
export async function loadTree(tx: Tx, keys: Pick<LedgerKeys, 'seal' | 'signer'>): Promise<Tree> {
  const { publicKey } = keys.signer
  const frontier = await loadFrontier(tx, publicKey)
  for (;;) {
    const runs = await readRuns(tx, frontier.size, 64)
    for (const run of runs) {
      if (run.first !== frontier.size || !run.whole) throw new TreeFault('leaves are missing or damaged')
      for (const hash of run.hashes) frontier.append(hash)
    }
    if (runs.length === 0) break
  }
  const { rows } = await tx.query<{ size: string; note: string; seen: string; states: Buffer }>({
    text: `select size, note, states, ${seenColumn} from ledger.checkpoint order by size desc limit 1`,
  })
  const [row] = rows
  if (row === undefined && frontier.size === 0)
    return { frontier, seen: nothingSeen, states: new StateSum(), note: undefined }
  const newest = await signedBy(publicKey, row?.note)
  const seen = parseSeen(row?.seen ?? '')
  const states = row && StateSum.open(keys.seal, row)
  if (newest === undefined || seen === undefined || states === undefined) {
    throw new TreeFault('the newest checkpoint is missing, damaged or not signed with this key')
  }
  if (newest.size !== frontier.size || !newest.root.equals(frontier.root())) {
    throw new TreeFault('the leaves do not give the root of the newest checkpoint')
  }
  return { frontier, seen, states, note: row?.note }
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

/** A batch's leaves. */
export interface BatchLeaves extends BatchParticipants {
  readonly hashes: readonly Buffer[]
  readonly states: readonly RecordedState[]
}

/** What one pass of the sequencer adds. */
export interface Pass {
  readonly before: Frontier
  readonly after: Frontier
  readonly batches: readonly BatchLeaves[]
  readonly seen: Seen
  readonly note: string
  /** The sum of states, sealed for the note. */
  readonly states: Buffer
  /** Unix milliseconds. */
  readonly at: number
}

/**
 * Adds leaves, access history and the checkpoint that covers them; all or nothing. A second sequencer fails here on a
 * duplicate key.
 */
export async function storePass(tx: Tx, { before, after, batches, seen, note, states, at }: Pass): Promise<void> {
  let first = before.size
  for (const run of runsOf(batches)) {
    const hashes = run.flatMap((batch) => batch.hashes)
    await tx.query({
      name: 'ledger-leaves',
      text: 'insert into ledger.leaf (first, batches, lengths, hashes) values ($1::bigint, $2::uuid[], $3::smallint[], $4)',
      values: [
        first,
        uuidArray(run.map(({ id }) => id)),
        int2Array(run.map((batch) => batch.hashes.length)),
        Buffer.concat(hashes),
      ],
    })
    first += hashes.length
  }
  const accesses = accessRows(batches)
  for (let from = 0; from < accesses.length; from += rowsAtOnce)
    await tx.query(storingAccess(after.size, accesses.slice(from, from + rowsAtOnce)))
  const keepsFrontier = Math.floor(before.size / frontierEvery) !== Math.floor(after.size / frontierEvery)
  await tx.query({
    name: 'ledger-checkpoint',
    text: `insert into ledger.checkpoint (size, at, seen, note, states, frontier)
      values ($1::bigint, to_timestamp($2::float8 / 1000), $3, $4, $5, $6)`,
    values: [after.size, at, spellSeen(seen), note, states, keepsFrontier ? after.bytes() : null],
  })
}

/** Whole batches, of about `runLength` leaves together. */
function* runsOf(batches: readonly BatchLeaves[]): Generator<BatchLeaves[]> {
  let run: BatchLeaves[] = []
  let leaves = 0
  for (const batch of batches) {
    run.push(batch)
    leaves += batch.hashes.length
    if (leaves < runLength) continue
    yield run
    run = []
    leaves = 0
  }
  if (run.length > 0) yield run
}
