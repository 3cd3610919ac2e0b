import type { Tx } from '#db'
import type { LedgerKeys } from '#keys'
import type { TaggedEntry } from './batch.ts'
import type { Faults } from './faults.ts'
import { statesOf } from './packed-states.ts'
import { lineOf, StateSum } from './state-sum.ts'
import { readStatesOf } from './states.ts'

/**
 * Compares ledger.state with the states that entries recorded: each is there as it was, and no other. And the sums that
 * checkpoints keep, which a start goes by.
 */
export class StatesWalk {
  readonly #tx: Tx
  readonly #keys: Pick<LedgerKeys, 'seal' | 'tag'>
  readonly #faults: Faults
  #matched = 0
  #sum: StateSum | undefined = new StateSum()

  constructor(tx: Tx, keys: Pick<LedgerKeys, 'seal' | 'tag'>, faults: Faults) {
    this.#tx = tx
    this.#keys = keys
    this.#faults = faults
  }

  /** The next leaf of the tree. After one whose entry is not as it was written, no sum can be compared any more. */
  append(entry: TaggedEntry | undefined): void {
    if (entry === undefined) this.#sum = undefined
    else for (const state of statesOf(entry)) this.#sum?.add({ ...state, tenant: entry.tenant }, this.#keys.tag)
  }

  /** A checkpoint covers the leaves up to here. */
  judge(row: { readonly size: number; readonly note: string; readonly states: Buffer }): void {
    const kept = StateSum.open(this.#keys.seal, row)
    if (kept !== undefined && (this.#sum === undefined || kept.equals(this.#sum))) return
    this.#faults.add({
      leaf: row.size,
      what: 'What a checkpoint says of the states that its entries recorded was changed.',
    })
  }

  /** @param entries as they were written; a few hundred at most */
  async compare(entries: readonly TaggedEntry[]): Promise<void> {
    const stateful = entries.filter(({ states }) => states.length > 0)
    if (stateful.length === 0) return
    const stored = await readStatesOf(
      this.#tx,
      stateful.map(({ id }) => id),
    )
    const left = new Set(stored.map(lineOf))
    for (const entry of stateful) {
      for (const state of statesOf(entry)) {
        if (left.delete(lineOf({ ...state, tenant: entry.tenant }))) this.#matched++
        else
          this.#faults.add({
            entry: entry.id,
            what: `The state ${state.version} of the ${state.kind} ${state.subject} that this entry recorded was removed from ledger.state, or changed there.`,
          })
      }
    }
  }

  /** After the last entry: whether anything stands there that no entry recorded. */
  async finish(): Promise<void> {
    const { rows } = await this.#tx.query<{ n: string }>({ text: 'select count(*) as n from ledger.state' })
    const more = Number(rows[0]?.n ?? 0) - this.#matched
    if (more > 0) this.#faults.add({ what: `${more} rows of ledger.state are not what any entry recorded.` })
  }
}
