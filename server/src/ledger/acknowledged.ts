import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '#base'
import type { Database } from '#db'
import type { SealedBatch } from './batch.ts'
import { keepBatches } from './kept.ts'

/** What this process has acknowledged lately, looked for again in the database. */
export interface Acknowledged {
  /** Its transaction has been committed, by what PostgreSQL said. */
  add(batch: SealedBatch): void
  /** False while something that was acknowledged is not in the ledger and could not be put back. */
  whole(): boolean
  stop(): Promise<void>
}

const eachMs = 1000
// A PostgreSQL that answers before it has flushed does so within a second; a crash shows when it answers again.
const lookAgainMs = 10_000
const mostBytes = 8_000_000

/**
 * A commit that PostgreSQL acknowledged and did not keep (a setting, a trigger, a crash of a server that lied about its
 * disk, a row deleted at once) is noticed here: each batch is looked for after a second and after ten. One that is gone is
 * named in the log and put back, because what it tells of was released.
 * @param each milliseconds from one look to the next
 */
export function openAcknowledged(db: Pick<Database, 'run'>, log: Log, each = eachMs): Acknowledged {
  const kept = keepBatches(db, log, lookAgainMs, mostBytes)
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (!kept.settled() && !stopping.signal.aborted) {
      await pause(each, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined)
      await kept.look(performance.now())
    }
    running = undefined
  }

  return {
    add(batch) {
      kept.add(batch, performance.now())
      running ??= run()
    },
    whole: kept.whole,
    async stop() {
      stopping.abort()
      await running
    },
  }
}
