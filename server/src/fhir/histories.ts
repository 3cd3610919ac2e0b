import { dateRange, type ResourceType, resourceTypes } from '@chartkeep/model/fhir'
import { type Id, Refusal, refuseParameter } from '#base'
import type { Answer } from '#http'
import type { Grant } from '#policy'
import type { HistoryAsk, HistoryPage, Records } from '#records'
import { fhirJson } from './answers.ts'
import { bundleText, historyEntry } from './bundle-text.ts'
import { ask, type Asking, isOffered } from './offered.ts'

/** The versions of one record, of a type's records, or of all that the asker has a right to. */
export interface Histories {
  history(asking: Asking, type: ResourceType, id: Id<string>, parameters: URLSearchParams): Promise<Answer>
  historyOfType(asking: Asking, type: ResourceType, parameters: URLSearchParams): Promise<Answer>
  historyOfSystem(asking: Asking, parameters: URLSearchParams): Promise<Answer>
}

const defaultCount = 50
const mostCount = 1000
const known = ['_count', '_since', '_at', '_cursor', '_format', '_pretty']

export function openHistories(records: Records, base: string): Histories {
  function answer(
    address: string,
    parameters: URLSearchParams,
    { versions, next, total, settled }: HistoryPage,
  ): Answer {
    const asked = [...parameters].filter(([name]) => ['_count', '_since', '_at'].includes(name))
    const link = (more: readonly [string, string][]) => {
      const query = new URLSearchParams([...asked, ...more]).toString()
      return `${base}${address}/_history${query === '' ? '' : `?${query}`}`
    }
    const links = { self: link([]), ...(next === undefined ? {} : { next: link([['_cursor', next]]) }) }
    const entries = versions.map((stored) => historyEntry(base, stored))
    const body = bundleText({ type: 'history', ...(total === undefined ? {} : { total }), settled, links, entries })
    return { status: 200, headers: { 'content-type': fhirJson }, body }
  }

  return {
    async history(asking, type, id, parameters) {
      const grant = ask(asking, 'history', type)
      const page = await records.history(grant, id, historyIn(parameters), asking.request)
      return answer(`/${type}/${id}`, parameters, page)
    },
    async historyOfType(asking, type, parameters) {
      const grant = ask(asking, 'history', type)
      return answer(
        `/${type}`,
        parameters,
        await records.historyOfTypes([grant], historyIn(parameters), asking.request),
      )
    },
    async historyOfSystem(asking, parameters) {
      const grants = everyGrant(asking)
      return answer('', parameters, await records.historyOfTypes(grants, historyIn(parameters), asking.request))
    },
  }
}

/** Of each type that the asker may see the history of. Throws what policy says of patients when there is none. */
function everyGrant(asking: Asking): [Grant<'history'>, ...Grant<'history'>[]] {
  const grants = resourceTypes.flatMap((type) => {
    if (!isOffered(type, 'history')) return []
    try {
      return ask(asking, 'history', type)
    } catch (error) {
      if (error instanceof Refusal) return []
      throw error
    }
  })
  const [first, ...rest] = grants
  return first === undefined ? [ask(asking, 'history', 'Patient')] : [first, ...rest]
}

/** R4 http, 3.1.0.12. Throws 'parameter-unknown' and 'parameter-invalid': leaving one out would show more than was asked. */
function historyIn(parameters: URLSearchParams): HistoryAsk {
  for (const name of parameters.keys()) if (!known.includes(name)) throw new Refusal('parameter-unknown')
  const text = (name: string): string | undefined => {
    const [value, ...others] = parameters.getAll(name)
    if (others.length > 0) throw refuseParameter('parameter-invalid', name)
    return value
  }
  const range = (name: string) => {
    // A plus that was not escaped comes as a space.
    const value = text(name)?.replace(' ', '+')
    const found = value === undefined ? undefined : dateRange(value)
    if (value !== undefined && found === undefined) throw refuseParameter('parameter-invalid', name)
    return found
  }
  const count = text('_count')
  if (count !== undefined && !/^\d{1,6}$/.test(count)) throw refuseParameter('parameter-invalid', '_count')
  return {
    count: Math.min(Math.max(1, Number(count ?? defaultCount)), mostCount),
    since: range('_since')?.low,
    at: range('_at'),
    cursor: text('_cursor'),
  }
}
