import type { Query } from '#db'
import type { SealedBatch } from './batch.ts'

/** The statement that adds a batch: its entries are durable when the transaction commits. */
export function appending({ id, tenant, changes, entries }: SealedBatch): Query {
  return {
    name: 'ledger-append',
    text: 'insert into ledger.batch (id, tenant, changes, entries) values ($1, $2, $3, $4)',
    values: [id, tenant, changes, entries],
  }
}
