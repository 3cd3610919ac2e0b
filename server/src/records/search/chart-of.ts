import { Refusal } from '#base'
import type { Grant } from '#policy'
import { selectChart } from '../chart.ts'
import { factsOf } from '../facts.ts'
import type { ChartFound, ChartRequest } from '../records.ts'
import { patientToken } from '../tokens.ts'
import { openVisible, storedOf } from '../visible.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { SearchStores } from './engine.ts'

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
  // A token holds its type, so each type has tokens of its own for one category; a row holds those of its type only.
  const tokens =
    asked.category === undefined
      ? []
      : [asked.category.flatMap((code) => types.map((type) => patientToken(held.key, type, 'category', code)))]
  const rows = await selectChart(stores.db, tenant, {
    patient: asked.patient,
    types,
    tokens,
    count: asked.count + 1,
    ...(before === undefined ? {} : { before }),
  })
  const kept = rows.slice(0, asked.count)
  const byType = new Map(grants.map((grant) => [grant.question.type, grant]))
  const opened = await Promise.all(
    kept.map((row) => openVisible(stores.patientKeys, byType.get(row.type) ?? first, row)),
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
  const place = { at: last.at, id: last.id }
  return { records, next: sealCursor(cursorKey, first, question, { place, question: '', began: stores.clock.now() }) }
}
