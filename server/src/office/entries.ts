import type { ResourceType } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import type { Exchange } from '#http'
import type { EntryFacts } from '#ledger'
import type { Decision, Grant } from '#policy'
import { personIn } from './asking.ts'
import type { OfficeParts } from './parts.ts'

/** What these endpoints do beside the record store leaves its entries here; the store makes its own. */
function factsOf(
  { clock }: OfficeParts,
  exchange: Exchange,
  more: Pick<EntryFacts, 'action' | 'types' | 'patients' | 'rule' | 'outcome'>,
): EntryFacts {
  const { tenant, id, role, workstation } = personIn(exchange)
  return {
    tenant,
    at: clock.now(),
    actor: { kind: 'person', id, role },
    workstation,
    records: [],
    purpose: exchange.purpose,
    request: exchange.request,
    ...more,
  }
}

/** Durable when it resolves: someone looked at what the system itself knows, such as who opened a chart. */
export async function recordLook(
  parts: OfficeParts,
  exchange: Exchange,
  { question, rule }: Grant,
  patients: readonly Id<'patient'>[],
): Promise<void> {
  const { action, type } = question
  const facts = factsOf(parts, exchange, { action, types: [type], patients, rule, outcome: 'done' })
  await parts.ledger.record(facts)
}

export type Refusing = Extract<Decision, { allow: false }>

/** The types that were asked for with others, and refused: one entry for all of them. */
export async function recordRefusedTypes(
  parts: OfficeParts,
  exchange: Exchange,
  patient: Id<'patient'>,
  refused: readonly { readonly type: ResourceType; readonly decision: Refusing }[],
): Promise<void> {
  if (refused.length === 0) return
  const rule = [...new Set(refused.map(({ decision }) => decision.rule))].join(' ')
  const types = refused.map(({ type }) => type)
  await parts.ledger.record(
    factsOf(parts, exchange, { action: 'search', types, patients: [patient], rule, outcome: 'refused' }),
  )
}
