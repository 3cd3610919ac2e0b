import { isResourceType, type ResourceType } from '@chartkeep/model/fhir'
import type { RecordList } from '@chartkeep/model/office'
import { Refusal } from '#base'
import type { Answer, Exchange, Route } from '#http'
import { decide, type Grant, grantFor } from '#policy'
import type { Stored } from '#records'
import { json, jsonText } from './answers.ts'
import { patientIn } from './asking.ts'
import { recordRefusedTypes, type Refusing } from './entries.ts'
import type { OfficeParts } from './parts.ts'
import { reasonOf } from './reason.ts'
import { officeRoute } from './route.ts'

const mostTypes = 30
const mostCategories = 20
const count = { usual: 100, most: 1000 }

/** A patient's records by type, as stored, spliced into the answer; types that the role may not see are named, not shown. */
export function chartRoutes(parts: OfficeParts): readonly Route[] {
  return [
    officeRoute({
      method: 'GET',
      path: '/patients/:id/records',
      class: 'search',
      handle: (exchange) => showRecords(parts, exchange),
    }),
  ]
}

async function showRecords(parts: OfficeParts, exchange: Exchange): Promise<Answer> {
  const patient = patientIn(exchange)
  const { grants, refused } = sortTypes(exchange, typesAsked(exchange))
  const { category, ...page } = pageAsked(exchange)
  await recordRefusedTypes(parts, exchange, patient, refused)
  const reasons = refused.map(({ type, decision }) => ({ type, reason: reasonOf(decision, exchange) }))
  const [first, ...rest] = grants
  if (first === undefined) return json({ records: [], refused: reasons } satisfies RecordList)
  const types = grants.map(({ question }) => question.type)
  const asked = { patient, types, ...page, ...(category.length === 0 ? {} : { category }) }
  const { records, next } = await parts.records.chart([first, ...rest], asked, exchange.request)
  return jsonText(splice(records, { refused: reasons, ...(next === undefined ? {} : { next }) }))
}

/** A `RecordList` around the texts as they are: they are not parsed to be printed again. */
function splice(records: readonly Stored[], rest: Omit<RecordList, 'records'>): Buffer {
  const texts = records.flatMap(({ json: text }, index) => (index === 0 ? [text] : [Buffer.from(','), text]))
  return Buffer.concat([Buffer.from('{"records":['), ...texts, Buffer.from(`],${JSON.stringify(rest).slice(1)}`)])
}

function typesAsked({ query }: Exchange): ResourceType[] {
  const types = [...new Set(query.getAll('type'))]
  if (types.length === 0 || types.length > mostTypes) throw new Refusal('parameter-invalid')
  return types.map((type) => {
    if (!isResourceType(type)) throw new Refusal('type-unknown')
    return type
  })
}

function pageAsked({ query }: Exchange): { category: string[]; count: number; before?: string } {
  const category = query.getAll('category')
  const asked = query.get('count') ?? String(count.usual)
  const before = query.get('before')
  if (!/^[1-9]\d{0,5}$/.test(asked) || category.length > mostCategories) throw new Refusal('parameter-invalid')
  return { category, count: Math.min(Number(asked), count.most), ...(before === null ? {} : { before }) }
}

function sortTypes(exchange: Exchange, types: readonly ResourceType[]) {
  const { actor, purpose } = exchange
  const grants: Grant<'search'>[] = []
  const refused: { type: ResourceType; decision: Refusing }[] = []
  for (const type of types) {
    const decision = decide({ actor, action: 'search', type, purpose })
    if (decision.allow) grants.push(grantFor(exchange, 'search', type))
    else refused.push({ type, decision })
  }
  return { grants, refused }
}
