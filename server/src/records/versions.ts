import { bucketOf, type Id } from '#base'
import { type Database, int2Array, int4Array, uuidArray } from '#db'
import { parseRow, type Row, rowColumns, type StoredRow } from './row.ts'

/** A version, and when the next one took its place: Unix ms, undefined while it is the newest. */
export interface VersionRow {
  readonly row: Row
  readonly replaced: number | undefined
}

interface StoredVersion extends StoredRow {
  replaced: Date | null
}

/** Versions of one record that are older than `before`, newest first. */
export async function fetchVersionsOf(
  db: Database,
  tenant: number,
  id: Id<string>,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<VersionRow[]> {
  const [found] = await db.run<StoredVersion>(tenant, [
    {
      name: 'records.versions-before',
      text: `select page.row, page.replaced from (
          select ${rowColumns}, r.version, null::timestamptz as replaced from records.resource r
            where r.bucket = $1::smallint and r.id = $2::uuid and r.version < $3::bigint
          union all (select ${rowColumns}, r.version, ${replacedAt('r.bucket', 'r.id', 'r.version')} as replaced from records.version r
            where r.bucket = $1::smallint and r.id = $2::uuid and r.version < $3::bigint order by r.version desc limit $4)
        ) page order by page.version desc limit $4`,
      values: [bucketOf(id), id, before, limit],
    },
  ])
  return (found?.rows ?? []).map(parseVersion)
}

/** These versions, in this order; what is not there is left out. */
export async function fetchVersions(
  db: Database,
  tenant: number,
  wanted: readonly { readonly id: Id<string>; readonly version: number }[],
): Promise<(VersionRow | undefined)[]> {
  if (wanted.length === 0) return []
  const [found] = await db.run<StoredVersion & { place: number }>(tenant, [
    {
      name: 'records.versions-wanted',
      text: `select q.place::integer as place, v.row, ${replacedAt('q.bucket', 'q.id', 'q.version')} as replaced
        from unnest($1::smallint[], $2::uuid[], $3::integer[]) with ordinality as q(bucket, id, version, place)
        cross join lateral (
          select ${rowColumns} from records.resource r where r.bucket = q.bucket and r.id = q.id and r.version = q.version
          union all
          select ${rowColumns} from records.version r where r.bucket = q.bucket and r.id = q.id and r.version = q.version
        ) v`,
      values: [
        int2Array(wanted.map(({ id }) => bucketOf(id))),
        uuidArray(wanted.map(({ id }) => id)),
        int4Array(wanted.map(({ version }) => version)),
      ],
    },
  ])
  const rows: (VersionRow | undefined)[] = wanted.map(() => undefined)
  for (const stored of found?.rows ?? []) rows[stored.place - 1] = parseVersion(stored)
  return rows
}

function replacedAt(bucket: string, id: string, version: string): string {
  const next = (table: string) =>
    `select n.updated from records.${table} n where n.bucket = ${bucket} and n.id = ${id} and n.version = ${version} + 1`
  return `(${next('version')} union all ${next('resource')} limit 1)`
}

function parseVersion(stored: StoredVersion): VersionRow {
  return { row: parseRow(stored), replaced: stored.replaced?.getTime() }
}
