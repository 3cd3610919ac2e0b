import { dateRange, isResourceType, type ResourceType, resourceTypes } from '@chartkeep/model/fhir'
import { parseId, Refusal, refuseParameter } from '#base'
import type { Action, Grant } from '#policy'
import type { EverythingAsk, Records } from '#records'
import { fhirJson } from './answers.ts'
import { openBinaries } from './binaries.ts'
import { bundleText, searchEntry } from './bundle-text.ts'
import { ask, type Asking, isOffered } from './offered.ts'
import type { OperationParameters } from './operation-parameters.ts'
import type { Operation } from './operation.ts'

const charted = resourceTypes.filter((type) => type !== 'Patient' && isOffered(type, 'search'))
/**
 * Of the practice's, what a chart is not understood without: who treats, where, with what. A Binary is opened apart, and a
 * Bundle that is the practice's is about several patients.
 */
const apart: readonly ResourceType[] = ['Patient', 'Binary', 'Bundle']
const referred = resourceTypes.filter((type) => !apart.includes(type) && isOffered(type, 'read'))

const mostCount = 1000

/** Patient-everything (R4): each type under its own right, and those without one are not part of it. */
export function everythingOperation(records: Records, base: () => string): Operation {
  return {
    code: 'everything',
    levels: ['instance'],
    types: ['Patient'],
    methods: ['GET', 'POST'],
    affectsState: false,
    definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
    documentation: `The patient, all records of the patient's chart, and what they refer to: records of the practice, and the content of documents. ${mostCount} to a page.`,
    accepts: [
      { name: 'start', type: 'date', documentation: 'Care on or after this day; records without a date are in.' },
      { name: 'end', type: 'date', documentation: 'Care on or before this day; records without a date are in.' },
      { name: '_since', type: 'instant', documentation: 'Only what was changed since.' },
      { name: '_type', type: 'code', documentation: 'Only these types; several, or one list with commas.' },
      { name: '_count', type: 'integer', documentation: 'Records to a page.' },
      { name: '_cursor', type: 'string', documentation: 'Of the next link.' },
    ],
    async run({ exchange, id, parameters }) {
      const patient = parseId<'patient'>(id ?? '')
      if (patient === undefined) throw new Refusal('not-found')
      const asked = { patient, ...askedIn(parameters) }
      const wanted = typesIn(parameters)
      const grants = {
        patient: ask(exchange, 'read', 'Patient'),
        compartment: given(
          exchange,
          'search',
          charted.filter((type) => wanted?.has(type) ?? true),
        ),
        referred: given(
          exchange,
          'read',
          referred.filter((type) => wanted?.has(type) ?? true),
        ),
      }
      const everything = await records.everything(grants, asked, exchange.request)
      const { records: found, included, binaries, next, settled } = everything
      const contents = wanted?.has('Binary') === false ? [] : await openBinaries(records, exchange, patient, binaries)
      const address = `${base()}/Patient/${patient}/$everything`
      const link = (more: readonly [string, string][]) => {
        const query = new URLSearchParams([...saidIn(parameters), ...more]).toString()
        return query === '' ? address : `${address}?${query}`
      }
      const links = { self: link([]), ...(next === undefined ? {} : { next: link([['_cursor', next]]) }) }
      const entries = found.map((stored) => searchEntry(base(), stored))
      entries.push(...[...included, ...contents].map((stored) => searchEntry(base(), stored, 'include')))
      const complete = next === undefined && asked.cursor === undefined
      const total = complete ? { total: found.length } : {}
      return {
        status: 200,
        headers: { 'content-type': fhirJson },
        body: bundleText({ type: 'searchset', ...total, settled, links, entries }),
      }
    },
  }
}

/** The grants that policy gives. */
function given<A extends Action & ('read' | 'search')>(
  asking: Asking,
  action: A,
  types: readonly ResourceType[],
): Grant<A>[] {
  return types.flatMap((type) => {
    try {
      return ask(asking, action, type)
    } catch (error) {
      if (error instanceof Refusal) return []
      throw error
    }
  })
}

function askedIn(parameters: OperationParameters): Omit<EverythingAsk, 'patient'> {
  const range = (name: string) => {
    const text = parameters.text(name)?.replace(' ', '+')
    const found = text === undefined ? undefined : dateRange(text)
    if (text !== undefined && found === undefined) throw refuseParameter('parameter-invalid', name)
    return found
  }
  const count = parameters.text('_count')
  if (count !== undefined && !/^\d{1,6}$/.test(count)) throw refuseParameter('parameter-invalid', '_count')
  return {
    start: range('start')?.low,
    end: range('end')?.high,
    since: range('_since')?.low,
    count: Math.min(Math.max(1, Number(count ?? mostCount)), mostCount),
    cursor: parameters.text('_cursor'),
  }
}

function typesIn(parameters: OperationParameters): ReadonlySet<ResourceType> | undefined {
  const texts = parameters.texts('_type').flatMap((text) => text.split(','))
  if (texts.length === 0) return undefined
  const types = texts.map((text) => {
    if (!isResourceType(text)) throw refuseParameter('parameter-invalid', '_type')
    return text
  })
  return new Set(types)
}

function saidIn(parameters: OperationParameters): [string, string][] {
  return parameters.all
    .filter(({ name }) => name !== '_cursor')
    .map(({ name }) => name)
    .filter((name, index, names) => names.indexOf(name) === index)
    .flatMap((name) => parameters.texts(name).map((value): [string, string] => [name, value]))
}
