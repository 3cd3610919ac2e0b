import type { Id } from '#base'
import type { Database, Tx } from '#db'
import { placeOf } from './batch.ts'
import { proveInclusion, type RangeRoot } from './proofs.ts'
import { Frontier } from './tree.ts'
import { readRuns } from './tree-store.ts'

/** Shows someone who trusts a checkpoint that an entry is in the tree, without showing them any other entry. */
export interface EntryProof {
  /** Index of the entry's leaf, from 0. */
  readonly index: number
  /** The checkpoint that the path leads to, as it was signed. */
  readonly note: string
  readonly size: number
  /** RFC 6962, 2.1.1. */
  readonly path: readonly Buffer[]
}

const runsAtOnce = 64

/**
 * Reads every leaf once: 48 bytes each. Undefined when the entry is not in a checkpoint yet, or is no one's here. Throws
 * when leaves are missing or damaged: what they gave would show nothing.
 */
export async function proveEntry(db: Database, tenant: number, id: Id<'entry'>): Promise<EntryProof | undefined> {
  // The app role sees the tenant's own entries alone; the leaves are the same for all.
  return db.transact(tenant, async (tx) => {
    const index = await findLeaf(tx, id)
    const { rows } = await tx.query<{ size: string; note: string }>({
      text: 'select size, note from ledger.checkpoint order by size desc limit 1',
    })
    const [newest] = rows
    if (index === undefined || newest === undefined || index >= Number(newest.size)) return undefined
    const size = Number(newest.size)
    return { index, note: newest.note, size, path: await proveInclusion(index, size, rangeRootIn(tx)) }
  })
}

async function findLeaf(tx: Tx, id: Id<'entry'>): Promise<number | undefined> {
  const { batch, place } = placeOf(id)
  const { rows } = await tx.query<{ first: string; batches: string[]; lengths: number[] }>({
    text: `select l.first, l.batches, l.lengths
      from ledger.batch as b, ledger.leaf as l where b.id = $1::uuid and b.id = any(l.batches)`,
    values: [batch],
  })
  const [row] = rows
  const at = row?.batches.indexOf(batch) ?? 0
  if (row === undefined || place >= (row.lengths[at] ?? 0)) return undefined
  return Number(row.first) + row.lengths.slice(0, at).reduce((sum, length) => sum + length, 0) + place
}

const rangeRootIn =
  (tx: Tx): RangeRoot =>
  async (from, to) => {
    const subtree = Frontier.empty()
    const { rows } = await tx.query<{ first: string }>({
      text: 'select first from ledger.leaf where first <= $1::bigint order by first desc limit 1',
      values: [from],
    })
    for (let next = Number(rows[0]?.first ?? 0); subtree.size < to - from;) {
      const runs = await readRuns(tx, next, runsAtOnce)
      for (const { first, hashes, whole } of runs) {
        if (!whole) throw new Error('leaves are damaged')
        for (const hash of hashes.slice(Math.max(0, from - first), Math.max(0, to - first))) subtree.append(hash)
        next = first + hashes.length
      }
      if (runs.length === 0) throw new Error('leaves are missing')
    }
    return subtree.root()
  }
