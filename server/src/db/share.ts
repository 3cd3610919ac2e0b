import { Client } from 'pg'
import { endClient } from './end.ts'
import type { DatabaseTarget } from './target.ts'

// Of each process: two of the reader, one each for notices, turns, what is being written and the ledger's leader.
const apart = 6
// For commands, standbys and the administrator.
const reserve = 20
const most = 12
const least = 3

/** How many connections of the app each of so many processes can have, by what the database allows altogether. */
export async function shareConnections(target: DatabaseTarget, processes: number): Promise<number> {
  const client = new Client({ ...target.connection('app'), connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ most: string }>(`select current_setting('max_connections') as most`)
    return shareOf(Number(rows[0]?.most ?? 0), processes)
  } finally {
    await endClient(client)
  }
}

export function shareOf(allowed: number, processes: number): number {
  return Math.max(least, Math.min(most, Math.floor((allowed - reserve) / processes) - apart))
}
