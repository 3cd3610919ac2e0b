import { Refusal } from '#base'
import type { Grant } from '#policy'
import { compareInChart, selectCharts } from '../chart.ts'
import { factsOf } from '../facts.ts'
import type { ChartFound, ChartRequest } from '../records.ts'
import type { Row } from '../row.ts'
import { patientToken, timeOffset } from '../tokens.ts'
import { openVisible, storedOf } from '../visible.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { SearchStores } from './engine.ts'
import type { Candidate } from './place.ts'

/** A patient's records of several types, newest first: what a screen of the chart shows, as one look. */
export async function chartOf(
  stores: SearchStores,
  grants: readonly [Grant<'search'>, ...Grant<'search'>[]],
  asked: ChartRequest,
  request: string,
): Promise<ChartFound> {
  const [first] = grants
  const { tenant } = first.question.actor
  const types = grants.map((grant) => grant.question.type)
  const [held] = await stores.patientKeys.find(tenant, [asked.patient])
  if (held === undefined) throw new Refusal('not-found')
  const question = `${asked.patient}/${types.join(',')}/${asked.category?.join(',') ?? ''}`
  const cursorKey = stores.keys.hmacKey('cursor')
  const before = asked.before === undefined ? undefined : openCursor(cursorKey, first, question, asked.before).place
  const pages = types.map((type) => ({
    patient: asked.patient,
    type,
    tokens:
      asked.category === undefined
        ? []
        : [asked.category.map((code) => patientToken(held.key, type, 'category', code))],
    count: asked.count + 1,
    ...(before === undefined ? {} : { before: { ...before, at: before.at + timeOffset(held.key, type) } }),
  }))
  const placed = (row: Row): Candidate => ({ row, place: { at: row.at - timeOffset(held.key, row.type), id: row.id } })
  const rows = (await selectCharts(stores.db, tenant, pages))
    .flat()
    .map(placed)
    .toSorted((a, b) => compareInChart(a.place, b.place))
  const kept = rows.slice(0, asked.count)
  const byType = new Map(grants.map((grant) => [grant.question.type, grant]))
  const opened = await Promise.all(
    kept.map(({ row }) => openVisible(stores.patientKeys, byType.get(row.type) ?? first, row)),
  )
  const records = opened.flatMap((one) => (one === undefined ? [] : [storedOf(one)]))
  // Looking at an empty chart is looking at the chart: the patient is named whatever was found.
  await stores.ledger.record(
    factsOf(grants, request, stores.clock, {
      types,
      patients: [asked.patient],
      records: records.map(({ type, id, version }) => ({ type, id, version })),
      details: {},
    }),
  )
  const last = kept.at(-1)
  if (rows.length <= asked.count || last === undefined) return { records }
  const { place } = last
  return { records, next: sealCursor(cursorKey, first, question, { place, question: '', began: stores.clock.now() }) }
}
