import { type Bucket, bucketOf, type Id, parseId, Refusal } from '#base'
import { byteaArray, type Database, int2Array, int4Array, type Tx, uuidArray } from '#db'
import { Damaged, type Keyring, type PatientKey, type WrappedKey } from '#keys'

/** A key together with whose it is, as rows name it. */
export interface HeldKey {
  readonly owner: Id<string>
  readonly keyId: number
  readonly key: PatientKey
}

/** A key that exists only here until `storeKeys` has written it in the transaction of its first record. */
export interface NewKey extends HeldKey {
  readonly wrapped: WrappedKey
}

/** The owner of what belongs to no patient: the directory, the schedule. */
const practiceOwner = requireId('00000000-0000-8000-8000-000000000000')
const firstKey = 1
const cacheLimit = 20_000

export interface PatientKeys {
  make(tenant: number, owner: Id<string>): NewKey
  /** Keys of these owners, in order; undefined where an owner has none (no such patient). */
  find(tenant: number, owners: readonly (Id<string> | undefined)[]): Promise<(HeldKey | undefined)[]>
  /** The key when it is at hand, without asking the database. */
  held(tenant: number, owner: Id<string> | undefined): HeldKey | undefined
  /** The key that a row names; throws 'record-damaged' when it is not there. */
  require(tenant: number, owner: Id<string> | undefined): Promise<HeldKey>
  /** A key that was written: from now on it is found. */
  keep(tenant: number, held: HeldKey): void
  ensurePractice(tenant: number): Promise<void>
}

export function openPatientKeys(db: Database, keys: Keyring): PatientKeys {
  // By tenant, then owner: one key for both would be spelled anew for every row that is opened.
  const caches = new Map<number, Map<string, HeldKey>>()

  function keep(tenant: number, held: HeldKey): void {
    const cache = caches.get(tenant) ?? new Map<string, HeldKey>()
    caches.set(tenant, cache)
    // Oldest first out: a Map remembers the order of insertion.
    const [oldest] = cache.keys()
    if (cache.size >= cacheLimit && oldest !== undefined) cache.delete(oldest)
    cache.set(held.owner, held)
  }

  function make(tenant: number, owner: Id<string>): NewKey {
    const { key, wrapped } = keys.newPatientKey({ tenant, owner, keyId: firstKey })
    return { owner, keyId: firstKey, key, wrapped }
  }

  async function load(tenant: number, owners: readonly Id<string>[]): Promise<void> {
    const { rows } = await db.transact(tenant, (tx) =>
      tx.query<KeyRow>({
        name: 'records.keys',
        text: `select k.owner, k.key_id, k.epoch, k.wrapped, k.commitment
          from unnest($1::smallint[], $2::uuid[]) as q(bucket, owner)
          join records.patient_key k on k.bucket = q.bucket and k.owner = q.owner`,
        values: [int2Array(owners.map(ownerBucket)), uuidArray(owners)],
      }),
    )
    for (const row of rows) {
      const owner = requireId(row.owner)
      try {
        const key = keys.unwrap(
          { tenant, owner, keyId: row.key_id },
          { epoch: row.epoch, wrapped: row.wrapped, commitment: row.commitment },
        )
        keep(tenant, { owner, keyId: row.key_id, key })
      } catch (error) {
        if (error instanceof Damaged) throw new Refusal('record-damaged', { cause: error })
        throw error
      }
    }
  }

  const find: PatientKeys['find'] = async (tenant, owners) => {
    const wanted = owners.map((owner) => owner ?? practiceOwner)
    const missing = new Set(wanted.filter((owner) => caches.get(tenant)?.has(owner) !== true))
    if (missing.size > 0) await load(tenant, [...missing])
    const cache = caches.get(tenant)
    // The practice is asked for by naming nobody: as a patient it is nobody's chart.
    return wanted.map((owner, index) => (owners[index] === practiceOwner ? undefined : cache?.get(owner)))
  }

  return {
    make,
    find,
    keep,
    held: (tenant, owner) => caches.get(tenant)?.get(owner ?? practiceOwner),
    async require(tenant, owner) {
      const held = caches.get(tenant)?.get(owner ?? practiceOwner) ?? (await find(tenant, [owner]))[0]
      if (held === undefined) throw new Refusal('record-damaged')
      return held
    },
    async ensurePractice(tenant) {
      if ((await find(tenant, [undefined]))[0] !== undefined) return
      const made = make(tenant, practiceOwner)
      await db.transact(tenant, (tx) => storeKeys(tx, keys, tenant, [made]))
      await find(tenant, [undefined])
    },
  }
}

interface KeyRow {
  owner: string
  key_id: number
  epoch: number
  wrapped: Buffer
  commitment: Buffer
}

/**
 * Writes new keys in the transaction of the records they are for. One that is there already stays. The row lock holds
 * off a rotation until we commit; if one has passed, the keys are wrapped anew, for the old epoch will be destroyed.
 */
export async function storeKeys(tx: Tx, keys: Keyring, tenant: number, fresh: readonly NewKey[]): Promise<void> {
  if (fresh.length === 0) return
  const { rows } = await tx.query<{ epoch: number }>({
    name: 'records.epoch',
    text: 'select epoch from records.keyring where tenant = $1 for share',
    values: [tenant],
  })
  const epoch = rows[0]?.epoch ?? 1
  if (epoch > keys.epoch) await keys.reload()
  const made = fresh.map((one) =>
    one.wrapped.epoch >= epoch
      ? one
      : { ...one, wrapped: keys.wrap({ tenant, owner: one.owner, keyId: one.keyId }, one.key) },
  )
  await tx.query({
    name: 'records.store-keys',
    text: `insert into records.patient_key (tenant, bucket, owner, key_id, epoch, wrapped, commitment)
      select $1::integer, * from unnest($2::smallint[], $3::uuid[], $4::integer[], $5::integer[], $6::bytea[], $7::bytea[])
      on conflict do nothing`,
    values: [
      tenant,
      int2Array(made.map(({ owner }) => ownerBucket(owner))),
      uuidArray(made.map(({ owner }) => owner)),
      int4Array(made.map(({ keyId }) => keyId)),
      int4Array(made.map(({ wrapped }) => wrapped.epoch)),
      byteaArray(made.map(({ wrapped }) => wrapped.wrapped)),
      byteaArray(made.map(({ wrapped }) => wrapped.commitment)),
    ],
  })
}

function ownerBucket(owner: Id<string>): Bucket {
  return bucketOf(owner)
}

function requireId(text: string): Id<string> {
  const id = parseId<string>(text)
  if (id === undefined) throw new Error('not an id')
  return id
}
