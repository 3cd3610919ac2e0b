import { bucketOf, type Id, parseId } from '#base'
import { type Database, int2Array } from '#db'

/** The patients who share a bucket with one of these records: whoever's chart it is in is among them. */
export async function patientsIn(db: Database, tenant: number, ids: readonly Id<string>[]): Promise<Id<'patient'>[]> {
  if (ids.length === 0) return []
  const [found] = await db.run<{ owner: string }>(tenant, [
    {
      name: 'records.patients-in',
      text: `select k.owner from unnest($1::smallint[]) as q(bucket) join records.patient_key k on k.bucket = q.bucket`,
      values: [int2Array([...new Set(ids.map(bucketOf))])],
    },
  ])
  return (found?.rows ?? []).flatMap(({ owner }) => parseId<'patient'>(owner) ?? [])
}
