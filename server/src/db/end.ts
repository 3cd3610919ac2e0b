import type pg from 'pg'
import { within } from '#base'

const patienceMs = 2000

/** Ends a connection in order. One that does not answer is cut, so that nobody waits for a database that is gone. */
export async function endClient(client: pg.Client | pg.PoolClient): Promise<void> {
  try {
    await within(patienceMs, client.end())
  } catch {
    cut(client)
  }
}

/** Ends a pool: connections at work have a moment to finish, then they are cut. */
export async function endPool(pool: pg.Pool, connections: ReadonlySet<pg.PoolClient>): Promise<void> {
  const ended = pool.end()
  ended.catch(() => undefined)
  await within(patienceMs, ended).catch(() => {
    for (const client of connections) cut(client)
  })
}

function cut(client: pg.Client | pg.PoolClient): void {
  // oxlint-disable-next-line no-unsafe-type-assertion -- what pg's types leave out
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
}
