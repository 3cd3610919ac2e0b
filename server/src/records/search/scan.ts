import { codeOfType, type ResourceType } from '@chartkeep/model/fhir'
import { bucketCount, bucketOf, type Id, parseId, Refusal } from '#base'
import { byteaArray, type Database, int2Array, uuidArray } from '#db'
import { type ChartCursor, walkChart, walkChartAfter } from '../chart.ts'
import type { HeldKey, PatientKeys } from '../patient-keys.ts'
import { parseRow, type Row, rowColumns, type StoredRow } from '../row.ts'
import type { Batch, Candidate, Candidates, Place } from './place.ts'

const ownersAtOnce = 100
const rowsOfOwner = 200
const bucketsAtOnce = 256
const rowsOfBuckets = 5000
const nobody = '00000000-0000-0000-0000-000000000000'

interface Scanning {
  readonly db: Database
  readonly patientKeys: PatientKeys
  newest(tenant: number, ids: readonly Id<string>[]): Promise<(Row | undefined)[]>
}

/**
 * Every record of a type: the practice's own, then patient by patient in the order of the table of keys, each chart
 * newest first, all by the chart's index. `token` narrows a chart to records that hold it.
 */
export function scan(
  { db, patientKeys, newest }: Scanning,
  tenant: number,
  type: ResourceType,
  token: ((held: HeldKey) => Buffer) | undefined,
): Candidates {
  /** A chart from a place on, or what comes after its first page. */
  async function* chartOf(
    patient: Id<'patient'>,
    { before, first }: { readonly before?: Place; readonly first?: readonly Row[] },
  ): AsyncGenerator<Batch> {
    const [held] = await patientKeys.find(tenant, [patient])
    if (held === undefined) return
    const tokens = token === undefined ? [] : [[token(held)]]
    const page = { patient, type, tokens, count: rowsOfOwner, ...(before === undefined ? {} : { before }) }
    const stores = { db, newest }
    const steps = first === undefined ? walkChart(stores, tenant, page) : walkChartAfter(stores, tenant, page, first)
    const placeIn = ({ at, id }: ChartCursor): Place => ({ at, id, owner: patient })
    for await (const { rows } of steps) {
      const candidates = rows.map(({ row, place }) => ({ row, place: placeIn(place) }))
      if (candidates.length > 0) yield { candidates, after: candidates.at(-1)?.place }
    }
  }

  return {
    order: 'scan',
    async *from(after) {
      let owner = after?.owner
      if (owner === undefined) {
        for (let bucket = after?.at ?? 0; bucket < bucketCount; bucket += bucketsAtOnce) {
          const candidates = await practiceRows(db, tenant, type, bucket, bucket === after?.at ? after.id : undefined)
          const last = candidates.at(-1)
          if (last !== undefined) yield { candidates, after: last.place }
        }
      } else if (after !== undefined) {
        yield* chartOf(owner, { before: after })
      }
      for (;;) {
        const owners = await ownersAfter(db, tenant, owner)
        const last = owners.at(-1)
        if (last === undefined) return
        const held = await patientKeys.find(tenant, owners)
        const tokens = held.map((one) => (one === undefined || token === undefined ? undefined : token(one)))
        const rows = await ownedRows(db, tenant, type, owners, tokens)
        const byOwner = Map.groupBy(rows, ({ patient }) => patient)
        for (const one of owners) {
          const own = byOwner.get(one) ?? []
          const candidates = own.map(candidateOf)
          const end = candidates.at(-1)
          if (end === undefined) continue
          yield { candidates, after: end.place }
          if (own.length >= rowsOfOwner) yield* chartOf(one, { first: own })
        }
        owner = last
        // Nothing was found in these, or all of it was told: a scan may stop here, too.
        yield { candidates: [], after: { at: Number.MIN_SAFE_INTEGER, id: last, owner: last } }
      }
    },
  }
}

function candidateOf(row: Row): Candidate {
  const { at, id, patient } = row
  return { row, place: patient === undefined ? { at: bucketOf(id), id } : { at, id, owner: patient } }
}

/** Patients in the order of the primary key of their keys. The practice, nil, is none. */
async function ownersAfter(db: Database, tenant: number, after: Id<'patient'> | undefined): Promise<Id<'patient'>[]> {
  const [found] = await db.run<{ owner: string }>(tenant, [
    {
      name: 'records.scan-owners',
      text: `select owner from records.patient_key where (bucket, owner) > ($1::smallint, $2::uuid)
        order by bucket, owner limit $3`,
      values: [after === undefined ? -1 : bucketOf(after), after ?? nobody, ownersAtOnce],
    },
  ])
  const owners = (found?.rows ?? []).flatMap(({ owner }) => parseId<'patient'>(owner) ?? [])
  return [...new Set(owners)]
}

async function ownedRows(
  db: Database,
  tenant: number,
  type: ResourceType,
  owners: readonly Id<'patient'>[],
  tokens: readonly (Buffer | undefined)[],
): Promise<Row[]> {
  const [found] = await db.run<StoredRow>(tenant, [
    {
      name: 'records.scan',
      text: `select page.row from unnest($1::smallint[], $2::uuid[], $3::bytea[]) as wanted(bucket, owner, token) cross join lateral (
          select ${rowColumns} from records.resource r
          where r.bucket = wanted.bucket and r.patient = wanted.owner and r.type = $4::smallint and not r.deleted
            and (wanted.token = '' or position(wanted.token in r.tokens) > 0)
          order by r.at desc, r.id limit $5) page`,
      values: [
        int2Array(owners.map(bucketOf)),
        uuidArray(owners),
        byteaArray(tokens.map((token) => token ?? Buffer.alloc(0))),
        codeOfType(type),
        rowsOfOwner,
      ],
    },
  ])
  return (found?.rows ?? []).map(parseRow)
}

/** What belongs to no patient, in the order of the primary key. */
async function practiceRows(
  db: Database,
  tenant: number,
  type: ResourceType,
  bucket: number,
  after: Id<string> | undefined,
): Promise<Candidate[]> {
  const [found] = await db.run<StoredRow>(tenant, [
    {
      name: 'records.scan-practice',
      text: `select page.row from generate_series($1::integer, $2::integer) as wanted(bucket) cross join lateral (
          select ${rowColumns}, r.bucket, r.id from records.resource r
          where r.bucket = wanted.bucket and r.patient is null and r.type = $3::smallint and not r.deleted
            and ($4::uuid is null or wanted.bucket > $1 or r.id > $4::uuid)) page
        order by page.bucket, page.id limit $5`,
      values: [
        bucket,
        Math.min(bucketCount, bucket + bucketsAtOnce) - 1,
        codeOfType(type),
        after ?? null,
        rowsOfBuckets + 1,
      ],
    },
  ])
  const rows = found?.rows ?? []
  // A practice keeps a few thousand records of its own of a type, not a few million.
  if (rows.length > rowsOfBuckets) throw new Refusal('search-too-broad')
  return rows.map((row) => candidateOf(parseRow(row)))
}
