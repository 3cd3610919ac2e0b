import { type Id, parseId } from '#base'
import type { Tx } from '#db'
import type { LookupToken } from './tokens.ts'
import type { ShardSums } from './shard-sums.ts'
import type { RecordFault } from './verify.ts'

interface LookupRow extends LookupToken {
  readonly id: Id<string>
}

const pageSize = 5000

const lineOf = ({ bucket, token }: LookupToken, id: string): string => `look-up ${bucket} ${token} ${id}`

/** The look-ups that a record has by its content. */
export function addExpected(sums: ShardSums, id: string, lookups: readonly LookupToken[]): void {
  for (const lookup of lookups) sums.add(lookup.bucket, lineOf(lookup, id), 1)
}

/** Those that are stored. */
export async function addStored(sums: ShardSums, tx: Tx): Promise<void> {
  for await (const row of allLookups(tx)) sums.add(shardOf(row), lineOf(row, row.id), -1)
}

/**
 * Names each look-up that is missing, and each that should not be.
 * @param expected of every record in these shards, with its name
 */
export async function compareLookups(
  tx: Tx,
  shards: ReadonlySet<number>,
  expected: AsyncIterable<{ readonly name: string; readonly id: Id<string>; readonly lookups: readonly LookupToken[] }>,
): Promise<RecordFault[]> {
  const names = new Map<string, string>()
  for await (const { name, id, lookups } of expected)
    for (const lookup of lookups) if (shards.has(lookup.bucket)) names.set(lineOf(lookup, id), name)
  const faults: RecordFault[] = []
  for await (const row of allLookups(tx)) {
    if (shards.has(shardOf(row)) && !names.delete(lineOf(row, row.id)))
      faults.push({
        record: `look-up of ${row.id}`,
        what: 'leads to a record by a value that it does not have: the look-up was added or altered',
      })
  }
  for (const name of new Set(names.values()))
    faults.push({ record: name, what: 'is not found by all that its content has: a look-up was removed or altered' })
  return faults
}

// The column may hold anything.
const shardOf = ({ bucket }: LookupToken): number => (bucket < 0 ? 0 : bucket & 0xfff)

async function* allLookups(tx: Tx): AsyncGenerator<LookupRow> {
  const lowest = '00000000-0000-0000-0000-000000000000'
  for (let after: { bucket: number; token: string; id: string } = { bucket: -32_768, token: lowest, id: lowest }; ;) {
    const { rows } = await tx.query<{ bucket: number; token: string; id: string }>({
      text: `select bucket, token, id from records.lookup where (bucket, token, id) > ($1::smallint, $2::uuid, $3::uuid)
        order by bucket, token, id limit $4`,
      values: [after.bucket, after.token, after.id, pageSize],
    })
    for (const row of rows) {
      const id = parseId<string>(row.id)
      // oxlint-disable-next-line no-unsafe-type-assertion -- named as it is, though it is no id of ours
      yield { ...row, id: id ?? (row.id as Id<string>) }
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    after = last
  }
}
