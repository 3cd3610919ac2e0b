import { isResourceType, type ResourceType } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import type { Exchange } from '#http'
import type { Conditions } from './interactions.ts'
import { idOf } from './offered.ts'

// What the address and the headers of a request ask for.

/** The type in the address. Throws 'type-unknown'. */
export function typeIn({ params }: Pick<Exchange, 'params'>): ResourceType {
  const type = params['type'] ?? ''
  if (!isResourceType(type)) throw new Refusal('type-unknown')
  return type
}

/** The id in the address. Throws 'not-found' and 'id-invalid'; 'route-unknown' for an operation that is not offered. */
export function idIn({ params }: Pick<Exchange, 'params'>): Id<string> {
  const text = params['id'] ?? ''
  // No id begins so: `$…` and `_…` are names of what is offered elsewhere.
  if (/^[$_]/.test(text)) throw new Refusal('route-unknown')
  return idOf(text)
}

/** As idIn; where no record has such an id, updating would create it: 'update-creates-nothing'. */
export function idToUpdate(exchange: Pick<Exchange, 'params'>): Id<string> {
  try {
    return idIn(exchange)
  } catch (error) {
    throw error instanceof Refusal && error.code === 'not-found' ? new Refusal('update-creates-nothing') : error
  }
}

/** What follows the `?` of the address, in place of an id. */
export function conditionIn({ query }: Pick<Exchange, 'query'>): { readonly condition: string } {
  return { condition: query.toString() }
}

export function versionAsked({ params }: Pick<Exchange, 'params'>): number {
  const asked = params['version'] ?? ''
  if (!/^\d{1,9}$/.test(asked)) throw new Refusal('not-found')
  return Number(asked)
}

export function headerOf({ headers }: Pick<Exchange, 'headers'>, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

export function conditionsOf(exchange: Exchange): Conditions {
  return {
    ifMatch: headerOf(exchange, 'if-match'),
    ifNoneMatch: headerOf(exchange, 'if-none-match'),
    ifModifiedSince: headerOf(exchange, 'if-modified-since'),
    ifNoneExist: headerOf(exchange, 'if-none-exist'),
    prefer: headerOf(exchange, 'prefer'),
  }
}

export function handlingOf(exchange: Exchange): string | undefined {
  return /\bhandling=(strict|lenient)\b/.exec(headerOf(exchange, 'prefer') ?? '')?.[1]
}
