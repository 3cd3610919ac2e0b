import type { Id } from '#base'
import type { Database, Tx } from '#db'
import { unpackIds } from './packed.ts'
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

/** Reads every leaf hash once: 32 bytes each. Undefined when the entry is not in a checkpoint yet, or is no one's here. */
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
  // Leaves are in the order of transactions: the entry's is in the first rows that end with its own or a later one.
  const { rows } = await tx.query<{ first: string; entries: Buffer }>({
    text: `select l.first, l.entries from ledger.entry as e join ledger.leaf as l on l.xid >= e.xid
      where e.id = $1::uuid and l.xid <= coalesce((select min(xid) from ledger.leaf where xid > e.xid), e.xid)
      order by l.first`,
    values: [id],
  })
  for (const { first, entries } of rows) {
    const offset = unpackIds(entries).indexOf(id)
    if (offset >= 0) return Number(first) + offset
  }
  return undefined
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
      for (const { first, hashes } of runs) {
        for (const hash of hashes.slice(Math.max(0, from - first), Math.max(0, to - first))) subtree.append(hash)
        next = first + hashes.length
      }
      if (runs.length === 0) throw new Error('leaves are missing')
    }
    return subtree.root()
  }
