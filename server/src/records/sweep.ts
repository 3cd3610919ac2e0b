import { setTimeout as pause } from 'node:timers/promises'
import { bucketCount, type Id, type Log, parseId } from '#base'
import type { Database } from '#db'

// An upload that a kill has cut off leaves sealed pieces behind that no record leads to: nobody can read them, and they
// take room.

interface Sweeping {
  readonly db: Pick<Database, 'transact'>
  readonly tenant: number
  readonly log: Log
  /** Milliseconds by the machine's own count: setting the clock makes no upload old. */
  readonly elapsed?: () => number
  /** Between one part of the table and the next, ms: nobody waits for a sweep. */
  readonly restMs?: number
}

export interface Sweep {
  /** Looks once; answers how many contents it has removed. */
  round(): Promise<number>
  /** Looks now and each hour, until stopped. */
  start(): void
  stop(): Promise<void>
}

const hour = 3_600_000
/** An upload has an hour. What has been without a record for two, as seen here, is no upload any more. */
const oldMs = 2 * hour
const bucketsAtOnce = 64
// More wait for the next hour.
const mostSeen = 10_000
const mostRemoved = 1000

/** Removes content that never got its record. Several processes may do so at once. */
export function openSweep({ db, tenant, log, elapsed = () => performance.now(), restMs = 50 }: Sweeping): Sweep {
  /** Since when each has been without a record. */
  let seen = new Map<Id<string>, { readonly bucket: number; readonly since: number }>()
  const stopping = new AbortController()
  let working: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  async function round(): Promise<number> {
    const now = elapsed()
    const still: typeof seen = new Map()
    for (let bucket = 0; bucket < bucketCount && !stopping.signal.aborted; bucket += bucketsAtOnce) {
      for (const found of await findWithoutRecord(db, tenant, bucket, mostSeen - still.size))
        still.set(found.id, { bucket: found.bucket, since: seen.get(found.id)?.since ?? now })
      await pause(restMs, undefined, { ref: false })
    }
    seen = still
    const old = [...still].filter(([, { since }]) => now - since >= oldMs).slice(0, mostRemoved)
    for (const [id, { bucket }] of old) {
      await removeWithoutRecord(db, tenant, bucket, id)
      seen.delete(id)
    }
    if (old.length > 0) log.info({ contents: old.length }, 'uploads that were cut off have been removed')
    return old.length
  }

  function work(): void {
    working = round()
      .catch((error: unknown) => log.warn({ err: error }, 'cut-off uploads could not be looked for'))
      .finally(() => {
        if (!stopping.signal.aborted) timer = setTimeout(work, hour).unref()
      })
  }

  return {
    round,
    start: work,
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await working
    },
  }
}

async function findWithoutRecord(
  db: Sweeping['db'],
  tenant: number,
  from: number,
  limit: number,
): Promise<{ id: Id<string>; bucket: number }[]> {
  const { rows } = await db.transact(tenant, (tx) =>
    tx.query<{ bucket: number; id: string }>({
      text: `select c.bucket, c.id from records.chunk c where c.bucket >= $1 and c.bucket < $2 and c.number = 0
        and not exists (select from records.resource r where r.bucket = c.bucket and r.id = c.id) limit $3`,
      values: [from, from + bucketsAtOnce, limit],
    }),
  )
  return rows.flatMap(({ bucket, id }) => {
    const parsed = parseId<string>(id)
    return parsed === undefined ? [] : [{ id: parsed, bucket }]
  })
}

async function removeWithoutRecord(db: Sweeping['db'], tenant: number, bucket: number, id: Id<string>): Promise<void> {
  await db.transact(tenant, (tx) =>
    tx.query({
      text: `delete from records.chunk where bucket = $1 and id = $2
        and not exists (select from records.resource r where r.bucket = $1 and r.id = $2)`,
      values: [bucket, id],
    }),
  )
}
