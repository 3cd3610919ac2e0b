import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import type { Answer, Exchange } from '#http'
import { categoryOf } from '#policy'
import type { Records, Stored } from '#records'
import { fhirJson, parseEtag, readAnswer, writeAnswer } from './answers.ts'
import { grantFor } from './asking.ts'
import { bundleText, historyEntry, searchEntry } from './bundle-text.ts'
import { takeTurns } from './take-turns.ts'

/** Who asks, for what, under which request id: what every interaction needs of an exchange, a batch's entry too. */
export type Asking = Pick<Exchange, 'actor' | 'purpose' | 'request'>

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
  history(asking: Asking, type: ResourceType, id: Id<string>, self: string): Promise<Answer>
  search(asking: Asking, type: ResourceType, parameters: URLSearchParams, handling: string | undefined): Promise<Answer>
  create(asking: Asking, resource: Resource, conditions: Conditions): Promise<Answer>
  update(asking: Asking, resource: Resource, id: Id<string>, conditions: Conditions): Promise<Answer>
  remove(asking: Asking, type: ResourceType, id: Id<string>, conditions: Conditions): Promise<Answer>
}

const defaultCount = 50
const mostCount = 1000

/** The R4 interactions, one function each: routes and batches carry them out alike. `base` is the service's address. */
export function openInteractions(records: Records, base: string): Interactions {
  const createIfNone = takeTurns()

  const found = (stored: Stored): Answer => readAnswer(stored, {})

  async function create(asking: Asking, resource: Resource, { ifNoneExist, prefer }: Conditions): Promise<Answer> {
    const type = resource.resourceType
    const grant = grantFor(asking, 'create', type)
    const make = async (): Promise<Answer> => {
      const [written] = await records.write([{ kind: 'create', grant, resource }], asking.request)
      if (written === undefined) throw new Error('a create answers what it made')
      return writeAnswer(written, prefer, base)
    }
    if (ifNoneExist === undefined) return make()
    const search = grantFor(asking, 'search', type)
    const read = grantFor(asking, 'read', type)
    // Two creates on the same condition take turns, so that the second finds what the first made.
    return createIfNone(`${type}?${ifNoneExist}`, async () => {
      const ids = await records.match(search, ifNoneExist, asking.request)
      if (ids.length > 1) throw new Refusal('match-ambiguous')
      return ids[0] === undefined ? make() : found(await records.read(read, ids[0], asking.request))
    })
  }

  return {
    create,
    async read(asking, type, id, conditions) {
      const stored = await records.read(grantFor(asking, 'read', type), id, asking.request)
      return readAnswer(stored, {
        'if-none-match': conditions.ifNoneMatch,
        'if-modified-since': conditions.ifModifiedSince,
      })
    },
    async readVersion(asking, type, id, version) {
      return found(await records.readVersion(grantFor(asking, 'history', type), id, version, asking.request))
    },
    async history(asking, type, id, self) {
      const versions = await records.history(grantFor(asking, 'history', type), id, asking.request)
      const body = bundleText({
        type: 'history',
        total: versions.length,
        links: { self },
        entries: versions.map((stored) => historyEntry(base, stored)),
      })
      return { status: 200, headers: { 'content-type': fhirJson }, body }
    },
    async search(asking, type, parameters, handling) {
      const grant = grantFor(asking, 'search', type)
      const search = searchIn(type, parameters, handling === 'strict')
      const { records: matches, next, used, total } = await records.search(grant, search, asking.request)
      const links: Record<string, string> = { self: `${base}/${type}?${used.toString()}` }
      // A next page is asked for by its address, and addresses end up in logs: what was searched for is sealed in it.
      if (next !== undefined) links['next'] = `${base}/${type}?_count=${search.count}&_cursor=${next}`
      const body = bundleText({
        type: 'searchset',
        ...(total === undefined ? {} : { total }),
        links,
        entries: matches.map((stored) => searchEntry(base, stored)),
      })
      return { status: 200, headers: { 'content-type': fhirJson }, body }
    },
    async update(asking, resource, id, { ifMatch, prefer }) {
      const grant = grantFor(asking, 'update', resource.resourceType)
      if (resource.id !== id) throw new Refusal('resource-mismatch')
      const [written] = await records.write(
        [{ kind: 'update', grant, resource, id, ...versionIn(ifMatch, resource.resourceType) }],
        asking.request,
      )
      if (written === undefined) throw new Error('an update answers what it made')
      return { ...writeAnswer(written, prefer, base), status: 200 }
    },
    async remove(asking, type, id, { ifMatch }) {
      const grant = grantFor(asking, 'delete', type)
      const [written] = await records.write(
        [{ kind: 'delete', grant, type, id, ...(ifMatch === undefined ? {} : versionIn(ifMatch, type)) }],
        asking.request,
      )
      return { status: 204, ...(written === undefined ? {} : { headers: { etag: `W/"${written.version}"` } }) }
    },
  }
}

function searchIn(type: ResourceType, parameters: URLSearchParams, strict: boolean) {
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
