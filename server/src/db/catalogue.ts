import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Log, Refusal } from '#base'
import { catalogueQuery } from './catalogue-query.ts'
import { isMisfit, isStorageFault } from './faults.ts'

/** The database is not as the migrations made it, so it cannot be relied on. Nothing was changed. */
export class CatalogueFault extends Error {
  readonly differences: readonly string[]

  constructor(differences: readonly string[]) {
    super(
      `The database is not as Chartkeep made it, so nothing is served from it:\n${differences.map((one) => `  ${one}`).join('\n')}\n` +
        'Find out who changed it, and take the changes back. Nothing was changed by this start.',
    )
    this.differences = differences
  }
}

/** Answers the lines of `catalogueQuery`. */
export type AskCatalogue = () => Promise<readonly { readonly line: string }[]>

export const askingCatalogue = { name: 'db.catalogue', text: catalogueQuery } as const

/** What a migrated database is: made by `npm test -- catalogue -u` from one that was migrated just now. */
export const cataloguePath = join(import.meta.dirname, 'generated', 'catalogue.txt')

/** What is there that the migrations did not make, and what they made and is not there; empty when all is as it should be. */
export async function compareCatalogue(ask: AskCatalogue): Promise<string[]> {
  const expected = new Set(readFileSync(cataloguePath, 'utf8').split('\n').filter(Boolean))
  const found = new Set((await ask()).map(({ line }) => line))
  return [
    ...[...found].filter((line) => !expected.has(line)).map((line) => `not made by us: ${line}`),
    ...[...expected].filter((line) => !found.has(line)).map((line) => `missing: ${line}`),
  ].toSorted()
}

/** Stands between a database and everyone who reads from it or writes to it. */
export interface Guard {
  /** Throws 'storage-unavailable' while the database is not as it should be. */
  pass(): void
  /**
   * What a failed statement is answered with: where it does not fit because the database was changed since it was last
   * compared, 'storage-unavailable', as from then on.
   */
  explain(error: unknown): Promise<unknown>
  /** Compares now and then again and again. Throws CatalogueFault when it is not as it should be now. */
  start(): Promise<void>
  stop(): void
}

// It reads some hundred rows of the catalogue: 4 ms. So long, at most, something that was hidden can be taken for absent.
const againMs = 1000

/** Until it is started, everything passes: what makes a database, and what only looks at it, is not held up. */
export function openGuard(ask: AskCatalogue, log: Log): Guard {
  const stopping = new AbortController()
  let trusted = true
  let started = false

  async function look(): Promise<void> {
    try {
      const differences = await compareCatalogue(ask)
      if (differences.length > 0 && trusted)
        log.error({ differences: differences.slice(0, 20) }, 'the database was changed by somebody; nothing is served')
      if (differences.length === 0 && !trusted) log.warn('the database is as it was made again')
      trusted = differences.length === 0
    } catch (error) {
      // A database that is away answers nobody; one that does not say what it is made of is not trusted.
      if (isStorageFault(error) || error instanceof Refusal) return
      if (trusted) log.error({ err: error }, 'the database does not say what it is made of; nothing is served')
      trusted = false
    }
  }

  async function keepLooking(): Promise<void> {
    while (!stopping.signal.aborted) {
      await pause(againMs, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined)
      if (!stopping.signal.aborted) await look()
    }
  }

  return {
    pass() {
      if (!trusted) throw new Refusal('storage-unavailable')
    },
    async explain(error) {
      if (!started || !isMisfit(error)) return error
      await look()
      return trusted ? error : new Refusal('storage-unavailable', { cause: error })
    },
    async start() {
      const differences = await compareCatalogue(ask)
      if (differences.length > 0) throw new CatalogueFault(differences)
      started = true
      void keepLooking()
    },
    stop: () => stopping.abort(),
  }
}
