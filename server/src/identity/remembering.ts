import type { Database, Tx } from '#db'
import type { EntryState, Ledger } from '#ledger'
import { announceStates } from './notices.ts'
import type { Standings } from './standings.ts'

/**
 * The same database and ledger; what a transaction records of states is remembered once it has committed, here and in every
 * other process.
 */
export function remembering(
  db: Database,
  ledger: Pick<Ledger, 'record' | 'recordWithin'>,
  standings: Standings,
): { readonly db: Database; readonly ledger: Pick<Ledger, 'record' | 'recordWithin'> } {
  const pending = new WeakMap<Tx, EntryState[]>()
  return {
    db: {
      ...db,
      transact: async (tenant, work) => {
        const states: EntryState[] = []
        const result = await db.transact(tenant, (tx) => {
          pending.set(tx, states)
          return work(tx)
        })
        for (const state of states) standings.raise(state)
        return result
      },
    },
    ledger: {
      record: ledger.record,
      recordWithin: async (tx, facts) => {
        const states = facts.flatMap((one) => one.states ?? [])
        pending.get(tx)?.push(...states)
        await ledger.recordWithin(tx, facts)
        await announceStates(tx, states)
      },
    },
  }
}
