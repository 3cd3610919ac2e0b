import { codeOfType } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import { bucketOf } from '#base'
import {
  booleanArray,
  byteaArray,
  int2Array,
  int4Array,
  int8Array,
  LostWrite,
  type Query,
  timestamptzArray,
  type Tx,
  uuidArray,
} from '#db'
import type { Prepared } from './prepare.ts'
import { parseRow, type Row, rowColumns, type StoredRow } from './row.ts'
import type { LookupToken } from './tokens.ts'

/** The newest version of each of these, deleted ones too. One statement for all. */
export function newestQuery(ids: readonly Id<string>[]): Query {
  return {
    name: 'records.newest',
    text: `select ${rowColumns} from unnest($1::smallint[], $2::uuid[]) as q(bucket, id)
      join records.resource r on r.bucket = q.bucket and r.id = q.id`,
    values: [int2Array(ids.map(bucketOf)), uuidArray(ids)],
  }
}

export function newestIn(rows: readonly StoredRow[], ids: readonly Id<string>[]): (Row | undefined)[] {
  const found = new Map(rows.map(parseRow).map((row) => [row.id, row]))
  return ids.map((id) => found.get(id))
}

/** Which of these very versions are there, replaced since or not: told by the hash of what was sealed. */
export function savedQuery(rows: readonly Prepared[]): Query {
  return {
    name: 'records.saved',
    text: `select q.id from unnest($1::smallint[], $2::uuid[], $3::integer[], $4::bytea[]) as q(bucket, id, version, hash)
      where exists (select from records.resource r where r.bucket = q.bucket and r.id = q.id and r.version = q.version
          and sha256(r.body) = q.hash)
        or exists (select from records.version r where r.bucket = q.bucket and r.id = q.id and r.version = q.version
          and sha256(r.body) = q.hash)`,
    values: [
      int2Array(rows.map(({ bucket }) => bucket)),
      uuidArray(rows.map(({ id }) => id)),
      int4Array(rows.map(({ version }) => version)),
      byteaArray(rows.map(({ hash }) => hash)),
    ],
  }
}

export async function insertNew(tx: Tx, rows: readonly Prepared[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const result = await tx.query<{ id: string }>({
    name: 'records.insert',
    text: `insert into records.resource (tenant, version, at, updated, key_id, bucket, type, id, patient, deleted, body, tokens)
      select $1::integer, * from unnest(${columnArrays})
      on conflict (bucket, id) do nothing returning id`,
    values: columns(rows),
  })
  return new Set(result.rows.map(({ id }) => id))
}

/**
 * Replaces newest versions, each only if it is still the one that was read, and keeps what they replace. Answers the
 * ids that were replaced: the others have been changed by someone else.
 */
export async function replaceNewest(tx: Tx, rows: readonly Prepared[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  // In one order everywhere, so that two batches wait for each other but never in a circle.
  const ordered = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const which = [
    int2Array(ordered.map(({ bucket }) => bucket)),
    uuidArray(ordered.map(({ id }) => id)),
    int4Array(ordered.map(({ before }) => before)),
  ]
  const kept = tx.query({
    name: 'records.keep',
    text: `insert into records.version (tenant, version, at, updated, key_id, bucket, type, id, patient, deleted, body)
      select r.tenant, r.version, r.at, r.updated, r.key_id, r.bucket, r.type, r.id, r.patient, r.deleted, r.body
      from unnest($1::smallint[], $2::uuid[], $3::integer[]) as q(bucket, id, version)
      join records.resource r on r.bucket = q.bucket and r.id = q.id and r.version = q.version
      on conflict do nothing`,
    values: which,
  })
  const replacing = tx.query<{ id: string }>({
    name: 'records.replace',
    text: `update records.resource r set version = q.version, at = q.at, updated = q.updated, key_id = q.key_id,
        patient = q.patient, deleted = q.deleted, body = q.body, tokens = q.tokens
      from unnest(${columnArrays}, $13::integer[])
        as q(version, at, updated, key_id, bucket, type, id, patient, deleted, body, tokens, before)
      where r.tenant = $1::integer and r.bucket = q.bucket and r.id = q.id and r.version = q.before returning r.id`,
    values: [...columns(ordered), int4Array(ordered.map(({ before }) => before))],
  })
  const [result, { rowCount }] = await Promise.all([replacing, kept])
  // Whoever replaces a version has kept it.
  if (rowCount < result.rows.length) throw new LostWrite('records.keep')
  return new Set(result.rows.map(({ id }) => id))
}

const columnArrays =
  '$2::integer[], $3::bigint[], $4::timestamptz[], $5::integer[], $6::smallint[], $7::smallint[], $8::uuid[], $9::uuid[], $10::boolean[], $11::bytea[], $12::bytea[]'

function columns(rows: readonly Prepared[]): unknown[] {
  return [
    rows[0]?.tenant,
    int4Array(rows.map(({ version }) => version)),
    int8Array(rows.map(({ at }) => at)),
    timestamptzArray(rows.map(({ updated }) => updated)),
    int4Array(rows.map(({ keyId }) => keyId)),
    int2Array(rows.map(({ bucket }) => bucket)),
    int2Array(rows.map(({ type }) => codeOfType(type))),
    uuidArray(rows.map(({ id }) => id)),
    uuidArray(rows.map(({ patient }) => patient)),
    booleanArray(rows.map(({ deleted }) => deleted)),
    byteaArray(rows.map(({ body }) => body)),
    byteaArray(rows.map(({ tokens }) => tokens)),
  ]
}

/** Look-ups follow the newest version: those of replaced records go, those of the new versions come. */
export async function replaceLookups(
  tx: Tx,
  replaced: readonly { row: Prepared; old: readonly LookupToken[] }[],
  added: readonly Prepared[],
): Promise<void> {
  const gone = replaced.flatMap(({ row, old }) =>
    old.filter((token) => !row.lookups.includes(token)).map((token) => ({ token, row })),
  )
  const before = new Map(replaced.map(({ row, old }) => [row.id, new Set(old)]))
  const fresh = added.flatMap((row) =>
    row.lookups.flatMap((token) => (before.get(row.id)?.has(token) === true ? [] : { token, row })),
  )
  await Promise.all([
    gone.length > 0 &&
      tx.query({
        name: 'records.drop-lookups',
        text: `delete from records.lookup l using unnest($1::bigint[], $2::uuid[]) as q(token, id)
        where l.token = q.token and l.id = q.id`,
        values: lookupColumns(gone),
      }),
    fresh.length > 0 &&
      tx.query({
        name: 'records.add-lookups',
        text: `insert into records.lookup (tenant, token, id)
      select $1::integer, * from unnest($2::bigint[], $3::uuid[]) on conflict do nothing`,
        values: [fresh[0]?.row.tenant, ...lookupColumns(fresh)],
      }),
  ])
}

function lookupColumns(lookups: readonly { token: LookupToken; row: Prepared }[]): Buffer[] {
  return [int8Array(lookups.map(({ token }) => token)), uuidArray(lookups.map(({ row }) => row.id))]
}
