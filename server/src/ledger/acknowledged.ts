import { setTimeout as pause } from 'node:timers/promises'
import { describeError, type Log } from '#base'
import { type Database, type Query, uuidArray } from '#db'
import { appending } from './append.ts'
import type { SealedBatch } from './batch.ts'

/** What this process has acknowledged lately, looked for again in the database. */
export interface Acknowledged {
  /** Its transaction has been committed, by what PostgreSQL said. */
  add(batch: SealedBatch): void
  /** False while something that was acknowledged is not in the ledger and could not be put back. */
  whole(): boolean
  stop(): Promise<void>
}

interface Kept {
  readonly batch: SealedBatch
  readonly at: number
  /** It has been found once. */
  found: boolean
}

/** Some of its rows may be there still. */
const restoring = (batch: SealedBatch): Query[] =>
  appending(batch).map(({ text, values = [] }) => ({ text: `${text} on conflict do nothing`, values }))

const eachMs = 1000
// A PostgreSQL that answers before it has flushed does so within a second; a crash shows when it answers again.
const lookAgainMs = 10_000
const mostBytes = 8_000_000
// Leaves of more than the fastest recording makes in that time.
const newestLeafRows = 500

/**
 * A commit that PostgreSQL acknowledged and did not keep (a setting, a trigger, a crash of a server that lied about its
 * disk, a row deleted at once) is noticed here: each batch is looked for after a second and after ten. One that is gone is
 * named in the log and put back, because what it tells of was released.
 */
export function openAcknowledged(db: Pick<Database, 'run'>, log: Log, again = lookAgainMs): Acknowledged {
  const kept = new Map<string, Kept>()
  const stopping = new AbortController()
  let bytes = 0
  let running: Promise<void> | undefined
  let lost = false

  function drop(id: string): void {
    const one = kept.get(id)
    if (one === undefined) return
    kept.delete(id)
    bytes -= one.batch.entries.length
  }

  async function look(): Promise<void> {
    const now = performance.now()
    const due = [...kept.values()].filter(({ found, at }) => !found || now - at >= again)
    let missing = false
    for (const group of Map.groupBy(due, ({ batch }) => batch.tenant).values()) {
      const gone = await findGone(group)
      for (const one of group) {
        if (gone.has(one.batch.id)) continue
        if (now - one.at >= again) drop(one.batch.id)
        else one.found = true
      }
      if (gone.size === 0) continue
      missing = true
      await putBack([...gone].flatMap((id) => kept.get(id)?.batch ?? []))
    }
    // What was put back is looked for once more before it counts.
    lost = missing
  }

  async function findGone(group: readonly Kept[]): Promise<Set<string>> {
    const tenant = group[0]?.batch.tenant ?? 0
    const ids = group.map(({ batch }) => batch.id)
    const [outcome] = await db.run<{ id: string }>(tenant, [
      {
        name: 'ledger-acknowledged',
        text: 'select id from ledger.batch where id = any($1::uuid[])',
        values: [uuidArray(ids)],
      },
    ])
    const there = new Set(outcome?.rows.map(({ id }) => id))
    return new Set(ids.filter((id) => !there.has(id)))
  }

  /** One that has leaves already was deleted since: its place in the tree stays empty, and verification names it. */
  async function putBack(gone: readonly SealedBatch[]): Promise<void> {
    lost = true
    const tenant = gone[0]?.tenant ?? 0
    log.error({ batches: gone.map(({ id }) => id).slice(0, 20) }, 'acknowledged entries are gone from the ledger')
    const [outcome] = await db.run<{ id: string }>(tenant, [
      {
        text: `select id from unnest($1::uuid[]) as gone(id) where exists (select from
          (select batches from ledger.leaf order by first desc limit ${newestLeafRows}) as leaf where gone.id = any(leaf.batches))`,
        values: [uuidArray(gone.map(({ id }) => id))],
      },
    ])
    const sequenced = new Set(outcome?.rows.map(({ id }) => id))
    for (const id of sequenced) drop(id)
    const back = gone.filter(({ id }) => !sequenced.has(id))
    if (back.length === 0) return
    await db.run(tenant, back.flatMap(restoring))
    log.error({ batches: back.length }, 'acknowledged entries were put back into the ledger')
  }

  async function run(): Promise<void> {
    while (kept.size > 0 && !stopping.signal.aborted) {
      await pause(eachMs, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined)
      // While the database is away they stay here, and are looked for when it is back.
      await look().catch((error: unknown) => {
        if (lost) log.error({ err: describeError(error) }, 'acknowledged entries could not be put back')
      })
    }
    running = undefined
  }

  return {
    add(batch) {
      kept.set(batch.id, { batch, at: performance.now(), found: false })
      bytes += batch.entries.length
      for (const oldest of kept.keys()) {
        if (bytes <= mostBytes) break
        drop(oldest)
      }
      running ??= run()
    },
    whole: () => !lost,
    async stop() {
      stopping.abort()
      await running
    },
  }
}
