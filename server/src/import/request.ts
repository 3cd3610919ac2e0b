import { isObject, isResourceType, readReference, type ResourceType } from '@chartkeep/model/fhir'
import { identifierName } from './identity.ts'
import type { ReasonCode } from './reasons.ts'

/** How an entry says which record it is about, other than by its names. */
export interface Condition {
  /** 'update': the record that matches is replaced. 'create': where one matches, nothing is done. */
  readonly kind: 'create' | 'update'
  /** The query's criteria. */
  readonly query: string
}

/** What `entry.request` asks for (R4 http, 3.1.0.11.2), as far as an import does it. */
export interface EntryRequest {
  readonly condition: Condition | undefined
  /** As its url has them. */
  readonly type: ResourceType | undefined
  readonly id: string | undefined
}

const nothing: EntryRequest = { condition: undefined, type: undefined, id: undefined }

/**
 * Reads a create, an update, or either on a condition. Without a request, as in the answer to a search, an entry is
 * taken as its record. If-Match is not heeded: it speaks of the source's versions.
 */
export function readRequest(value: unknown): EntryRequest | ReasonCode {
  if (!isObject(value) || value['method'] === undefined) return nothing
  const { method, url, ifNoneExist } = value
  if (method === 'DELETE') return 'deletion'
  if (method !== 'POST' && method !== 'PUT') return 'not-added'
  const read = typeof url === 'string' ? readReference(url) : undefined
  if (method === 'POST') {
    const type = typeof url === 'string' && isResourceType(url) ? url : undefined
    if (typeof ifNoneExist !== 'string' || ifNoneExist === '') return { ...nothing, type }
    return onCondition('create', ifNoneExist, type)
  }
  if (read?.kind === 'condition') return onCondition('update', read.query, read.type)
  if (typeof url === 'string' && url.includes('?')) return 'condition-empty'
  return read?.kind === 'record' ? { condition: undefined, type: read.type, id: read.id } : nothing
}

/** A query is also written with the address that it would be sent to. */
function onCondition(kind: Condition['kind'], text: string, type: ResourceType | undefined): EntryRequest | ReasonCode {
  const criteria = [...new URLSearchParams(text.slice(text.indexOf('?') + 1))].filter(([, of]) => of.trim() !== '')
  if (criteria.length === 0) return 'condition-empty'
  return { condition: { kind, query: new URLSearchParams(criteria).toString() }, type, id: undefined }
}

/** One name for one condition, however its parameters are ordered and escaped. */
export function nameOfCondition(type: ResourceType, query: string): string {
  const parameters = new URLSearchParams(query)
  parameters.sort()
  return `condition ${identifierName(type, query) ?? `${type}?${parameters.toString()}`}`
}
