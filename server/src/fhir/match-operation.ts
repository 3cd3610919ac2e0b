import { refuseParameter } from '#base'
import type { PatientMatch, Records } from '#records'
import { fhirJson } from './answers.ts'
import { bundleText, type EntryText } from './bundle-text.ts'
import type { Judge } from './judge/judge.ts'
import { ask } from './offered.ts'
import type { Operation } from './operation.ts'
import { requireType } from './resource-body.ts'

const defaultCount = 10
const mostCount = 50

interface MatchParts {
  readonly records: Records
  readonly judge: Judge
  base(): string
}

/** Patient-match (R4): by Parameters, for nobody's name stands in an address. */
export function matchOperation({ records, judge, base }: MatchParts): Operation {
  return {
    code: 'match',
    levels: ['type'],
    types: ['Patient'],
    methods: ['POST'],
    affectsState: false,
    definition: 'http://hl7.org/fhir/OperationDefinition/Patient-match',
    documentation: 'Patients who may be the person described, likeliest first, each with a score and a grade.',
    accepts: [
      { name: 'resource', type: 'Resource', documentation: 'A Patient with what is known.' },
      { name: 'onlyCertainMatches', type: 'boolean', documentation: 'Only the one of whom it is certain, or nobody.' },
      { name: 'count', type: 'integer', documentation: `At most so many: ${defaultCount} unless given.` },
    ],
    async run({ exchange, parameters }) {
      const grant = ask(exchange, 'search', 'Patient')
      const described = requireType('Patient', await judge.resource(parameters.resource('resource'), exchange.signal))
      const count = Number(parameters.text('count') ?? defaultCount)
      if (!Number.isInteger(count) || count < 1) throw refuseParameter('parameter-invalid', 'count')
      const only = parameters.text('onlyCertainMatches') ?? 'false'
      if (only !== 'true' && only !== 'false') throw refuseParameter('parameter-invalid', 'onlyCertainMatches')
      const asked = { described, count: Math.min(count, mostCount), onlyCertain: only === 'true' }
      const found = await records.matchPatients(grant, asked, exchange.request)
      const entries = found.map((match) => matchEntry(base(), match))
      return {
        status: 200,
        headers: { 'content-type': fhirJson },
        body: bundleText({ type: 'searchset', total: found.length, entries }),
      }
    },
  }
}

function matchEntry(base: string, { stored, score, grade }: PatientMatch): EntryText {
  const extension = [{ url: 'http://hl7.org/fhir/StructureDefinition/match-grade', valueCode: grade }]
  return {
    before: `"fullUrl":"${base}/Patient/${stored.id}","resource":`,
    json: stored.json,
    after: `,"search":${JSON.stringify({ extension, mode: 'match', score })}`,
  }
}
