import type { Log } from '#base'
import { type Database, type Query, uuidArray } from '#db'
import { appending } from './append.ts'
import type { SealedBatch } from './batch.ts'

/** Batches that were acknowledged, until the database has shown them twice. Times are milliseconds of one clock. */
export interface Kept {
  add(batch: SealedBatch, now: number): void
  /**
   * Looks for each batch once soon and once when `again` has passed, and puts back what is gone. While the database is
   * away they stay here, and are looked for when it is back.
   */
  look(now: number): Promise<void>
  /** Nothing is left to look for. */
  settled(): boolean
  /** False from a look that misses a batch to the look that misses none. */
  whole(): boolean
}

interface KeptBatch {
  readonly batch: SealedBatch
  readonly at: number
  /** It has been found once. */
  found: boolean
}

/** Some of its rows may be there still. */
const restoring = (batch: SealedBatch): Query[] =>
  appending(batch).map(({ text, values = [] }) => ({ text: `${text} on conflict do nothing`, values }))

// Leaves of more than the fastest recording makes in the time that a batch is kept.
const newestLeafRows = 500

/**
 * @param again after how many milliseconds a batch is looked for the second time
 * @param mostBytes of entries that are kept: the oldest batches are given up first
 */
export function keepBatches(db: Pick<Database, 'run'>, log: Log, again: number, mostBytes: number): Kept {
  const kept = new Map<string, KeptBatch>()
  let bytes = 0
  let lost = false

  function drop(id: string): void {
    bytes -= kept.get(id)?.batch.entries.length ?? 0
    kept.delete(id)
  }

  async function lookFor(due: readonly KeptBatch[], now: number): Promise<void> {
    let missing = false
    for (const [tenant, group] of Map.groupBy(due, ({ batch }) => batch.tenant)) {
      const there = await askIds(tenant, 'select id from ledger.batch where id = any($1::uuid[])', group)
      for (const one of group) {
        if (!there.has(one.batch.id)) continue
        if (now - one.at >= again) drop(one.batch.id)
        else one.found = true
      }
      const gone = group.filter(({ batch }) => !there.has(batch.id))
      if (gone.length === 0) continue
      missing = true
      await putBack(tenant, gone)
    }
    // What was put back is looked for once more before it counts.
    lost = missing
  }

  async function askIds(tenant: number, text: string, about: readonly KeptBatch[]): Promise<Set<string>> {
    const answers = await db.run<{ id: string }>(tenant, [
      { text, values: [uuidArray(about.map(({ batch }) => batch.id))] },
    ])
    return new Set(answers.flatMap(({ rows }) => rows.map(({ id }) => id)))
  }

  /** One that has leaves already was deleted since: its place in the tree stays empty, and verification names it. */
  async function putBack(tenant: number, gone: readonly KeptBatch[]): Promise<void> {
    lost = true
    log.error(
      { batches: gone.slice(0, 20).map(({ batch }) => batch.id) },
      'acknowledged entries are gone from the ledger',
    )
    const sequenced = await askIds(
      tenant,
      `select id from unnest($1::uuid[]) as gone(id) where exists (select from
        (select batches from ledger.leaf order by first desc limit ${newestLeafRows}) as leaf where gone.id = any(leaf.batches))`,
      gone,
    )
    for (const id of sequenced) drop(id)
    const back = gone.filter(({ batch }) => !sequenced.has(batch.id))
    if (back.length === 0) return
    await db.run(
      tenant,
      back.flatMap(({ batch }) => restoring(batch)),
    )
    log.error({ batches: back.length }, 'acknowledged entries were put back into the ledger')
  }

  return {
    add(batch, now) {
      kept.set(batch.id, { batch, at: now, found: false })
      bytes += batch.entries.length
      for (const oldest of kept.keys()) {
        if (bytes <= mostBytes) break
        drop(oldest)
      }
    },
    async look(now) {
      const due = [...kept.values()].filter(({ found, at }) => !found || now - at >= again)
      try {
        await lookFor(due, now)
      } catch (error) {
        if (lost) log.error({ err: error }, 'acknowledged entries could not be put back')
      }
    },
    settled: () => kept.size === 0 && !lost,
    whole: () => !lost,
  }
}
