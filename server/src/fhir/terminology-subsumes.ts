import { type CodeSystem, subsumption } from '@chartkeep/model/terminology'
import { Refusal } from '#base'
import type { Records } from '#records'
import { ask } from './offered.ts'
import type { OperationParameters } from './operation-parameters.ts'
import type { Operation } from './operation.ts'
import { codeSystemAt, codeSystemOf, refusingFaults } from './terminology-library.ts'
import { canonicalIn, codingIn, parametersAnswer } from './terminology-parameters.ts'

/** CodeSystem-subsumes (R4): how code A stands to code B. */
export function subsumesOperation(records: Records): Operation {
  return {
    code: 'subsumes',
    levels: ['type', 'instance'],
    types: ['CodeSystem'],
    methods: ['GET', 'POST'],
    affectsState: false,
    definition: 'http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes',
    documentation: 'Whether one code means what another means, more, less or something else.',
    accepts: [
      { name: 'codeA', type: 'code', documentation: 'One code; with system.' },
      { name: 'codeB', type: 'code', documentation: 'The other code.' },
      { name: 'codingA', type: 'Coding', documentation: 'One code with its system.' },
      { name: 'codingB', type: 'Coding', documentation: 'The other code, of the same system.' },
      { name: 'system', type: 'uri', documentation: 'Their code system.' },
      { name: 'version', type: 'string', documentation: 'Its version.' },
    ],
    async run({ exchange, id, parameters }) {
      ask(exchange, 'read', 'CodeSystem')
      const [a, b] = [codeIn(parameters, 'A'), codeIn(parameters, 'B')]
      const canonical = canonicalIn(parameters, 'system', 'version') ?? a.system ?? b.system
      if ((id === undefined) === (canonical === undefined)) throw new Refusal('input-invalid')
      return refusingFaults(async () => {
        const definitions = { records, asking: exchange }
        const system =
          id === undefined ? await codeSystemAt(definitions, canonical ?? '') : await codeSystemOf(definitions, id)
        if (system === undefined) throw new Refusal('code-system-unknown')
        const outcome = isOf(system, a) && isOf(system, b) ? subsumption(system, a.code, b.code) : undefined
        if (outcome === undefined) throw new Refusal('code-unknown')
        return parametersAnswer([{ name: 'outcome', valueCode: outcome }])
      })
    },
  }
}

interface SystemCode {
  readonly system: string | undefined
  readonly code: string
}

function codeIn(parameters: OperationParameters, which: 'A' | 'B'): SystemCode {
  const code = parameters.text(`code${which}`)
  const coding = parameters.value(`coding${which}`)
  if ((code === undefined) === (coding === undefined)) throw new Refusal('input-invalid')
  return code === undefined ? codingIn(coding) : { code, system: undefined }
}

function isOf({ url }: CodeSystem, { system }: SystemCode): boolean {
  return system === undefined || system === url
}
