import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import type { Answer } from '#http'
import { categoryOf } from '#policy'
import type { Held, Records, Search, TakeTurns, Written } from '#records'
import { etagOf, fhirJson, parseEtag, readAnswer, writeAnswer } from './answers.ts'
import { bundleText, historyEntry, searchEntry } from './bundle-text.ts'
import { ask, type Asking, refuseSigning } from './offered.ts'

export interface Conditions {
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly ifModifiedSince?: string | undefined
  readonly ifNoneExist?: string | undefined
  readonly prefer?: string | undefined
}

export interface Interactions {
  read(asking: Asking, type: ResourceType, id: Id<string>, conditions: Conditions): Promise<Answer>
  readVersion(asking: Asking, type: ResourceType, id: Id<string>, version: number): Promise<Answer>
  history(asking: Asking, type: ResourceType, id: Id<string>): Promise<Answer>
  search(asking: Asking, type: ResourceType, parameters: URLSearchParams, handling?: string): Promise<Answer>
  create(asking: Asking, resource: Resource, conditions: Conditions): Promise<Answer>
  update(asking: Asking, resource: Resource, id: Id<string>, conditions: Conditions): Promise<Answer>
  remove(asking: Asking, type: ResourceType, id: Id<string>, conditions: Conditions): Promise<Answer>
  /** For creates on a condition: of several on the same one, the second finds what the first has made. */
  readonly inTurn: TakeTurns
}

const defaultCount = 50
const mostCount = 1000

/** The R4 interactions, one function each: routes and bundles carry them out alike. `base` is the service's address. */
export function openInteractions(records: Records, base: string): Interactions {
  const { inTurn } = records

  async function make(asking: Asking, resource: Resource, prefer?: string, held?: Held): Promise<Answer> {
    const grant = ask(asking, 'create', resource.resourceType)
    refuseSigning(asking, resource)
    const change = { kind: 'create', grant, resource } as const
    return writeAnswer(only(await records.write([change], asking.request, held)), prefer, base)
  }

  return {
    inTurn,
    async read(asking, type, id, { ifNoneMatch, ifModifiedSince }) {
      const stored = await records.read(ask(asking, 'read', type), id, asking.request)
      return readAnswer(stored, { 'if-none-match': ifNoneMatch, 'if-modified-since': ifModifiedSince })
    },
    async readVersion(asking, type, id, version) {
      return readAnswer(await records.readVersion(ask(asking, 'history', type), id, version, asking.request), {})
    },
    async history(asking, type, id) {
      const versions = await records.history(ask(asking, 'history', type), id, asking.request)
      const links = { self: `${base}/${type}/${id}/_history` }
      const entries = versions.map((stored) => historyEntry(base, stored))
      return fhirAnswer(bundleText({ type: 'history', total: versions.length, links, entries }))
    },
    async search(asking, type, parameters, handling) {
      const grant = ask(asking, 'search', type)
      const asked = searchIn(type, parameters, handling === 'strict')
      const { records: found, next, used, total } = await records.search(grant, asked, asking.request)
      const links: Record<string, string> = { self: `${base}/${type}?${used.toString()}` }
      // A next page is asked for by its address, and addresses end up in logs: what was searched for is sealed in it.
      if (next !== undefined) links['next'] = `${base}/${type}?_count=${asked.count}&_cursor=${next}`
      const entries = found.map((stored) => searchEntry(base, stored))
      return fhirAnswer(bundleText({ type: 'searchset', ...(total === undefined ? {} : { total }), links, entries }))
    },
    async create(asking, resource, { ifNoneExist, prefer }) {
      if (ifNoneExist === undefined) return make(asking, resource, prefer)
      const type = resource.resourceType
      ask(asking, 'create', type)
      const search = ask(asking, 'search', type)
      const read = ask(asking, 'read', type)
      return inTurn([conditionName(type, ifNoneExist)], async (held) => {
        const ids = await records.match(search, ifNoneExist, asking.request)
        if (ids.length > 1) throw new Refusal('match-ambiguous')
        if (ids[0] === undefined) return make(asking, resource, prefer, held)
        return readAnswer(await records.read(read, ids[0], asking.request), {})
      })
    },
    async update(asking, resource, id, { ifMatch, prefer }) {
      const type = resource.resourceType
      const grant = ask(asking, 'update', type)
      if (resource.id !== id) throw new Refusal('resource-mismatch')
      refuseSigning(asking, resource)
      const change = { kind: 'update', grant, resource, id, ...versionIn(ifMatch, type) } as const
      return { ...writeAnswer(only(await records.write([change], asking.request)), prefer, base), status: 200 }
    },
    async remove(asking, type, id, { ifMatch }) {
      const grant = ask(asking, 'delete', type)
      const change = { kind: 'delete', grant, type, id, ...deletedVersionIn(ifMatch, type) } as const
      const { version } = only(await records.write([change], asking.request))
      return { status: 204, headers: { etag: etagOf(version) } }
    },
  }
}

function fhirAnswer(body: Buffer): Answer {
  return { status: 200, headers: { 'content-type': fhirJson }, body }
}

function only([written]: readonly Written[]): Written {
  if (written === undefined) throw new Error('a write answers each change')
  return written
}

/** One name for one condition, however its parameters are ordered and escaped. */
export function conditionName(type: ResourceType, condition: string): string {
  const parameters = new URLSearchParams(condition)
  parameters.sort()
  return `${type}?${parameters.toString()}`
}

function searchIn(type: ResourceType, parameters: URLSearchParams, strict: boolean): Search {
  const pairs = [...parameters].filter(([name]) => !['_count', '_cursor', '_format', '_pretty'].includes(name))
  const count = parameters.get('_count')
  if (count !== null && !/^\d{1,6}$/.test(count)) throw new Refusal('parameter-invalid')
  const cursor = parameters.get('_cursor')
  return {
    type,
    parameters: pairs,
    strict,
    count: Math.min(count === null ? defaultCount : Number(count), mostCount),
    ...(cursor === null ? {} : { cursor }),
  }
}

/**
 * The version a change is made against. What people work on at once is changed only by who has seen its newest version:
 * without If-Match, 412 (CapabilityStatement: versioned-update). The directory may be written blindly.
 */
export function versionIn(
  ifMatch: string | undefined,
  type: ResourceType,
): { ifMatch: number } | Record<string, never> {
  const version = parseEtag(ifMatch)
  if (version !== undefined) return { ifMatch: version }
  if (ifMatch !== undefined) throw new Refusal('version-conflict')
  if (['directory', 'definition'].includes(categoryOf(type))) return {}
  throw new Refusal('version-required')
}

/** A deletion needs none (R4 http, 3.1.0.7); given, it counts. */
export function deletedVersionIn(ifMatch: string | undefined, type: ResourceType): ReturnType<typeof versionIn> {
  return ifMatch === undefined ? {} : versionIn(ifMatch, type)
}
