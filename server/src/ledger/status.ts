import type { Database } from '#db'
import { parseCheckpoint } from './note.ts'
import { atColumn } from './tree-store.ts'
import type { SequencerStatus } from './sequencer.ts'
import type { WitnessStatus } from './witness.ts'

/** What only the process that sequences knows. */
export interface Sequencing {
  readonly sequencer: SequencerStatus
  readonly witnesses: readonly WitnessStatus[]
}

export interface LedgerStatus extends Sequencing {
  /** The newest checkpoint: how many entries it covers, and when it was signed (Unix milliseconds). */
  readonly checkpoint: { readonly size: number; readonly at: number; readonly root: string } | undefined
}

export async function readStatus(db: Database, tenant: number, sequencing: Sequencing): Promise<LedgerStatus> {
  const { rows } = await db.transact(tenant, async (tx) =>
    tx.query<{ at: string; note: string }>({
      text: `select ${atColumn}, note from ledger.checkpoint order by size desc limit 1`,
    }),
  )
  const [newest] = rows
  const head = newest === undefined ? undefined : parseCheckpoint(newest.note)
  const checkpoint =
    newest === undefined || head === undefined
      ? undefined
      : { size: head.size, at: Number(newest.at), root: head.root.toString('base64') }
  return { checkpoint, ...sequencing }
}
