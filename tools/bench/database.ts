import { join } from 'node:path'
import pg, { type ClientConfig } from 'pg'
import { openLog } from '../../server/src/base/index.ts'
import { socketTarget, startEmbedded } from '../../server/src/db/index.ts'
import { openKeyring } from '../../server/src/keys/index.ts'
import type { Practice } from './server.ts'

/** Runs `work` with the practice's PostgreSQL up and a way in as its owner. */
export async function withDatabase<T>(practice: Practice, work: (owner: ClientConfig) => Promise<T>): Promise<T> {
  const folder = `${practice.data}.keys`
  const keys = await openKeyring(folder, { kind: 'file', path: join(folder, 'root.key') })
  const embedded = await startEmbedded(practice.data, keys.password('owner'), openLog('error'))
  try {
    return await work(
      socketTarget(embedded.socketFolder, 'chartkeep', (role) => keys.password(role)).connection('owner'),
    )
  } finally {
    await embedded.stop()
  }
}

export interface Size {
  readonly records: number
  /** Bytes a record in PostgreSQL with index, history and its share of the ledger. */
  readonly perRecord: number
  readonly tables: Readonly<Record<string, number>>
}

export async function measureSize(owner: ClientConfig): Promise<Size> {
  const client = new pg.Client(owner)
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string; bytes: string }>(`
      select n.nspname || '.' || c.relname as name, pg_total_relation_size(c.oid)::text as bytes
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname in ('records', 'ledger')`)
    const { rows: count } = await client.query<{ count: string }>('select count(*) from records.resource')
    const records = Number(count[0]?.count)
    const tables = Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes)]))
    return { records, tables, perRecord: Object.values(tables).reduce((sum, bytes) => sum + bytes, 0) / records }
  } finally {
    await client.end()
  }
}
