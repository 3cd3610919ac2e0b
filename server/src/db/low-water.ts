import { setTimeout as pause } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import { batch } from './batch.ts'
import { endClient } from './end.ts'
import { isStorageFault, toRefusal } from './faults.ts'

/** The time that a write is stamped with, while it is under way. */
export interface Stamp {
  /** Unix ms. */
  readonly at: number
  /** False once others may not know of it any more: then it must not be committed. */
  readonly held: () => boolean
  /** It is committed, or never will be. */
  end(): void
}

/**
 * Whoever asks for what changed since some time must not be shown what was written late while something written before is
 * still on its way: they would go on from the later time and never see the earlier one. So each process tells all others
 * on the database, by an advisory lock whose number is a time, that it stamps nothing before that time; and a writing
 * transaction holds a lock of its own stamp. Locks end with their connection: who is killed holds nobody back.
 */
export interface LowWater {
  /** A stamp of this time or, where clocks differ, of a later one. Throws 'storage-unavailable'. */
  begin(now: number): Promise<Stamp>
  /**
   * A time before which all that was stamped is committed, and nothing will be stamped any more. Waits for what was under
   * way when asked, for ten seconds at most; then it is the stamp of the oldest write under way. Throws
   * 'storage-unavailable'.
   */
  settled(): Promise<number>
}

// 16 bits above 48 of a time in ms keep these locks apart from those of migrations and leaders, which are hashes.
const tag = 0x4c57
const numberOf = (time: number): string => ((BigInt(tag) << 48n) | BigInt(time)).toString()

/** For the transaction of a write. */
export const holdStamp = (time: number) => ({
  name: 'low-water.hold',
  text: 'select pg_advisory_xact_lock_shared($1::bigint)',
  values: [numberOf(time)],
})

const clock = 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint'
const readClock = { name: 'low-water.clock', text: `select ${clock}::text as time` }
const readLocks = (ownPid: number) => ({
  name: 'low-water.locks',
  text: `select min(((classid::bigint << 32) | objid::bigint) & 281474976710655)::text as time from pg_locks
    where locktype = 'advisory' and objsubid = 1 and classid::bigint >> 16 = ${tag} and pid <> $1
      and database = (select oid from pg_database where datname = current_database())`,
  values: [ownPid],
})

const advanceMs = 100
const idleTurns = 20
const patienceMs = 10_000
const leastPauseMs = 2
const mostPauseMs = 50

/** Runs statements one after the other, and answers the time in the first row of each. */
type ReadTimes = (queries: readonly { name: string; text: string; values?: unknown[] }[]) => Promise<(string | null)[]>

export function openLowWater(
  connection: () => ClientConfig,
  readTimes: ReadTimes,
): { readonly lowWater: LowWater; close(): Promise<void> } {
  const underWay = new Set<Stamp>()
  let promised: Promised | undefined
  let promising: Promise<Promised> | undefined
  /** No later stamp is before this time. */
  let least = 0

  async function promise(): Promise<Promised> {
    try {
      return await renew()
    } catch (error) {
      // It may have ended since it was last used: the next one is new.
      if (promised === undefined || !isStorageFault(error)) throw toRefusal(error)
      promised.giveUp()
    }
    try {
      return await renew()
    } catch (error) {
      throw toRefusal(error)
    }
  }

  async function renew(): Promise<Promised> {
    promised ??= await openPromised(connection(), () => (promised = undefined))
    least = Math.max(least, await promised.make())
    const one = promised
    one.every(advanceMs, () => {
      const next = Math.min(oldest(), one.time())
      least = Math.max(least, next)
      return { next, busy: underWay.size > 0 }
    })
    return one
  }

  const oldest = (): number => Math.min(...[...underWay].map(({ at }) => at))

  async function read(): Promise<{ now: number; low: number }> {
    // The clock first: whoever has no lock yet when the locks are read will stamp by a later reading of the same clock.
    const [time, others] = await readTimes([readClock, readLocks(promised?.pid ?? 0)])
    const now = Number(time)
    const low = Math.min(now, oldest(), others === null ? Infinity : Number(others))
    least = Math.max(least, low)
    return { now, low }
  }

  // Many may wait for one long write: they look together, each after it has asked.
  const look = batch<undefined, Awaited<ReturnType<typeof read>>>({
    limit: 1000,
    async flush(all) {
      const found = await read()
      return all.map(() => found)
    },
  })

  return {
    lowWater: {
      async begin(now) {
        if (promised?.isMade() !== true) await (promising ??= promise().finally(() => (promising = undefined)))
        const under = promised
        const stamp = {
          at: Math.max(now, least),
          held: () => under?.isMade() === true,
          end: () => void underWay.delete(stamp),
        }
        underWay.add(stamp)
        return stamp
      },
      async settled() {
        const began = performance.now()
        const { now, low: first } = await look(undefined)
        let low = first
        // What was stamped in this very millisecond is told as soon as it is over.
        for (let wait = leastPauseMs; low <= now && performance.now() - began < patienceMs;) {
          await pause(wait)
          wait = Math.min(wait * 2, mostPauseMs)
          low = (await look(undefined)).low
        }
        return low
      },
    },
    close: async () => promised?.close(),
  }
}

/** The connection that holds this process's promise. */
interface Promised {
  readonly pid: number
  /** Whether others know that nothing is stamped before some time. */
  isMade(): boolean
  /** Resolves to the time, by the database's clock. */
  make(): Promise<number>
  /** The time now, by the database's clock. */
  time(): number
  /** Moves the promise on again and again, until nobody was busy for a while. */
  every(ms: number, next: () => { next: number; busy: boolean }): void
  giveUp(): void
  close(): Promise<void>
}

async function openPromised(config: ClientConfig, onLost: () => void): Promise<Promised> {
  const client = new Client({
    ...config,
    application_name: 'chartkeep writing',
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    statement_timeout: 5000,
  })
  let floor: number | undefined
  let set = { time: 0, at: 0 }
  let timer: NodeJS.Timeout | undefined
  let idle = 0
  const giveUp = (): void => {
    floor = undefined
    clearInterval(timer)
    onLost()
    void endClient(client)
  }
  client.on('error', giveUp)
  client.on('end', giveUp)
  await client.connect()
  const time = (): number => set.time + Math.floor(performance.now() - set.at)

  function advance(next: number, busy: boolean): void {
    const before = floor
    if (before === undefined) return
    idle = busy ? 0 : idle + 1
    floor = idle > idleTurns ? undefined : Math.max(before, next)
    if (floor === before) return
    if (floor === undefined) clearInterval(timer)
    const take = floor === undefined ? '' : `select pg_advisory_lock_shared(${numberOf(floor)});`
    client.query(`${take} select pg_advisory_unlock_shared(${numberOf(before)})`).catch(giveUp)
  }

  return {
    // oxlint-disable-next-line no-unsafe-type-assertion -- what pg's types leave out
    pid: (client as unknown as { processID: number }).processID,
    isMade: () => floor !== undefined,
    time,
    async make() {
      if (floor !== undefined) return floor
      // For a moment everyone is held back: between our reading of the clock and our lock, nobody reads the locks.
      const all: unknown = await client.query(`select pg_advisory_lock_shared(${numberOf(0)});
        select time::text, pg_advisory_lock_shared(${numberOf(0)} + time) from (select ${clock} as time offset 0) as c;
        select pg_advisory_unlock_shared(${numberOf(0)})`)
      const made = timeIn(all)
      set = { time: made, at: performance.now() }
      idle = 0
      floor = made
      return made
    },
    every(ms, next) {
      clearInterval(timer)
      timer = setInterval(() => {
        const turn = next()
        advance(turn.next, turn.busy)
      }, ms).unref()
    },
    giveUp,
    async close() {
      floor = undefined
      clearInterval(timer)
      await endClient(client)
    },
  }
}

/** The time in the second of several results. */
function timeIn(results: unknown): number {
  // oxlint-disable-next-line no-unsafe-type-assertion -- of several statements pg answers a list, which its types leave out
  const [, result] = results as readonly { readonly rows: readonly { readonly time: string }[] }[]
  return Number(result?.rows[0]?.time)
}
