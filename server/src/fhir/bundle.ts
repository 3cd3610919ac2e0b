import { isObject, isResourceType, type ResourceType } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import type { Conditions } from './interactions.ts'
import { type OwnAddresses, withinOwn } from './own-address.ts'

/** One entry of a transaction or batch, taken apart. */
export interface BundleEntry {
  /** `Bundle.entry[3]`: where it stands, for findings. */
  readonly at: string
  readonly fullUrl: string | undefined
  readonly method: string
  readonly url: string
  readonly resource: unknown
  /** The version that the resource says it is, where it comes from. */
  readonly versionId: string | undefined
  /** Whether the resource is valid, where that was judged with the whole Bundle; else it is judged by itself. */
  readonly judged: Refusal | 'valid' | undefined
  readonly conditions: Conditions
}

const mostEntries = 20_000

export interface ParsedBundle {
  readonly type: 'transaction' | 'batch'
  readonly entries: readonly BundleEntry[]
}

/**
 * Throws 'transaction-invalid' with a finding for the first entry that cannot be carried out.
 *
 * @param refused why the resources of entries are not valid, by place, when all of them were judged
 */
export function parseBundle(value: unknown, own: OwnAddresses, refused?: ReadonlyMap<number, Refusal>): ParsedBundle {
  if (!isObject(value) || value['resourceType'] !== 'Bundle') throw invalid('Bundle', 'Send a Bundle.')
  const { type, entry = [] } = value
  if (type !== 'transaction' && type !== 'batch')
    throw invalid('Bundle.type', 'Only a transaction or a batch is carried out.')
  if (!Array.isArray(entry) || entry.length > mostEntries)
    throw invalid('Bundle.entry', `A bundle has at most ${mostEntries} entries.`)
  return {
    type,
    entries: entry.map((one: unknown, index) => ({
      ...parseEntry(one, `Bundle.entry[${index}]`, own),
      judged: refused === undefined ? undefined : (refused.get(index) ?? 'valid'),
    })),
  }
}

function parseEntry(value: unknown, at: string, own: OwnAddresses): Omit<BundleEntry, 'judged'> {
  const request = isObject(value) ? value['request'] : undefined
  if (!isObject(value) || !isObject(request)) throw invalid(`${at}.request`, 'Each entry says what is asked.')
  const { method, url } = request
  if (typeof method !== 'string' || typeof url !== 'string')
    throw invalid(`${at}.request`, 'A request has a method and a url.')
  const fullUrl = value['fullUrl']
  const text = (name: string): string | undefined => (typeof request[name] === 'string' ? request[name] : undefined)
  const { resource } = value
  const ofOurs = (address: string | undefined): string | undefined =>
    address === undefined ? undefined : (withinOwn(address, own) ?? address)
  return {
    at,
    method,
    url: ofOurs(url) ?? url,
    resource,
    versionId: versionIdOf(resource),
    fullUrl: typeof fullUrl === 'string' ? fullUrl : undefined,
    conditions: {
      ifMatch: text('ifMatch'),
      ifNoneMatch: text('ifNoneMatch'),
      ifNoneExist: ofOurs(text('ifNoneExist')),
      ifModifiedSince: text('ifModifiedSince'),
    },
  }
}

function versionIdOf(resource: unknown): string | undefined {
  const meta = isObject(resource) ? resource['meta'] : undefined
  return isObject(meta) && typeof meta['versionId'] === 'string' ? meta['versionId'] : undefined
}

export function invalid(expression: string, text: string): Refusal {
  return new Refusal('transaction-invalid', { findings: [{ expression, issue: 'invalid', text }] })
}

/** What an entry's url names. */
export type Target =
  | { readonly kind: 'type'; readonly type: ResourceType; readonly query: string }
  | { readonly kind: 'record'; readonly type: ResourceType; readonly id: Id<string>; readonly query: string }
  | { readonly kind: 'type-history'; readonly type: ResourceType; readonly query: string }
  | { readonly kind: 'history'; readonly type: ResourceType; readonly id: Id<string>; readonly query: string }
  | {
      readonly kind: 'version'
      readonly type: ResourceType
      readonly id: Id<string>
      readonly version: number
      readonly query: string
    }

const form = /^\/?([A-Za-z]+)(?:\/([A-Za-z0-9\-.]{1,64})(?:\/_history(?:\/(\d{1,9}))?)?)?$/

/** `Patient?…`, `Patient/<id>`, `Patient/<id>/_history`. Throws 'transaction-invalid'; 'not-found' for an id not ours. */
export function parseTarget({ url, at }: Pick<BundleEntry, 'url' | 'at'>): Target {
  const [path = '', query = ''] = url.split(/\?(.*)/s)
  const [, type = '', text, version] = form.exec(path) ?? []
  const [, history = ''] = /^\/?([A-Za-z]+)\/_history$/.exec(path) ?? []
  if (isResourceType(history)) return { kind: 'type-history', type: history, query }
  if (!isResourceType(type)) throw invalid(`${at}.request.url`, 'The url does not name a type, or a type and an id.')
  if (text === undefined) return { kind: 'type', type, query }
  const id = parseId<string>(text)
  if (id === undefined) throw new Refusal('not-found')
  if (version !== undefined) return { kind: 'version', type, id, version: Number(version), query }
  return path.endsWith('/_history') ? { kind: 'history', type, id, query } : { kind: 'record', type, id, query }
}
