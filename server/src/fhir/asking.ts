import { isResourceType, type ResourceType } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import type { Exchange } from '#http'
import { type Action, Grant } from '#policy'

/** The type in the address. Throws 'type-unknown'. */
export function typeIn(params: Readonly<Record<string, string>>): ResourceType {
  const type = params['type'] ?? ''
  if (!isResourceType(type)) throw new Refusal('type-unknown')
  return type
}

/** The id in the address. One that is not ours names no record: R4 allows other forms, so that is 'not-found'. */
export function idIn(params: Readonly<Record<string, string>>): Id<string> {
  const text = params['id'] ?? ''
  const id = parseId<string>(text)
  if (id !== undefined) return id
  throw new Refusal(/^[A-Za-z0-9\-.]{1,64}$/.test(text) ? 'not-found' : 'id-invalid')
}

/** Policy's yes to what this request asks, or the Refusal that says why not. */
export function grantFor<A extends Action>(
  { actor, purpose }: Pick<Exchange, 'actor' | 'purpose'>,
  action: A,
  type: ResourceType,
): Grant<A> {
  return Grant.for({ actor, action, type, purpose })
}
