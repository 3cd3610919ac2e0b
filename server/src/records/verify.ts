import { createHash, createHmac, type KeyObject } from 'node:crypto'
import { bucketCount, type Clock, type Id, Refusal } from '#base'
import { bucketOf, parseId } from '#base'
import type { Database, Tx } from '#db'
import type { Keyring } from '#keys'
import { writesIn } from '#ledger'
import { tokensOf } from './index-tokens.ts'
import { holdsTokens } from './padding.ts'
import { openPatientKeys, type PatientKeys } from './patient-keys.ts'
import { clinicalTime } from './clinical-time.ts'
import { parseStored } from './visible.ts'
import { openRow, parseRow, type Row, rowColumns, type StoredRow } from './row.ts'
import { timeOffset } from './tokens.ts'

/** One record that is not as it was written, and how. */
export interface RecordFault {
  readonly record: string
  readonly what: string
}

export interface RecordsVerified {
  readonly versions: number
  readonly faults: readonly RecordFault[]
}

const pageSize = 1000
const mostFaults = 100

/**
 * Compares every stored version with what the ledger recorded of its writing, and opens each: altered, exchanged,
 * put back, removed, or never recorded, all are named. On one snapshot, with memory for one page and a sum per shard:
 * a keyed hash of each version is added on the table's side and taken off on the ledger's; only shards that do not
 * come to zero are listed and compared one by one.
 */
export async function verifyRecords(options: {
  db: Database
  keys: Keyring
  clock: Clock
  tenant: number
}): Promise<RecordsVerified> {
  const { db, keys, tenant } = options
  const patientKeys = openPatientKeys({ ...db, transact: db.inspect }, keys)
  const sumKey = keys.hmacKey('verify')
  return db.inspect(tenant, async (tx) => {
    const faults: RecordFault[] = []
    const sums = Array.from({ length: bucketCount }, () => 0n)
    const add = (version: Version, sign: bigint): void => {
      const bucket = bucketOf(version.id)
      sums[bucket] = (sums[bucket] ?? 0n) + sign * summand(sumKey, version)
    }
    let versions = 0
    for await (const row of allVersions(tx)) {
      versions++
      add(versionOf(row), 1n)
      const what = await faultIn(patientKeys, row)
      if (what !== undefined && faults.length < mostFaults) faults.push({ record: nameOf(row), what })
    }
    for await (const version of recordedWrites(tx, tenant)) add(version, -1n)
    const uneven = new Set(sums.flatMap((sum, bucket) => (sum === 0n ? [] : [bucket])))
    if (uneven.size > 0) faults.push(...(await compare(tx, tenant, uneven)))
    return { versions, faults: dedupe(faults) }
  })
}

interface Version {
  readonly type: string
  readonly id: Id<string>
  readonly version: number
  readonly hash: Buffer
}

function nameOf({ type, id, version }: Pick<Version, 'type' | 'id' | 'version'>): string {
  return `${type}/${id}/_history/${version}`
}

function versionOf({ type, id, version, body }: Row): Version {
  return { type, id, version, hash: createHash('sha256').update(body).digest() }
}

/** Keyed, so that nobody without the keyring can make rows whose sums cancel out. */
function summand(key: KeyObject, version: Version): bigint {
  return BigInt(`0x${createHmac('sha256', key).update(nameOf(version)).update(version.hash).digest('hex')}`)
}

async function* recordedWrites(tx: Tx, tenant: number): AsyncGenerator<Version> {
  for await (const { type, id, version, hash } of writesIn({ inspect: (_, work) => work(tx) }, tenant)) {
    const parsed = parseId<string>(id)
    if (parsed !== undefined) yield { type, id: parsed, version, hash }
  }
}

async function* allVersions(tx: Tx): AsyncGenerator<Row> {
  for (const table of ['resource', 'version']) {
    let after: { bucket: number; id: string; version: number } = {
      bucket: -1,
      id: '00000000-0000-0000-0000-000000000000',
      version: 0,
    }
    for (;;) {
      const { rows } = await tx.query<StoredRow & { tokens: Buffer | null }>({
        text: `select ${rowColumns}, ${table === 'resource' ? 'r.tokens' : 'null as tokens'} from records.${table} r
          where (r.bucket, r.id, r.version) > ($1::smallint, $2::uuid, $3::integer) order by r.bucket, r.id, r.version limit $4`,
        values: [after.bucket, after.id, after.version, pageSize],
      })
      const parsed = rows.map((stored) => Object.assign(parseRow(stored), { tokens: stored.tokens }))
      yield* parsed
      const last = parsed.at(-1)
      if (last === undefined) break
      after = last
    }
  }
}

/** What is wrong with a row by itself: it does not open in its place, or what it is found by does not follow from it. */
async function faultIn(
  patientKeys: PatientKeys,
  row: Row & { readonly tokens?: Buffer | null },
): Promise<string | undefined> {
  if (row.bucket !== bucketOf(row.id)) return 'stands in a bucket that is not its own'
  try {
    const resource = parseStored(await openRow(patientKeys, row))
    if (row.deleted) return undefined
    if (Date.parse(resource.meta?.lastUpdated ?? '') !== row.updated)
      return 'has another time of writing than its content says'
    const { key } = await patientKeys.require(row.tenant, row.patient)
    const at = (clinicalTime(resource) ?? row.updated) + (row.patient === undefined ? 0 : timeOffset(key))
    if (Math.round(at) !== row.at) return 'has another place in the order of the chart than its content says'
    const tokens = row.tokens ?? undefined
    if (tokens !== undefined && row.patient !== undefined && !holdsTokens(tokens, tokensOf(resource, key)))
      return 'is indexed under other values than its content has'
    return undefined
  } catch (error) {
    if (error instanceof Refusal && error.code === 'record-damaged')
      return 'does not open: its bytes were altered, or it was moved from another record, version or patient'
    throw error
  }
}

/** Lists both sides of the shards that do not agree. */
async function compare(tx: Tx, tenant: number, buckets: ReadonlySet<number>): Promise<RecordFault[]> {
  const stored = new Map<string, Version>()
  for await (const row of allVersions(tx)) if (buckets.has(bucketOf(row.id))) stored.set(nameOf(row), versionOf(row))
  const recorded = new Map<string, Version>()
  for await (const version of recordedWrites(tx, tenant))
    if (buckets.has(bucketOf(version.id))) recorded.set(nameOf(version), version)
  const faults: RecordFault[] = []
  for (const [name, version] of stored) {
    const written = recorded.get(name)
    if (written === undefined) faults.push({ record: name, what: 'is stored, but no entry records its writing' })
    else if (!written.hash.equals(version.hash))
      faults.push({ record: name, what: 'is not what was written: its bytes differ from those the ledger recorded' })
  }
  for (const [name] of recorded)
    if (!stored.has(name))
      faults.push({
        record: name,
        what: 'was written, but is not there: the row was removed or replaced by an older one',
      })
  return faults.slice(0, mostFaults)
}

/** One line a record: that it does not open says more than that its hash differs. */
function dedupe(faults: readonly RecordFault[]): RecordFault[] {
  const byRecord = new Map<string, RecordFault>()
  for (const fault of faults) if (!byRecord.has(fault.record)) byRecord.set(fault.record, fault)
  return [...byRecord.values()]
}
