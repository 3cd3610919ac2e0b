import { type Id, parseId, Refusal } from '#base'
import { byteaArray, type Database, int2Array, int4Array, uuidArray } from '#db'
import { Damaged, type Keyring } from '#keys'

const pageSize = 1000

interface WrapRow {
  bucket: number
  owner: string
  key_id: number
  epoch: number
  wrapped: Buffer
  commitment: Buffer
}

/**
 * Gives the tenant a new epoch and wraps every patient's key under it, while others read and write, then destroys the
 * older epochs: copies of the database from before can no longer be opened with the keyring as it is now. Killed half
 * way, it leaves keys under two epochs, both held, and the next run goes on. Records themselves are not touched.
 */
export async function rotateKeys(
  db: Database,
  keys: Keyring,
  tenant: number,
  onProgress: (wrapped: number) => void = () => undefined,
): Promise<{ epoch: number; wrapped: number }> {
  const epoch = await keys.beginEpoch()
  // From here on nobody stores a wrap of an older epoch; those under way hold the row, so we wait for them.
  await db.transact(tenant, (tx) =>
    tx.query({
      // A practice that was never served has no row yet.
      text: `insert into records.keyring (tenant, id, epoch) values ($1, $2, $3)
        on conflict (tenant) do update set epoch = excluded.epoch`,
      values: [tenant, keys.id, epoch],
      changes: 1,
    }),
  )
  let wrapped = 0
  for (;;) {
    const count = await rewrapPage(db, keys, tenant, epoch)
    wrapped += count
    onProgress(wrapped)
    if (count < pageSize) break
  }
  for (let old = 1; old < epoch; old++) await keys.destroyEpoch(old)
  return { epoch, wrapped }
}

function rewrapPage(db: Database, keys: Keyring, tenant: number, epoch: number): Promise<number> {
  return db.transact(tenant, async (tx) => {
    const { rows } = await tx.query<WrapRow>({
      text: 'select bucket, owner, key_id, epoch, wrapped, commitment from records.patient_key where epoch < $1 order by epoch limit $2 for update',
      values: [epoch, pageSize],
    })
    const fresh = rows.map((row) => ({ row, wrap: rewrapOne(keys, tenant, row) }))
    await tx.query({
      text: `update records.patient_key k set epoch = $1, wrapped = q.wrapped, commitment = q.commitment
        from unnest($2::smallint[], $3::uuid[], $4::integer[], $5::bytea[], $6::bytea[]) as q(bucket, owner, key_id, wrapped, commitment)
        where k.bucket = q.bucket and k.owner = q.owner and k.key_id = q.key_id`,
      values: [
        epoch,
        int2Array(fresh.map(({ row }) => row.bucket)),
        uuidArray(fresh.map(({ row }) => row.owner)),
        int4Array(fresh.map(({ row }) => row.key_id)),
        byteaArray(fresh.map(({ wrap }) => wrap.wrapped)),
        byteaArray(fresh.map(({ wrap }) => wrap.commitment)),
      ],
      // A key that was left under an older epoch would be lost with it.
      changes: fresh.length,
    })
    return rows.length
  })
}

function rewrapOne(keys: Keyring, tenant: number, row: WrapRow) {
  const owner: Id<string> | undefined = parseId<string>(row.owner)
  if (owner === undefined) throw new Error('a uuid column holds an id')
  try {
    return keys.rewrap(
      { tenant, owner, keyId: row.key_id },
      { epoch: row.epoch, wrapped: row.wrapped, commitment: row.commitment },
    )
  } catch (error) {
    // A key that does not open must stop the rotation: destroying its epoch would make the loss final.
    if (error instanceof Damaged) throw new Refusal('record-damaged', { cause: error })
    throw error
  }
}
