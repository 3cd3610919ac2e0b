import type { Tx } from '#db'
import type { TaggedEntry } from './batch.ts'
import type { Faults } from './faults.ts'
import { statesOf } from './packed-states.ts'
import { readStatesOf, type StateRow } from './states.ts'

/** Compares ledger.state with the states that entries recorded: each is there as it was, and no other. */
export class StatesWalk {
  readonly #tx: Tx
  readonly #faults: Faults
  #matched = 0

  constructor(tx: Tx, faults: Faults) {
    this.#tx = tx
    this.#faults = faults
  }

  /** @param entries as they were written; a few hundred at most */
  async compare(entries: readonly TaggedEntry[]): Promise<void> {
    const stateful = entries.filter(({ states }) => states.length > 0)
    if (stateful.length === 0) return
    const stored = await readStatesOf(
      this.#tx,
      stateful.map(({ id }) => id),
    )
    const left = new Set(stored.map(nameOf))
    for (const entry of stateful) {
      for (const state of statesOf(entry)) {
        if (left.delete(nameOf({ ...state, tenant: entry.tenant }))) this.#matched++
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

function nameOf({ subject, version, kind, ended, mac, entry, tenant }: Omit<StateRow, 'mac'> & Named): string {
  return [entry, tenant, kind, subject, version, ended, Buffer.from(mac).toString('hex')].join(' ')
}

interface Named {
  readonly mac: Uint8Array
  readonly tenant: number
}
