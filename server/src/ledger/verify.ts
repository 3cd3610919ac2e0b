import type { Database, Tx } from '#db'
import type { LedgerKeys } from '#keys'
import { Faults, type LedgerFault } from './faults.ts'
import { nothingSeen, parseSeen } from './seen.ts'
import { Frontier } from './tree.ts'
import { type LeafRun, mostLeaves, readRuns } from './tree-store.ts'
import { AccessWalk } from './verify-access.ts'
import { CheckpointsWalk } from './verify-checkpoints.ts'
import { compareLeaves, verifyLeafless } from './verify-entries.ts'
import { PassesWalk, PassLeaves } from './verify-passes.ts'
import { StatesWalk } from './verify-states.ts'
import { lookAtWitness, verifyWitness, type WitnessFinding } from './verify-witness.ts'

export interface Verification {
  /** The first faults, in the order of the tree; `faultCount` counts all. None: the ledger is whole. */
  readonly faults: readonly LedgerFault[]
  readonly faultCount: number
  /** Entries in the tree. */
  readonly entries: number
  /** Entries recorded and not yet in the tree: no fault while they are young. */
  readonly pending: number
  /** The newest signed head that everything before it agrees with. */
  readonly checkpoint: { readonly size: number; readonly root: string; readonly at: number } | undefined
  readonly witnesses: readonly WitnessFinding[]
}

const anyTenant = 1
const leavesAtOnce = 512
const runsAtOnce = 64

/**
 * Recomputes everything from the entries up: hashes, tags, order, leaves, roots, signatures, access history, and what
 * each witness has seen. Reads one snapshot in pages, so memory does not grow with the ledger.
 * @param witnesses folders that checkpoints are sent to
 * @param most how many faults to describe
 */
export async function verifyLedger(parts: {
  readonly db: Database
  readonly keys: LedgerKeys
  readonly witnesses: readonly string[]
  readonly most?: number
}): Promise<Verification> {
  const { db, keys, witnesses, most = 100 } = parts
  const faults = new Faults(most)
  const witnessed = await Promise.all(witnesses.map(lookAtWitness))
  return db.inspect(anyTenant, async (tx) => {
    const checkpoints = await new CheckpointsWalk(tx, keys.signer.publicKey, faults).begin()
    const states = new StatesWalk(tx, keys, faults)
    const size = await walkLeaves(tx, keys, { checkpoints, states }, faults)
    const { newest } = checkpoints
    const end = { seen: parseSeen(newest?.seen ?? '') ?? nothingSeen, at: newest?.at ?? 0 }
    const pending = await verifyLeafless(tx, keys.tag, { end, states }, faults)
    await states.finish()
    await verifyOnce(tx, faults)
    await verifyBounds(tx, faults)
    const seen: WitnessFinding[] = []
    for (const looked of witnessed)
      seen.push(await verifyWitness(looked, { tx, publicKey: keys.signer.publicKey, size, faults }))
    const { matched } = checkpoints
    return {
      faults: faults.list,
      faultCount: faults.total,
      entries: size,
      pending,
      checkpoint:
        matched === undefined
          ? undefined
          : { size: matched.size, root: matched.root.toString('base64'), at: matched.at },
      witnesses: seen,
    }
  })
}

/** The size of the tree, by its leaves. */
async function walkLeaves(
  tx: Tx,
  keys: Pick<LedgerKeys, 'tag'>,
  { checkpoints, states }: { readonly checkpoints: CheckpointsWalk; readonly states: StatesWalk },
  faults: Faults,
): Promise<number> {
  const tree = Frontier.empty()
  const leaves = new PassLeaves()
  const passes = new PassesWalk(faults)
  const accesses = await new AccessWalk(tx, faults).begin()
  let size = 0 // of the leaves in the table; the tree's own falls behind when some of them are missing
  for await (const runs of pagesOf(tx)) {
    const end = judgeRuns(runs, size, faults)
    if (end === undefined) {
      checkpoints.giveUpRoots()
      leaves.lose()
      states.append(undefined)
    }
    const compared = await compareLeaves(tx, keys.tag, runs, faults)
    await states.compare(compared.flatMap(({ entry }) => entry ?? []))
    for (const leaf of compared) {
      tree.append(leaf.hash)
      leaves.add(leaf)
      states.append(leaf.entry)
      if (tree.size !== checkpoints.nextSize) continue
      const taken = await checkpoints.take()
      if (taken === undefined) continue
      const pass = leaves.take()
      if (pass !== undefined) {
        passes.end(pass, taken.row.seen)
        await accesses.end(pass, taken.row.size)
      }
      checkpoints.judge(taken, tree)
      states.judge(taken.row)
    }
    size = end ?? endOf(runs)
    await checkpoints.passTo(size)
  }
  await checkpoints.finish(size)
  await accesses.finish(leaves.take() !== undefined)
  return size
}

/** Pages of about as many leaves: a row of them holds from one, on a quiet day, to 512. */
async function* pagesOf(tx: Tx): AsyncGenerator<LeafRun[]> {
  let page: LeafRun[] = []
  let leaves = 0
  for (let next = 0; ;) {
    const runs = await readRuns(tx, next, runsAtOnce)
    for (const run of runs) {
      if (leaves > 0 && leaves + run.ids.length > leavesAtOnce) {
        yield page
        page = []
        leaves = 0
      }
      page.push(run)
      leaves += run.ids.length
    }
    const last = runs.at(-1)
    if (last === undefined) break
    next = last.first + 1
  }
  if (page.length > 0) yield page
}

/** The size that the leaves lead to; undefined when they are not one unbroken row from `size` on. */
function judgeRuns(runs: readonly LeafRun[], size: number, faults: Faults): number | undefined {
  let [expected, whole] = [size, true]
  for (const { first, ids, whole: sound } of runs) {
    if (first > expected) faults.add({ leaf: expected, what: `The leaves ${expected} to ${first - 1} were removed.` })
    if (first < expected) faults.add({ leaf: first, what: 'The leaf stands in the table twice.' })
    if (!sound) faults.add({ leaf: first, what: 'The leaves from this one on were cut or changed in length.' })
    if (!sound || first !== expected) whole = false
    expected = first + ids.length
  }
  return whole ? expected : undefined
}

function endOf(runs: readonly LeafRun[]): number {
  const last = runs.at(-1)
  return last === undefined ? 0 : last.first + Math.max(1, last.ids.length)
}

/** Whether no entry has two leaves. */
async function verifyOnce(tx: Tx, faults: Faults): Promise<void> {
  const { rows } = await tx.query<{ entry: string }>({
    text: `select batch as entry from (select unnest(batches) as batch from ledger.leaf) as leaf group by batch having count(*) > 1 limit 100`,
  })
  for (const { entry } of rows) faults.add({ entry, what: 'The entry is in the tree more than once.' })
}

/** Whether nothing stands where no walk comes by. */
async function verifyBounds(tx: Tx, faults: Faults): Promise<void> {
  const { rows } = await tx.query<{ what: string; at: string }>({
    text: `(select 'Leaves were' as what, first as at from ledger.leaf where first < 0 or first > ${mostLeaves} limit 100)
      union all (select 'A checkpoint was', size from ledger.checkpoint where size < 1 or size > ${mostLeaves} limit 100)`,
  })
  for (const { what, at } of rows) faults.add({ what: `${what} put in at ${at}, where no tree has any.` })
}
