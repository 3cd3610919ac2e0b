import { createHash } from 'node:crypto'
import { bucketOf, type Clock, type Id, parseId, Refusal } from '#base'
import type { Database, Tx } from '#db'
import type { Keyring } from '#keys'
import { writesIn } from '#ledger'
import { faultInContent } from './content.ts'
import { isBeside } from './content-mark.ts'
import { lookupsOf, tokensOf } from './index-tokens.ts'
import { fillTokens } from './padding.ts'
import { openPatientKeys, type PatientKeys } from './patient-keys.ts'
import { clinicalTime } from './clinical-time.ts'
import { parseStored } from './visible.ts'
import { openRow, parseRow, type Row, rowColumns, type StoredRow } from './row.ts'
import type { IndexKeys } from './prepare.ts'
import { ShardSums } from './shard-sums.ts'
import { fillOf, type LookupToken, timeOffset } from './tokens.ts'
import { contentFaults, draftFaults } from './verify-beside.ts'
import { addExpected, addStored, compareLookups } from './verify-look-ups.ts'

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
 * put back, removed, or never recorded, all are named. So is what is found by other values than its content has, by tokens
 * or look-ups, content of documents that is not whole, and a draft that does not open. On one snapshot, with memory for one
 * page and a sum per shard: only shards whose sums are not even are listed and compared one by one.
 */
export async function verifyRecords(options: {
  db: Database
  keys: Keyring
  clock: Clock
  tenant: number
}): Promise<RecordsVerified> {
  const { db, keys, tenant } = options
  const patientKeys = openPatientKeys({ ...db, transact: db.inspect }, keys)
  const indexKeys = { identity: keys.hmacKey('index/identity'), operational: keys.hmacKey('index/operational') }
  const sums = new ShardSums(keys.hmacKey('verify'))
  const lookupSums = new ShardSums(keys.hmacKey('verify'))
  return db.inspect(tenant, async (tx) => {
    const faults: RecordFault[] = []
    const checking = { tx, patientKeys, indexKeys }
    let versions = 0
    for await (const row of allVersions(tx)) {
      versions++
      sums.add(bucketOf(row.id), lineOf(versionOf(row)), 1)
      const { what, lookups } = await checkRow(checking, row)
      addExpected(lookupSums, row.id, lookups)
      if (what !== undefined && faults.length < mostFaults) faults.push({ record: nameOf(row), what })
    }
    for await (const version of recordedWrites(tx, tenant)) sums.add(bucketOf(version.id), lineOf(version), -1)
    const uneven = sums.uneven()
    if (uneven.size > 0) faults.push(...(await compare(tx, tenant, uneven)))
    await addStored(lookupSums, tx)
    const unevenLookups = lookupSums.uneven()
    if (unevenLookups.size > 0)
      faults.push(...(await compareLookups(tx, unevenLookups, expectedLookups(checking))).slice(0, mostFaults))
    faults.push(...(await contentFaults(tx, tenant, patientKeys)), ...(await draftFaults(tx, tenant, patientKeys)))
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

function lineOf(version: Version): Buffer {
  return Buffer.concat([Buffer.from(nameOf(version)), version.hash])
}

async function* recordedWrites(tx: Tx, tenant: number): AsyncGenerator<Version> {
  for await (const { type, id, version, hash } of writesIn({ inspect: (_, work) => work(tx) }, tenant)) {
    const parsed = parseId<string>(id)
    if (parsed !== undefined) yield { type, id: parsed, version, hash }
  }
}

/** `tokens` of the newest versions. */
type VersionRow = Row & { readonly tokens: Buffer | null }

async function* allVersions(tx: Tx, tables: readonly string[] = ['resource', 'version']): AsyncGenerator<VersionRow> {
  for (const table of tables) {
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

interface Checking {
  readonly tx: Tx
  readonly patientKeys: PatientKeys
  readonly indexKeys: IndexKeys
}

interface Checked {
  readonly what: string | undefined
  /** Those that its content has; none of an older or deleted version. */
  readonly lookups: readonly LookupToken[]
}

const wrong = (what: string): Checked => ({ what, lookups: [] })
const whole: Checked = { what: undefined, lookups: [] }

/** What is wrong with a row by itself: it does not open in its place, or what it is found by does not follow from it. */
async function checkRow({ tx, patientKeys, indexKeys }: Checking, row: VersionRow): Promise<Checked> {
  if (row.bucket !== bucketOf(row.id)) return wrong('stands in a bucket that is not its own')
  try {
    const resource = parseStored(await openRow(patientKeys, row))
    const { tenant, id, patient, tokens } = row
    const { key } = await patientKeys.require(tenant, patient)
    if (tokens !== null && row.type === 'Binary') {
      const what = await faultInContent(tx, { tenant, id, key }, isBeside(resource))
      if (what !== undefined) return wrong(what)
    }
    if (row.deleted) return tokens !== null && tokens.length > 0 ? wrong('is deleted, and still indexed') : whole
    if (Date.parse(resource.meta?.lastUpdated ?? '') !== row.updated)
      return wrong('has another time of writing than its content says')
    const at = (clinicalTime(resource) ?? row.updated) + (patient === undefined ? 0 : timeOffset(key, row.type))
    if (Math.round(at) !== row.at) return wrong('has another place in the order of the chart than its content says')
    if (tokens === null) return whole
    const lookups = lookupsOf(resource, tenant, indexKeys, patient)
    const own = patient === undefined ? Buffer.alloc(0) : fillTokens(tokensOf(resource, key), () => fillOf(key, id))
    const what = tokens.equals(own) ? undefined : 'is indexed under other values than its content has'
    return { what, lookups }
  } catch (error) {
    if (error instanceof Refusal && error.code === 'record-damaged')
      return wrong('does not open: its bytes were altered, or it was moved from another record, version or patient')
    throw error
  }
}

/** Of a row that does not open nothing is expected: it is named anyway. */
async function* expectedLookups(checking: Checking) {
  for await (const row of allVersions(checking.tx, ['resource']))
    yield { name: nameOf(row), id: row.id, lookups: (await checkRow(checking, row)).lookups }
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
