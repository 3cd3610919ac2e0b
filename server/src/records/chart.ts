import { codeOfType, type ResourceType } from '@chartkeep/model/fhir'
import { bucketOf, type Id } from '#base'
import { type Database, int2Array } from '#db'
import { parseRow, type Row, rowColumns, type StoredRow } from './row.ts'

/** Where a page ended: the clinical time (with its offset) and id of its last record. */
export interface ChartCursor {
  readonly at: number
  readonly id: Id<string>
}

export interface ChartPage {
  readonly patient: Id<'patient'>
  readonly types: readonly ResourceType[]
  /** A token that each row must hold, of alternatives; empty: any row. */
  readonly tokens: readonly (readonly Buffer[])[]
  readonly before?: ChartCursor
  readonly count: number
}

/**
 * A patient's records of these types, newest first by clinical time. Walks the chart index a type at a time and stops
 * when each has enough, so the cost does not grow with the database or with the patient's other records.
 */
export async function selectChart(
  db: Database,
  tenant: number,
  { patient, types, tokens, before, count }: ChartPage,
): Promise<Row[]> {
  const values: unknown[] = [
    bucketOf(patient),
    patient,
    int2Array(types.map(codeOfType)),
    before?.at ?? null,
    before?.id ?? null,
    count,
  ]
  const filters = tokens.map((alternatives) => {
    const tests = alternatives.map((token) => `position($${values.push(token)}::bytea in r.tokens) > 0`)
    return ` and (${tests.join(' or ')})`
  })
  const query = {
    ...prepared(tokens.map((alternatives) => alternatives.length)),
    text: `select page.row from unnest($3::smallint[]) as wanted(type) cross join lateral (
        select ${rowColumns}, r.at, r.id from records.resource r
        where r.bucket = $1::smallint and r.patient = $2::uuid and r.type = wanted.type and not r.deleted
          and ($4::bigint is null or r.at < $4 or (r.at = $4 and r.id > $5::uuid))${filters.join('')}
        order by r.at desc, r.id limit $6) page
      order by page.at desc, page.id limit $6`,
    values,
  }
  const [page] = await db.run<StoredRow>(tenant, [query])
  return (page?.rows ?? []).map(parseRow)
}

/** Each shape of filters is a statement of its own. Only the few usual ones are kept prepared: callers choose the shape. */
function prepared(shape: readonly number[]): { name?: string } {
  return shape.length <= 3 && shape.every((alternatives) => alternatives <= 3)
    ? { name: `records.chart.${shape.join('.')}` }
    : {}
}
