import type { ResourceType } from '@chartkeep/model/fhir'
import { type Clock, type Id, parseId, Refusal } from '#base'
import type { Exchange, Route } from '#http'
import type { Identity } from '#identity'
import type { Ledger } from '#ledger'
import { type Action, Grant, type Person } from '#policy'
import type { Records } from '#records'

/** What the endpoints of the web app work with. */
export interface OfficeParts {
  readonly records: Records
  readonly identity: Identity
  readonly ledger: Ledger
  readonly clock: Clock
  readonly practice: string
  readonly version: string
  /** Unix ms. */
  readonly started: number
  database(): Promise<{ readonly kind: 'embedded' | 'external'; readonly version: string; readonly bytes: number }>
  keys(): { readonly epoch: number; readonly source: 'file' | 'passphrase' }
}

/** A route of ours; `types` say what its refusals were about. */
export function officeRoute(
  method: Route['method'],
  path: string,
  routeClass: Route['class'],
  handle: Route['handle'],
  types: readonly ResourceType[] = [],
): Route {
  return {
    method,
    path: `/office${path}`,
    class: routeClass,
    surface: 'office',
    handle,
    concerns: (params) => {
      const patient = path.startsWith('/patients/:id') ? parseId<'patient'>(params['id'] ?? '') : undefined
      return { types, ...(patient === undefined ? {} : { patients: [patient] }) }
    },
  }
}

/** The person at the screen; these endpoints are for no program. */
export function personIn(exchange: Exchange): Person {
  const { actor } = exchange
  if (actor.kind !== 'person')
    throw new Refusal('not-permitted', { rule: 'office:people-only', remedy: 'Programs use the FHIR interface.' })
  return actor
}

export function grantFor<A extends Action>(exchange: Exchange, action: A, type: ResourceType): Grant<A> {
  return Grant.for({ actor: personIn(exchange), action, type, purpose: exchange.purpose })
}

/** The id in the address, as text → Id; anything else names nobody. */
export function patientIn({ params }: Exchange): Id<'patient'> {
  return idIn<'patient'>(params['id'])
}

export function idIn<Kind extends string>(text: string | undefined): Id<Kind> {
  const id = parseId<Kind>(text ?? '')
  if (id === undefined) throw new Refusal('not-found')
  return id
}

/** Makes an entry for what these endpoints show of the system itself, such as access history. */
export async function recordLook(
  parts: OfficeParts,
  exchange: Exchange,
  grant: Grant,
  patients: readonly Id<'patient'>[],
): Promise<void> {
  const person = personIn(exchange)
  await parts.ledger.record({
    tenant: person.tenant,
    at: parts.clock.now(),
    actor: { kind: 'person', id: person.id, role: person.role },
    workstation: person.workstation,
    action: grant.question.action,
    types: [grant.question.type],
    patients,
    records: [],
    purpose: exchange.purpose,
    rule: grant.rule,
    outcome: 'done',
    request: exchange.request,
  })
}
