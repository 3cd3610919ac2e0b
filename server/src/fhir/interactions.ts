import type { ResourceType } from '@chartkeep/model/fhir'
import { type Id, refuseParameter } from '#base'
import type { Answer } from '#http'
import { type Records, type Search, subset, subsetOfRead, type TakeTurns } from '#records'
import { fhirJson, readAnswer, type RecordAnswer } from './answers.ts'
import { bundleText, searchEntry } from './bundle-text.ts'
import { type Changes, openChanges } from './changes.ts'
import type { Judge } from './judge/judge.ts'
import { type Histories, openHistories } from './histories.ts'
import { ask, type Asking } from './offered.ts'
import { ownAddresses } from './own-address.ts'
import { relativeParameters } from './own-references.ts'
import { outcomeEntries } from './search-outcome.ts'

export interface Conditions {
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly ifModifiedSince?: string | undefined
  readonly ifNoneExist?: string | undefined
  readonly prefer?: string | undefined
}

export interface Interactions extends Changes, Histories {
  /** @param parameters `_summary` and `_elements` of them are looked at, here and for a version */
  read(
    asking: Asking,
    type: ResourceType,
    id: Id<string>,
    parameters: URLSearchParams,
    conditions: Conditions,
  ): Promise<RecordAnswer>
  readVersion(
    asking: Asking,
    type: ResourceType,
    id: Id<string>,
    version: number,
    parameters: URLSearchParams,
  ): Promise<RecordAnswer>
  search(asking: Asking, type: ResourceType, parameters: URLSearchParams, handling?: string): Promise<Answer>
  /** For changes on a condition: of several on the same one, the second finds what the first has made. */
  readonly inTurn: TakeTurns
  /** Of what is sent. */
  readonly judge: Judge
}

const defaultCount = 50
const mostCount = 1000

/** The R4 interactions, one function each: routes and bundles carry them out alike. `base` is the service's address. */
export function openInteractions(records: Records, base: string, judge: Judge): Interactions {
  const { inTurn } = records

  return {
    inTurn,
    judge,
    async read(asking, type, id, parameters, { ifNoneMatch, ifModifiedSince }) {
      const part = subsetOfRead(parameters)
      const stored = await records.read(ask(asking, 'read', type), id, asking.request)
      return readAnswer(subset(stored, part), { 'if-none-match': ifNoneMatch, 'if-modified-since': ifModifiedSince })
    },
    async readVersion(asking, type, id, version, parameters) {
      const part = subsetOfRead(parameters)
      const stored = await records.readVersion(ask(asking, 'history', type), id, version, asking.request)
      return readAnswer(subset(stored, part), {})
    },
    async search(asking, type, parameters, handling) {
      const grant = ask(asking, 'search', type)
      const relative = relativeParameters(type, parameters, ownAddresses(base, asking))
      const asked = searchIn(type, new URLSearchParams(relative), handling === 'strict')
      const { signal } = asking
      const found = await records.search(
        grant,
        { ...asked, base: `${base}/`, ...(signal === undefined ? {} : { signal }) },
        asking.request,
      )
      const { next, used, total, settled } = found
      const links: Record<string, string> = { self: `${base}/${type}?${used.toString()}` }
      // A next page is asked for by its address, and addresses end up in logs: what was searched for is sealed in it.
      if (next !== undefined) links['next'] = `${base}/${type}?_count=${asked.count}&_cursor=${next}`
      const entries = found.records.map((stored) => searchEntry(base, stored))
      entries.push(
        ...found.included.map((stored) => searchEntry(base, stored, 'include')),
        ...outcomeEntries(found, asked.count),
      )
      return fhirAnswer(
        bundleText({ type: 'searchset', ...(total === undefined ? {} : { total }), settled, links, entries }),
      )
    },
    ...openHistories(records, base),
    ...openChanges(records, base, inTurn),
  }
}

function fhirAnswer(body: Buffer): Answer {
  return { status: 200, headers: { 'content-type': fhirJson }, body }
}

function searchIn(type: ResourceType, parameters: URLSearchParams, strict: boolean): Search {
  const pairs = [...parameters].filter(([name]) => !['_count', '_cursor', '_format', '_pretty'].includes(name))
  const count = parameters.get('_count')
  if (count !== null && !/^\d{1,6}$/.test(count)) throw refuseParameter('parameter-invalid', '_count')
  const cursor = parameters.get('_cursor')
  return {
    type,
    parameters: pairs,
    strict,
    count: Math.min(count === null ? defaultCount : Number(count), mostCount),
    ...(cursor === null ? {} : { cursor }),
  }
}
