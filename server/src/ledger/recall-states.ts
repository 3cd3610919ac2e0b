import type { Database, Tx } from '#db'
import type { LedgerKeys } from '#keys'
import { timeOf } from './access.ts'
import { leafOf, tagOf } from './entry.ts'
import { statesOf } from './packed-states.ts'
import { nothingSeen, parseSeen, type Seen, seenColumn } from './seen.ts'
import { StateSum, type TenantState } from './state-sum.ts'
import { everyState } from './states.ts'
import { readBatches, readUnseen } from './stored.ts'
import { TreeFault } from './tree-fault.ts'
import { LedgerCut } from './witness-check.ts'

// Checkpoints belong to no tenant, but a transaction is always some tenant's.
const anyTenant = 1
const batchesAtOnce = 64

/** A state that an entry recorded, and when, in Unix ms. */
export type RecalledState = Pick<TenantState, 'kind' | 'subject' | 'version'> & { readonly at: number }

function recalled({ kind, subject, version, entry }: Omit<TenantState, 'tenant'>): RecalledState {
  return { kind, subject, version, at: timeOf(entry) }
}

/**
 * Reads all of ledger.state and shows that it holds what the ledger has recorded: by the sum that the newest checkpoint
 * keeps, and by the entries since. Throws LedgerCut when a state is missing, was changed or put in.
 * @param see is given each state, in no order, before it is known whether all are there
 */
export async function recallStates(
  db: Pick<Database, 'inspect'>,
  keys: Pick<LedgerKeys, 'seal' | 'tag'>,
  see: (state: RecalledState) => void,
): Promise<void> {
  await db.inspect(anyTenant, async (tx) => {
    const recorded = await recordedSum(tx, keys)
    const stored = new StateSum()
    for await (const page of everyState(tx))
      for (const state of page) {
        stored.add(state, keys.tag)
        see(recalled(state))
      }
    if (!stored.equals(recorded))
      throw new LedgerCut(
        `The database has ${stored.count} states of accounts, sessions and clients, and they are not the ${recorded.count} that the ledger has recorded: some were removed, changed or put in, so that who was shut out could come back. Nothing else was changed by this start. Run chartkeep ledger verify, which names them, and restore a backup of before.`,
      )
  })
}

async function recordedSum(tx: Tx, keys: Pick<LedgerKeys, 'seal' | 'tag'>): Promise<StateSum> {
  const { rows } = await tx.query<{ size: string; note: string; states: Buffer; seen: string }>({
    text: `select size, left(note, 10000) as note, substring(states for 200) as states, ${seenColumn} from ledger.checkpoint order by size desc limit 1`,
  })
  const [newest] = rows
  const sum = newest === undefined ? new StateSum() : StateSum.open(keys.seal, newest)
  if (sum === undefined)
    throw new LedgerCut(
      'The newest checkpoint of the ledger was changed: it does not say any more which states of accounts, sessions and clients there are. Nothing else was changed by this start. Run chartkeep ledger verify, and restore a backup of before.',
    )
  for await (const state of statesSince(tx, keys.tag, parseSeen(newest?.seen ?? '') ?? nothingSeen))
    sum.add(state, keys.tag)
  return sum
}

/** Of entries that are not in the tree yet. */
async function* statesSince(tx: Tx, key: LedgerKeys['tag'], from: Seen): AsyncGenerator<TenantState> {
  for (let seen = from; ;) {
    const unseen = await unseenOrNone(tx, seen)
    const batches = await readBatches(
      tx,
      unseen.places.map(({ id }) => id),
    )
    for (const { tenant, entries = [] } of batches)
      for (const entry of entries)
        if (entry.states.length > 0 && tagOf(leafOf(entry), key).equals(entry.tag))
          for (const state of statesOf(entry)) yield { ...state, tenant }
    if (!unseen.more) return
    seen = unseen.seen
  }
}

/** A database that counts its transactions anew cannot tell; what stops sequencing need not stop a start. */
async function unseenOrNone(tx: Tx, seen: Seen): ReturnType<typeof readUnseen> {
  try {
    return await readUnseen(tx, seen, batchesAtOnce)
  } catch (error) {
    if (!(error instanceof TreeFault)) throw error
    return { places: [], seen, more: false }
  }
}
