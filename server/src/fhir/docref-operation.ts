import { type DateRange, dateRange, isObject, type Resource } from '@chartkeep/model/fhir'
import { parseId, refuseParameter } from '#base'
import { parseStored, type Records } from '#records'
import { fhirJson } from './answers.ts'
import { bundleText, searchEntry } from './bundle-text.ts'
import { ask } from './offered.ts'
import type { OperationParameters } from './operation-parameters.ts'
import type { Operation } from './operation.ts'

const mostDocuments = 1000

/**
 * DocumentReference-docref of US Core: references to the patient's documents. Without a time only the newest is
 * in scope, as its definition says; documents are kept here and not made on demand.
 */
export function docrefOperation(records: Records, base: () => string): Operation {
  return {
    code: 'docref',
    levels: ['type'],
    types: ['DocumentReference'],
    methods: ['GET', 'POST'],
    affectsState: false,
    definition: 'http://hl7.org/fhir/us/core/OperationDefinition/docref',
    documentation: 'References to a patient’s documents, by the time of care and the type of document.',
    accepts: [
      { name: 'patient', type: 'id', documentation: 'Whose documents.' },
      { name: 'start', type: 'dateTime', documentation: 'Documents about care at or after this time.' },
      { name: 'end', type: 'dateTime', documentation: 'Documents about care at or before this time.' },
      { name: 'type', type: 'CodeableConcept', documentation: 'Documents of this type; by the address system|code.' },
      { name: 'on-demand', type: 'boolean', documentation: 'Documents that are made when they are asked for: none.' },
      { name: 'profile', type: 'canonical', documentation: 'Documents that claim this profile.' },
    ],
    async run({ exchange, parameters }) {
      const grant = ask(exchange, 'search', 'DocumentReference')
      const patient = parseId<'patient'>((parameters.text('patient') ?? '').replace(/^Patient\//, ''))
      if (patient === undefined) throw refuseParameter('parameter-invalid', 'patient')
      const [start, end] = [parameters.text('start'), parameters.text('end')]
      const criteria = criteriaIn(parameters)
      const [from, to] = [rangeOf('start', start)?.low ?? -Infinity, rangeOf('end', end)?.high ?? Infinity]
      const onDemand = parameters.text('on-demand') ?? 'false'
      if (onDemand !== 'true' && onDemand !== 'false') throw refuseParameter('parameter-invalid', 'on-demand')
      const question = [['patient', `Patient/${patient}`], ...criteria, ['_sort', '-date']] as const
      const { signal, request } = exchange
      const search = {
        type: 'DocumentReference',
        parameters: question,
        strict: true,
        count: mostDocuments,
        base: `${base()}/`,
        signal,
      } as const
      const { records: found } = onDemand === 'true' ? { records: [] } : await records.search(grant, search, request)
      const newest = found.slice(0, 1)
      const shown =
        start === undefined && end === undefined
          ? newest
          : found.filter(({ json }) => isWithin(parseStored(json), from, to))
      // What was asked is not repeated in the link: addresses end up in logs.
      const links = { self: `${base()}/DocumentReference/$docref` }
      const entries = shown.map((stored) => searchEntry(base(), stored))
      return {
        status: 200,
        headers: { 'content-type': fhirJson },
        body: bundleText({ type: 'searchset', total: shown.length, links, entries }),
      }
    },
  }
}

type Criteria = (readonly [string, string])[]

/** Documents that are current, of the type that was asked for. */
function criteriaIn(parameters: OperationParameters): Criteria {
  const type = typeIn(parameters)
  const profile = parameters.text('profile')
  return [
    ['status', 'current'],
    ...(type === undefined ? [] : [['type', type] as const]),
    ...(profile === undefined ? [] : [['_profile', escaped(profile)] as const]),
  ]
}

/** By the time of care; where a document does not say it, by the time when it was made. */
function isWithin({ context, date }: Resource, from: number, to: number): boolean {
  const period = isObject(context) && isObject(context['period']) ? context['period'] : { start: date, end: date }
  const low = typeof period['start'] === 'string' ? dateRange(period['start'])?.low : undefined
  const high = typeof period['end'] === 'string' ? dateRange(period['end'])?.high : undefined
  return (low ?? -Infinity) < to && (high ?? Infinity) > from
}

function rangeOf(name: string, text: string | undefined): DateRange | undefined {
  // A plus that was not escaped comes as a space.
  const range = text === undefined ? undefined : dateRange(text.replace(' ', '+'))
  if (text !== undefined && range === undefined) throw refuseParameter('parameter-invalid', name)
  return range
}

/** A CodeableConcept of the body, any of whose codings will do, or the token of an address. */
function typeIn(parameters: OperationParameters): string | undefined {
  const value = parameters.value('type')
  if (value === undefined || typeof value === 'string') return value
  const codings: unknown = isObject(value) ? value['coding'] : undefined
  const tokens = (Array.isArray(codings) ? codings : []).map((coding: unknown) => {
    const { system, code } = isObject(coding) ? coding : {}
    if (typeof code !== 'string') throw refuseParameter('parameter-invalid', 'type')
    return typeof system === 'string' ? `${escaped(system)}|${escaped(code)}` : escaped(code)
  })
  if (tokens.length === 0) throw refuseParameter('parameter-invalid', 'type')
  return tokens.join(',')
}

/** As a value of a search: what separates values there is part of this one. */
function escaped(text: string): string {
  return text.replace(/[\\,$|]/g, '\\$&')
}
