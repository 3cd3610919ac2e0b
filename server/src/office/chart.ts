import { isResourceType, type ResourceType } from '@chartkeep/model/fhir'
import { Refusal, refusals } from '#base'
import type { Exchange, Route } from '#http'
import { decide, Grant } from '#policy'
import type { Refused } from '@chartkeep/model/office'
import { json } from './body.ts'
import { officeRoute, type OfficeParts, patientIn, personIn } from './parts.ts'

const mostTypes = 30
const mostRecords = 1000

/** A patient's records by type, as stored, spliced into the answer; types that the role may not see are named, not shown. */
export function chartRoutes({ records }: OfficeParts): readonly Route[] {
  return [
    officeRoute('GET', '/patients/:id/records', 'search', async (exchange) => {
      const patient = patientIn(exchange)
      const { grants, refused } = sortTypes(exchange, typesAsked(exchange))
      const category = exchange.query.getAll('category')
      const before = exchange.query.get('before')
      const count = countAsked(exchange)
      const [first, ...rest] = grants
      if (first === undefined) return json({ records: [], refused })
      const found = await records.chart(
        [first, ...rest],
        {
          patient,
          types: grants.map(({ question }) => question.type),
          count,
          ...(category.length === 0 ? {} : { category }),
          ...(before === null ? {} : { before }),
        },
        exchange.request,
      )
      const tail = JSON.stringify({ refused, ...(found.next === undefined ? {} : { next: found.next }) }).slice(1)
      const parts = found.records.flatMap(({ json: text }, index) => (index === 0 ? [text] : [Buffer.from(','), text]))
      const body = Buffer.concat([Buffer.from('{"records":['), ...parts, Buffer.from(`],${tail}`)])
      return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body }
    }),
  ]
}

function typesAsked({ query }: Exchange): ResourceType[] {
  const types = [...new Set(query.getAll('type'))]
  if (types.length === 0 || types.length > mostTypes) throw new Refusal('parameter-invalid')
  return types.map((type) => {
    if (!isResourceType(type)) throw new Refusal('type-unknown')
    return type
  })
}

function countAsked({ query }: Exchange): number {
  const count = Number(query.get('count') ?? '100')
  if (!Number.isInteger(count) || count < 1) throw new Refusal('parameter-invalid')
  return Math.min(count, mostRecords)
}

function sortTypes(exchange: Exchange, types: readonly ResourceType[]) {
  const actor = personIn(exchange)
  const grants: Grant<'search'>[] = []
  const refused: { type: string; reason: Refused }[] = []
  for (const type of types) {
    const question = { actor, action: 'search', type, purpose: exchange.purpose } as const
    const decision = decide(question)
    if (decision.allow) grants.push(Grant.for(question))
    else
      refused.push({
        type,
        reason: {
          code: decision.code,
          text: refusals[decision.code].text,
          rule: decision.rule,
          remedy: decision.remedy,
          reference: exchange.request,
        },
      })
  }
  return { grants, refused }
}
