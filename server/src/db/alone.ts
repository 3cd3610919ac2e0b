import { setTimeout as pause } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import { Refusal } from '#base'
import { batch } from './batch.ts'
import { endClient } from './end.ts'
import { isStorageFault, toRefusal } from './faults.ts'

/**
 * Whether the locks are still ours. False from the moment in which their connection was lost: then others may have them,
 * and work that rests on them must not be committed.
 */
export type Held = () => boolean

/** Runs work while this process alone, of all on the database, holds these locks. Throws 'conflict' after a while in vain. */
export type Alone = <T>(locks: readonly number[], work: (held: Held) => Promise<T>) => Promise<T>

/** Locks there are: PostgreSQL's table of locks has room for some 4,000, and no crowd may fill it. */
export const lockCount = 2048

// Any number: it keeps these locks apart from those of migrations and of the ledger's leader.
const lockClass = 7_242_803
const patienceMs = 10_000
const longestPauseMs = 20

interface Session {
  readonly held: Held
  /** All of these locks or none. */
  take(locks: readonly number[]): Promise<boolean>
  free(locks: readonly number[]): void
  end(): Promise<void>
}

/**
 * One connection holds all locks of this process, however many wait: those who find one taken ask again, so nobody waits
 * in the database and there is no circle. Within the process a lock may be taken several times, and is free after the
 * last: callers of one process take turns among themselves.
 */
export function openAlone(connection: () => ClientConfig): { readonly alone: Alone; close(): Promise<void> } {
  let opening: Promise<Session> | undefined

  function session(): Promise<Session> {
    if (opening !== undefined) return opening
    const opened: Promise<Session> = openSession(connection(), () => {
      if (opening === opened) opening = undefined
    })
    opening = opened
    return opened
  }

  async function take(locks: readonly number[]): Promise<Session> {
    const began = performance.now()
    for (let wait = 1; ; wait = Math.min(wait * 2, longestPauseMs)) {
      try {
        const holder = await session()
        if (await holder.take(locks)) return holder
      } catch (error) {
        // It has ended since it was last used: the next one is new.
        if (!isStorageFault(error) || performance.now() - began > patienceMs / 2) throw toRefusal(error)
      }
      if (performance.now() - began > patienceMs) throw new Refusal('conflict')
      await pause(wait)
    }
  }

  return {
    async alone(locks, work) {
      const distinct = [...new Set(locks)].toSorted((a, b) => a - b)
      const holder = await take(distinct)
      try {
        return await work(holder.held)
      } finally {
        holder.free(distinct)
      }
    },
    async close() {
      await opening?.then(
        (holder) => holder.end(),
        () => undefined,
      )
    },
  }
}

async function openSession(connection: ClientConfig, onLost: () => void): Promise<Session> {
  const client = new Client({
    ...connection,
    application_name: 'chartkeep turns',
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    statement_timeout: 5000,
    query_timeout: 10_000,
  })
  let alive = true
  const lost = (): void => {
    if (alive) onLost()
    alive = false
  }
  client.on('error', lost)
  client.on('end', lost)
  try {
    await client.connect()
  } catch (error) {
    lost()
    void endClient(client)
    throw error
  }

  const ask = async (verb: 'pg_try_advisory_lock' | 'pg_advisory_unlock', locks: readonly number[]) => {
    const { rows } = await client.query<{ done: boolean }>({
      name: verb,
      text: `select ${verb}($1, lock) as done from unnest($2::integer[]) as lock`,
      values: [lockClass, locks],
    })
    return rows.map(({ done }) => done)
  }
  // PostgreSQL counts how often a session has taken a lock, so those of several callers go in one statement.
  const take = batch<readonly number[], boolean>({
    limit: 256,
    async flush(groups) {
      const got = await ask('pg_try_advisory_lock', groups.flat())
      let at = 0
      const halves: number[] = []
      const outcomes = groups.map((group) => {
        const taken = group.filter(() => got[at++] === true)
        if (taken.length === group.length) return true
        halves.push(...taken)
        return false
      })
      if (halves.length > 0) await ask('pg_advisory_unlock', halves)
      return outcomes
    },
  })
  const free = batch<readonly number[], boolean>({
    limit: 256,
    async flush(groups) {
      await ask('pg_advisory_unlock', groups.flat())
      return groups.map(() => true)
    },
  })
  return {
    held: () => alive,
    take,
    free(locks) {
      // A connection that cannot be asked any more is given up, and its locks with it.
      if (alive)
        free(locks).catch(() => {
          lost()
          void endClient(client)
        })
    },
    end: () => endClient(client),
  }
}
