import { isObject, type ResourceType } from '@chartkeep/model/fhir'
import { type Finding, type Id, Refusal, refuseParameter } from '#base'
import type { Answer } from '#http'
import { parseStored, type Records } from '#records'
import { fhirJson } from './answers.ts'
import type { Judge } from './judge/judge.ts'
import { grantFor } from '#policy'
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
export function validateOperation(records: Records, judge: Judge): Operation {
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
      if (interaction === undefined) throw refuseParameter('parameter-invalid', 'mode')
      const sent = parameters.resource('resource')
      const profile = parameters.text('profile')
      // What is judged need not be kept: a Bundle, an AuditEvent.
      const grant = grantFor(exchange, interaction, type)
      if (sent === undefined) return answer(await stored({ records, judge }, exchange, { type, id, profile }))
      await records.recordUse([grant], '$validate', exchange.request)
      return answer(await findingsOn(judge, sent, { type, id, profile }, exchange.signal))
    },
  }
}

interface Asked {
  readonly type: ResourceType
  readonly id: Id<string> | undefined
  readonly profile: string | undefined
}

async function stored(
  { records, judge }: { readonly records: Records; readonly judge: Judge },
  asking: Asking,
  { type, id, profile }: Asked,
): Promise<readonly Finding[]> {
  if (id === undefined) throw new Refusal('input-invalid')
  const { json } = await records.read(ask(asking, 'read', type), id, asking.request)
  return judge.findings(parseStored(json), profile, asking.signal)
}

async function findingsOn(
  judge: Judge,
  sent: unknown,
  { type, id, profile }: Asked,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings = [...(await judge.findings(sent, profile, signal))]
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
