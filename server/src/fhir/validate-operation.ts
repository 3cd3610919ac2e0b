import { isObject, type ResourceType, validate } from '@chartkeep/model/fhir'
import { type Finding, type Id, Refusal } from '#base'
import type { Answer } from '#http'
import { parseStored, type Records } from '#records'
import { fhirJson } from './answers.ts'
import { ask, type Asking, type Interaction } from './offered.ts'
import type { Operation } from './operation.ts'

/** What is to become of the resource decides whose right it is; without a mode it is only looked at. */
const modes: ReadonlyMap<string, Interaction> = new Map([
  ['create', 'create'],
  ['update', 'update'],
  ['delete', 'delete'],
  ['profile', 'read'],
])

/** Resource-validate (R4): all that is wrong, as an OperationOutcome with status 200. The use is recorded, not the content. */
export function validateOperation(records: Records): Operation {
  return {
    code: 'validate',
    levels: ['type', 'instance'],
    types: [],
    methods: ['POST'],
    affectsState: false,
    definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
    documentation:
      'Everything that is wrong with a resource: its structure, its constraints and the profiles it claims.',
    accepts: [
      { name: 'resource', type: 'Resource', documentation: 'What is to be validated; left out, the record itself.' },
      { name: 'mode', type: 'code', documentation: 'create, update, delete or profile.' },
      { name: 'profile', type: 'uri', documentation: 'A profile to validate against, beside those it claims.' },
    ],
    async run({ exchange, type, id, parameters }) {
      if (type === undefined) throw new Refusal('route-unknown')
      const mode = parameters.text('mode')
      const interaction = mode === undefined ? 'read' : modes.get(mode)
      if (interaction === undefined) throw new Refusal('parameter-invalid')
      const sent = parameters.resource('resource')
      const grant = ask(exchange, interaction, type)
      if (sent === undefined) return answer(await stored(records, exchange, type, id))
      await records.recordUse([grant], '$validate', exchange.request)
      return answer(findingsOf(sent, type, id))
    },
  }
}

async function stored(
  records: Records,
  asking: Asking,
  type: ResourceType,
  id: Id<string> | undefined,
): Promise<readonly Finding[]> {
  if (id === undefined) throw new Refusal('input-invalid')
  const { json } = await records.read(ask(asking, 'read', type), id, asking.request)
  return validate(parseStored(json), 'warning')
}

function findingsOf(sent: unknown, type: ResourceType, id: Id<string> | undefined): readonly Finding[] {
  const findings: Finding[] = validate(sent, 'warning')
  if (!isObject(sent)) return findings
  if (sent['resourceType'] !== type)
    findings.push({ expression: '$this', issue: 'invalid', text: 'is not of the type that the address names' })
  if (id !== undefined && sent['id'] !== id)
    findings.push({ expression: `${type}.id`, issue: 'invalid', text: 'is not the id that the address names' })
  return findings
}

function answer(findings: readonly Finding[]): Answer {
  const issue = findings.map(({ severity = 'error', expression, issue: code, text }) => ({
    severity,
    code,
    details: { text },
    expression: [expression],
  }))
  const fine = { severity: 'information', code: 'informational', details: { text: 'Nothing is wrong with it.' } }
  const outcome = { resourceType: 'OperationOutcome', issue: issue.length === 0 ? [fine] : issue }
  return { status: 200, headers: { 'content-type': fhirJson }, body: JSON.stringify(outcome) }
}
