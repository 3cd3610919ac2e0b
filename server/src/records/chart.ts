import { codeOfType, type ResourceType } from '@chartkeep/model/fhir'
import { bucketOf, type Id, readId, readInt64 } from '#base'
import type { Database, Query } from '#db'
import { eachOnce, type Standing, type Step, theRest, type Walkable } from './each-once.ts'
import { parseRow, type Row, rowColumns, type StoredRow } from './row.ts'

/** Where a page ended: the clinical time (with the offset of its type) and id of its last record. */
export interface ChartCursor {
  readonly at: number
  readonly id: Id<string>
}

export interface ChartPage {
  readonly patient: Id<'patient'>
  readonly type: ResourceType
  /** A token that each row must hold, of alternatives; empty: any row. */
  readonly tokens: readonly (readonly Buffer[])[]
  readonly before?: ChartCursor
  readonly count: number
}

type ChartFilter = Omit<ChartPage, 'count'>

/**
 * A patient's records, newest first by clinical time, for each page by itself: times of two types have no order in the
 * database. Walks the chart index and stops when a page is full, so the cost does not grow with the database or with the
 * patient's other records.
 */
export async function selectCharts(db: Database, tenant: number, pages: readonly ChartPage[]): Promise<Row[][]> {
  const found = await db.run<StoredRow>(
    tenant,
    pages.map((page) => chartQuery(page, page.count, rowColumns, 'row')),
  )
  return found.map(({ rows }) => rows.map(parseRow))
}

/** The same, every record once however records are changed meanwhile, in batches. */
export async function* walkChart(
  { db, newest }: ChartStores,
  tenant: number,
  page: ChartPage,
): AsyncGenerator<Step<ChartCursor>> {
  yield* eachOnce(
    {
      ...restOf({ db, newest }, tenant, page),
      async first(count) {
        const [rows = []] = await selectCharts(db, tenant, [{ ...page, count }])
        return rows.map(inChart)
      },
    },
    page.count,
  )
}

/** What of a chart comes after a first page that was read otherwise. */
export async function* walkChartAfter(
  stores: ChartStores,
  tenant: number,
  page: ChartPage,
  first: readonly Row[],
): AsyncGenerator<Step<ChartCursor>> {
  const last = first.at(-1)
  if (last !== undefined)
    yield* theRest(restOf(stores, tenant, page), first.map(inChart), inChart(last).place, page.count)
}

export interface ChartStores {
  readonly db: Database
  newest(tenant: number, ids: readonly Id<string>[]): Promise<(Row | undefined)[]>
}

// No more are opened for one page of a search.
const mostPlaces = 200_001

function restOf({ db, newest }: ChartStores, tenant: number, page: ChartPage): Omit<Walkable<ChartCursor>, 'first'> {
  return {
    newest: (ids) => newest(tenant, ids),
    compare: compareInChart,
    async places() {
      const query = chartQuery(page, mostPlaces, 'int8send(r.at) || uuid_send(r.id) as place', 'place')
      const [found] = await db.run<{ place: Buffer }>(tenant, [query])
      return (found?.rows ?? []).flatMap(({ place }) => {
        const id = readId<string>(place, 8)
        return id === undefined ? [] : { at: readInt64(place, 0), id }
      })
    },
  }
}

function inChart(row: Row): Standing<ChartCursor> {
  return { row, place: { at: row.at, id: row.id } }
}

/** Newest first. */
export function compareInChart(a: ChartCursor, b: ChartCursor): number {
  if (a.at !== b.at) return b.at - a.at
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

function chartQuery(
  { patient, type, tokens, before }: ChartFilter,
  count: number,
  columns: string,
  column: 'row' | 'place',
): Query {
  const values: unknown[] = [
    bucketOf(patient),
    patient,
    codeOfType(type),
    before?.at ?? null,
    before?.id ?? null,
    count,
  ]
  const filters = tokens.map((alternatives) => {
    const tests = alternatives.map((token) => `position($${values.push(token)}::bytea in r.tokens) > 0`)
    return ` and (${tests.join(' or ')})`
  })
  return {
    ...prepared(
      column,
      tokens.map((alternatives) => alternatives.length),
    ),
    text: `select ${columns} from records.resource r
        where r.bucket = $1::smallint and r.patient = $2::uuid and r.type = $3::smallint and not r.deleted
          and ($4::bigint is null or r.at < $4 or (r.at = $4 and r.id > $5::uuid))${filters.join('')}
        order by r.at desc, r.id limit $6`,
    values,
  }
}

/** Each shape of filters is a statement of its own. Only the few usual ones are kept prepared: callers choose the shape. */
function prepared(column: string, shape: readonly number[]): { name?: string } {
  return shape.length <= 3 && shape.every((alternatives) => alternatives <= 3)
    ? { name: `records.chart-${column}.${shape.join('.')}` }
    : {}
}
