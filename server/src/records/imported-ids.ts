import { type Bucket, formatId, type Id } from '#base'
import { type Database, int2Array } from '#db'
import { Grant } from '#policy'

/** The first id whose time is not 0: an import makes its ids without one. */
const firstTimed: Id<string> = formatId(1, 0, Buffer.alloc(8))

/**
 * The ids that imports made in these buckets, 16 bytes each, of records that are not deleted. Opens no record.
 */
export async function importedIds(
  db: Database,
  grant: Grant<'create'>,
  buckets: readonly Bucket[],
): Promise<Uint8Array> {
  // The type says so already; this holds for code that got round the compiler, too.
  if (!(grant instanceof Grant)) throw new Error('only policy makes a grant')
  const [found] = await db.run<{ ids: Buffer | null }>(grant.question.actor.tenant, [
    {
      name: 'records.imported-ids',
      text: `select string_agg(uuid_send(r.id), '') as ids from unnest($1::smallint[]) as q(bucket)
        join records.resource r on r.bucket = q.bucket and r.id < $2 and not r.deleted`,
      values: [int2Array(buckets), firstTimed],
    },
  ])
  return found?.rows[0]?.ids ?? new Uint8Array(0)
}
