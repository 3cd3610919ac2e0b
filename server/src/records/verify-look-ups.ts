import { type Id, parseId } from '#base'
import type { Tx } from '#db'
import type { LookupToken } from './tokens.ts'
import type { ShardSums } from './shard-sums.ts'
import type { RecordFault } from './verify.ts'

interface LookupRow {
  readonly token: LookupToken
  readonly id: Id<string>
}

const pageSize = 5000

const lineOf = (token: LookupToken, id: string): string => `look-up ${token} ${id}`

/** The look-ups that a record has by its content. */
export function addExpected(sums: ShardSums, id: string, lookups: readonly LookupToken[]): void {
  for (const token of lookups) sums.add(shardOf(token), lineOf(token, id), 1)
}

/** Those that are stored. */
export async function addStored(sums: ShardSums, tx: Tx): Promise<void> {
  for await (const { token, id } of allLookups(tx)) sums.add(shardOf(token), lineOf(token, id), -1)
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
    for (const token of lookups) if (shards.has(shardOf(token))) names.set(lineOf(token, id), name)
  const faults: RecordFault[] = []
  for await (const { token, id } of allLookups(tx)) {
    if (shards.has(shardOf(token)) && !names.delete(lineOf(token, id)))
      faults.push({
        record: `look-up of ${id}`,
        what: 'leads to a record by a value that it does not have: the look-up was added or altered',
      })
  }
  for (const name of new Set(names.values()))
    faults.push({ record: name, what: 'is not found by all that its content has: a look-up was removed or altered' })
  return faults
}

/** By the token's first 12 bits: whoever alters a token may move it into another shard, and both are uneven then. */
const shardOf = (token: LookupToken): number => Number(BigInt.asUintN(64, token) >> 52n)

async function* allLookups(tx: Tx): AsyncGenerator<LookupRow> {
  for (let after = { token: '-9223372036854775808', id: '00000000-0000-0000-0000-000000000000' }; ;) {
    const { rows } = await tx.query<{ token: string; id: string }>({
      text: `select token, id from records.lookup where (token, id) > ($1::bigint, $2::uuid) order by token, id limit $3`,
      values: [after.token, after.id, pageSize],
    })
    for (const row of rows) {
      const id = parseId<string>(row.id)
      // oxlint-disable-next-line no-unsafe-type-assertion -- named as it is, though it is no id of ours
      yield { token: BigInt(row.token), id: id ?? (row.id as Id<string>) }
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    after = last
  }
}
