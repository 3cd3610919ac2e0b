import { parseId, refuseParameter } from '#base'
import type { Records } from '#records'
import { fhirJson } from './answers.ts'
import { bundleText, searchEntry } from './bundle-text.ts'
import { ask } from './offered.ts'
import { ownAddresses, withinOwn } from './own-address.ts'
import type { Operation } from './operation.ts'

const mostMax = 100
const criteria = ['category', 'code', 'date', 'status']

/** Observation-lastn (R4). */
export function lastNOperation(records: Records, base: () => string): Operation {
  return {
    code: 'lastn',
    levels: ['type'],
    types: ['Observation'],
    methods: ['GET', 'POST'],
    affectsState: false,
    definition: 'http://hl7.org/fhir/OperationDefinition/Observation-lastn',
    documentation: 'A patient’s newest observations of each code.',
    accepts: [
      { name: 'patient', type: 'reference', documentation: 'Whose; this or subject is needed.' },
      { name: 'subject', type: 'reference', documentation: 'Whose; this or patient is needed.' },
      { name: 'max', type: 'positiveInt', documentation: `How many of each code: 1, at most ${mostMax}.` },
      { name: 'category', type: 'token', documentation: 'Only of this category.' },
      { name: 'code', type: 'token', documentation: 'Only of this code.' },
      { name: 'date', type: 'date', documentation: 'Only of this time.' },
      { name: 'status', type: 'token', documentation: 'Only of this status.' },
    ],
    async run({ exchange, parameters }) {
      const grant = ask(exchange, 'search', 'Observation')
      const named = [...parameters.texts('patient'), ...parameters.texts('subject')]
      const own = ownAddresses(base(), exchange)
      const [text = '', ...others] = new Set(named.map((one) => (withinOwn(one, own) ?? one).replace(/^Patient\//, '')))
      const patient = parseId<'patient'>(text)
      if (patient === undefined || others.length > 0) throw refuseParameter('parameter-invalid', 'patient')
      const max = Number(parameters.text('max') ?? 1)
      if (!Number.isInteger(max) || max < 1 || max > mostMax) throw refuseParameter('parameter-invalid', 'max')
      const asked = criteria.flatMap((name) => parameters.texts(name).map((value) => [name, value] as const))
      const { signal } = exchange
      const found = await records.lastN(grant, { patient, max, criteria: asked, signal }, exchange.request)
      // What was asked is not repeated in the link: addresses end up in logs.
      const links = { self: `${base()}/Observation/$lastn` }
      const entries = found.map((stored) => searchEntry(base(), stored))
      return {
        status: 200,
        headers: { 'content-type': fhirJson },
        body: bundleText({ type: 'searchset', total: found.length, links, entries }),
      }
    },
  }
}
