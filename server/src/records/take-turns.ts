import { createHmac, type KeyObject } from 'node:crypto'
import { type Database, type Held, lockCount } from '#db'

export type { Held }

/**
 * Work that shares a name runs one after the other; work without a name in common runs at once. Holds for every process
 * on the database. `held` turns false when that cannot be promised any more: `write` takes it and then changes nothing.
 * Throws 'conflict' when the turn does not come for a while.
 */
export type TakeTurns = <T>(names: readonly string[], work: (held: Held) => Promise<T>) => Promise<T>

/** What a condition is judged by has to be what was committed before the turn came. */
interface Standing {
  readonly db: Pick<Database, 'alone'>
  readonly key: KeyObject
  readonly tenant: number
  /** Resolves when what other processes have committed is known here. */
  caughtUp(): Promise<void>
}

/**
 * Turns within this process, in order of arrival, then among processes: of a crowd, one asks the database. A name says
 * what is searched for, so what the database sees of it is a lock's number, under a key.
 */
export function openTurns({ db, key, tenant, caughtUp }: Standing): TakeTurns {
  const inTurn = openTurnsHere()
  const lockOf = (name: string): number =>
    createHmac('sha256', key).update(`${tenant}|${name}`).digest().readUInt32BE() % lockCount
  return (names, work) =>
    inTurn(names, () => {
      if (names.length === 0) return work(() => true)
      return db.alone(names.map(lockOf), async (held) => {
        await caughtUp()
        return work(held)
      })
    })
}

function openTurnsHere(): <T>(names: readonly string[], work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return async (names, work) => {
    // All names are taken in one go, so nobody waits for someone who came later: there is no circle.
    const turn = Promise.all(names.map(async (name) => last.get(name))).then(work)
    const settled = turn.then(
      () => undefined,
      () => undefined,
    )
    for (const name of names) last.set(name, settled)
    try {
      return await turn
    } finally {
      for (const name of names) if (last.get(name) === settled) last.delete(name)
    }
  }
}
