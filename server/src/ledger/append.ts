import { booleanArray, byteaArray, int8Array, type Query, textArray, uuidArray } from '#db'
import type { SealedBatch } from './batch.ts'

/** The statements that add a batch: its entries are durable when the transaction commits. */
export function appending({ id, tenant, changes, entries, states }: SealedBatch): Query[] {
  const batch = {
    name: 'ledger-append',
    text: 'insert into ledger.batch (id, tenant, changes, entries) values ($1, $2, $3, $4)',
    values: [id, tenant, changes, entries],
  }
  if (states.length === 0) return [batch]
  const list = {
    name: 'ledger-append-states',
    text: `insert into ledger.state (tenant, subject, version, kind, ended, mac, entry)
      select $1, s.* from unnest($2::uuid[], $3::bigint[], $4::text[], $5::boolean[], $6::bytea[], $7::uuid[]) as s`,
    values: [
      tenant,
      uuidArray(states.map(({ subject }) => subject)),
      int8Array(states.map(({ version }) => version)),
      textArray(states.map(({ kind }) => kind)),
      booleanArray(states.map(({ ended }) => ended)),
      byteaArray(states.map(({ mac }) => mac)),
      uuidArray(states.map(({ entry }) => entry)),
    ],
    changes: states.length,
  }
  return [batch, list]
}
