import { Refusal } from '#base'
import { batch, type Database, type Tx } from '#db'
import type { LedgerKeys } from '#keys'
import { append, appendQueries } from './append.ts'
import { type SealedEntry, sealEntry } from './entry.ts'
import type { EntryFacts } from './facts.ts'
import type { Recent } from './recent.ts'

export interface Recorder {
  record(facts: EntryFacts): Promise<void>
  recordWithin(tx: Tx, facts: readonly EntryFacts[]): Promise<void>
  /** False for some seconds after an entry could not be made durable, unless a later one could. */
  recording(): boolean
  /** Refuses what comes from now on, and resolves when what came before is durable or refused. */
  close(): Promise<void>
}

// Most entries of one statement. More would make the first caller of a batch wait for the last one's bytes.
const batchLimit = 512
// Long enough for whoever asks each few seconds; not for ever, for without requests nothing would show that it works.
const doubtMs = 5000

export function openRecorder(db: Database, keys: LedgerKeys, recent: Pick<Recent, 'add'>): Recorder {
  const writers = new Map<number, (entry: SealedEntry) => Promise<void>>()
  const waiting = new Set<Promise<void>>()
  let closed = false
  let failedAt = Number.NEGATIVE_INFINITY

  function writerOf(tenant: number): (entry: SealedEntry) => Promise<void> {
    const known = writers.get(tenant)
    if (known !== undefined) return known
    const writer = batch<SealedEntry, undefined>({
      limit: batchLimit,
      flush: async (entries) => {
        await db.run(tenant, appendQueries(tenant, entries))
        return entries.map(() => undefined)
      },
    })
    const write = async (entry: SealedEntry): Promise<void> => {
      try {
        await writer(entry)
        failedAt = Number.NEGATIVE_INFINITY
      } catch (cause) {
        failedAt = performance.now()
        // Also when the outcome is unknown: an entry too many harms nobody, a release without one does.
        throw new Refusal('ledger-unavailable', { cause })
      }
    }
    writers.set(tenant, write)
    return write
  }

  return {
    async record(facts) {
      if (closed) throw new Refusal('ledger-unavailable')
      const entry = sealEntry(facts, keys)
      recent.add(entry)
      const written = writerOf(facts.tenant)(entry)
      waiting.add(written)
      try {
        await written
      } finally {
        waiting.delete(written)
      }
    },
    async recordWithin(tx, facts) {
      const byTenant = Map.groupBy(facts, ({ tenant }) => tenant)
      for (const [tenant, group] of byTenant) {
        const entries = group.map((each) => sealEntry(each, keys))
        for (const entry of entries) recent.add(entry)
        await append(tx, tenant, entries)
      }
    },
    recording: () => !closed && performance.now() - failedAt > doubtMs,
    async close() {
      closed = true
      await Promise.allSettled(waiting)
    },
  }
}
