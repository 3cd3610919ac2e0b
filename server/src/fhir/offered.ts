import type { ResourceType } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import type { Exchange } from '#http'
import { type Grant, grantFor } from '#policy'

/** What one interaction asks of policy. */
export type Interaction = 'read' | 'search' | 'history' | 'create' | 'update' | 'delete'

/** Carried out, said or answered, but never kept as records; and the ledger writes its own. */
const notStored = new Set<ResourceType>(['AuditEvent', 'OperationOutcome', 'Parameters'])

/** What is done with records of a type: the CapabilityStatement tells it, and nothing else is done. */
export function isOffered(type: ResourceType, interaction: Interaction): boolean {
  if (notStored.has(type)) return false
  // Content is stored once, and read by its id: whose it is decides who may (R4 binary, 2.37.3).
  return type !== 'Binary' || interaction === 'read' || interaction === 'create'
}

// The methods at one address: of a type, and of a record.
const addresses: readonly (readonly (readonly [Interaction, ...string[]])[])[] = [
  [
    ['search', 'GET', 'HEAD'],
    ['create', 'POST'],
  ],
  [
    ['read', 'GET', 'HEAD'],
    ['update', 'PUT', 'PATCH'],
    ['delete', 'DELETE'],
  ],
]

/** What may be done at the address where this interaction is not offered. */
function methodsBeside(type: ResourceType, interaction: Interaction): string[] {
  const there = addresses.find((offers) => offers.some(([one]) => one === interaction)) ?? []
  return there.flatMap(([one, ...methods]) => (isOffered(type, one) ? methods : []))
}

/** Who asks, for what, under which request id: what every interaction needs of an exchange, a bundle's entry too. */
export type Asking = Pick<Exchange, 'actor' | 'purpose' | 'request'> & Partial<Pick<Exchange, 'signal' | 'headers'>>

/** Policy's yes to an interaction that is offered. Throws what policy refuses with, or 'method-not-allowed'. */
export function ask<I extends Interaction>(asking: Asking, interaction: I, type: ResourceType): Grant<I> {
  const grant = grantFor(asking, interaction, type)
  if (!isOffered(type, interaction))
    throw new Refusal('method-not-allowed', { allow: methodsBeside(type, interaction) })
  return grant
}

/** An id as R4 has them. One that is not ours names no record here, so that is 'not-found'; else 'id-invalid'. */
export function idOf(text: string): Id<string> {
  const id = parseId<string>(text)
  if (id !== undefined) return id
  throw new Refusal(/^[A-Za-z0-9\-.]{1,64}$/.test(text) ? 'not-found' : 'id-invalid')
}
