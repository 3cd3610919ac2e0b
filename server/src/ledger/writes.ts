import type { Database } from '#db'
import { findHeader } from './header.ts'
import { unpackWrites, type WrittenRecord } from './packed.ts'
import { batchColumns, batchOf, type BatchRow, beginning } from './stored.ts'

const pageLength = 250

/**
 * Every recorded write of a tenant, so that each row of a record can be compared with the hash recorded for it; of one
 * record, the highest version is the present one. Holds one page at a time. Entries are taken as they are in the table:
 * only together with `verifyLedger` does it prove anything. One whose header cannot be read has no writes here.
 */
export async function* writesIn(
  db: Pick<Database, 'inspect'>,
  tenant: number,
): AsyncGenerator<WrittenRecord & { readonly entry: string }> {
  let after = beginning
  for (;;) {
    const { xid, id } = after
    const { rows } = await db.inspect(tenant, async (tx) =>
      tx.query<BatchRow>({
        text: `select ${batchColumns} from ledger.batch
          where tenant = $1::integer and changes and xid >= $2::xid8 and (xid, id) > ($2::xid8, $3::uuid)
          order by ledger.batch.xid, id limit $4`,
        values: [tenant, xid, id, pageLength],
      }),
    )
    for (const { entries = [] } of rows.map(batchOf)) {
      for (const { id: entry, header, writes } of entries) {
        const types = writes.length === 0 ? undefined : findHeader(header)?.types
        if (types !== undefined) for (const write of unpackWrites(writes, types)) yield { ...write, entry }
      }
    }
    const last = rows.at(-1)
    if (last === undefined) return
    after = last
  }
}
