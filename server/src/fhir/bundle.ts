import { isObject, isResourceType, type ResourceType } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import type { Conditions } from './interactions.ts'

/** One entry of a transaction or batch, taken apart. */
export interface BundleEntry {
  readonly fullUrl: string | undefined
  readonly method: string
  readonly url: string
  readonly resource: unknown
  readonly conditions: Conditions
}

const mostEntries = 20_000

export interface ParsedBundle {
  readonly type: 'transaction' | 'batch'
  readonly entries: readonly BundleEntry[]
}

/** Throws 'transaction-invalid' with a finding for each entry that cannot be carried out. */
export function parseBundle(value: unknown): ParsedBundle {
  if (!isObject(value) || value['resourceType'] !== 'Bundle') throw invalid('Bundle', 'Send a Bundle.')
  const { type, entry = [] } = value
  if (type !== 'transaction' && type !== 'batch')
    throw invalid('Bundle.type', 'Only a transaction or a batch is carried out.')
  if (!Array.isArray(entry) || entry.length > mostEntries)
    throw invalid('Bundle.entry', `A bundle has at most ${mostEntries} entries.`)
  return { type, entries: entry.map((one: unknown, index) => parseEntry(one, `Bundle.entry[${index}]`)) }
}

function parseEntry(value: unknown, at: string): BundleEntry {
  const request = isObject(value) ? value['request'] : undefined
  if (!isObject(value) || !isObject(request)) throw invalid(`${at}.request`, 'Each entry says what is asked.')
  const { method, url } = request
  if (typeof method !== 'string' || typeof url !== 'string')
    throw invalid(`${at}.request`, 'A request has a method and a url.')
  const fullUrl = value['fullUrl']
  const text = (name: string): string | undefined => (typeof request[name] === 'string' ? request[name] : undefined)
  return {
    method,
    url,
    resource: value['resource'],
    fullUrl: typeof fullUrl === 'string' ? fullUrl : undefined,
    conditions: {
      ifMatch: text('ifMatch'),
      ifNoneMatch: text('ifNoneMatch'),
      ifNoneExist: text('ifNoneExist'),
      ifModifiedSince: text('ifModifiedSince'),
    },
  }
}

export function invalid(expression: string, text: string): Refusal {
  return new Refusal('transaction-invalid', { findings: [{ expression, issue: 'invalid', text }] })
}

/** What an entry's url names: `Patient`, `Patient/<id>`. Throws 'transaction-invalid' for anything else. */
export function parseTarget(url: string, at: string): { type: ResourceType; id: Id<string> | undefined } {
  const [, type = '', id] = /^\/?([A-Za-z]+)(?:\/([A-Za-z0-9\-.]{1,64}))?$/.exec(url) ?? []
  return { type: typeOf(type, at), id: id === undefined ? undefined : (parseId<string>(id) ?? missing()) }
}

export function typeOf(text: string, at: string): ResourceType {
  if (!isResourceType(text)) throw invalid(`${at}.request.url`, 'The url does not name a type, or a type and an id.')
  return text
}

export function missing(): never {
  throw new Refusal('not-found')
}
