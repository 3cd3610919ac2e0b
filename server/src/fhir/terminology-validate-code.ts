import { type AskedCode, judgeAny, judgeCode, type Judgement, openMembers } from '@chartkeep/model/terminology'
import { Refusal } from '#base'
import type { Records } from '#records'
import type { Judge } from './judge/judge.ts'
import { ask } from './offered.ts'
import type { OperationParameters } from './operation-parameters.ts'
import type { AcceptedParameter, Operation } from './operation.ts'
import { askedValueSet } from './terminology-expand.ts'
import {
  codeSystemAt,
  codeSystemOf,
  type Definitions,
  libraryFor,
  refusingFaults,
  sentCodeSystem,
} from './terminology-library.ts'
import { booleanIn, canonicalIn, codingIn, codingsIn, judgementAnswer } from './terminology-parameters.ts'

// Both operations answer that a code is not right with `result` false and the reason, also when its system is not known.

const common: readonly AcceptedParameter[] = [
  { name: 'code', type: 'code', documentation: 'The code.' },
  { name: 'display', type: 'string', documentation: 'Its display, which is then checked too.' },
  { name: 'coding', type: 'Coding', documentation: 'Code, system, version and display in one.' },
  { name: 'codeableConcept', type: 'CodeableConcept', documentation: 'Right when one of its codings is.' },
  { name: 'abstract', type: 'boolean', documentation: 'True: concepts that only group others are right too.' },
  { name: 'displayLanguage', type: 'code', documentation: 'Displays are compared with every name that is known.' },
]

/** ValueSet-validate-code (R4). */
export function validateInValueSet(records: Records, judge: Judge): Operation {
  return {
    code: 'validate-code',
    levels: ['type', 'instance'],
    types: ['ValueSet'],
    methods: ['GET', 'POST'],
    affectsState: false,
    definition: 'http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code',
    documentation: 'Whether a code is in a value set that is shipped, stored or sent.',
    accepts: [
      { name: 'url', type: 'uri', documentation: 'Canonical of the value set, with or without a version.' },
      { name: 'valueSet', type: 'ValueSet', documentation: 'The value set itself.' },
      { name: 'valueSetVersion', type: 'string', documentation: 'Its version.' },
      { name: 'system', type: 'uri', documentation: 'System of the code; without it the code may be of any.' },
      { name: 'systemVersion', type: 'string', documentation: 'Version of the system.' },
      ...common,
    ],
    async run(asked) {
      const { exchange, parameters } = asked
      ask(exchange, 'read', 'ValueSet')
      const definitions = { records, asking: exchange }
      const codes = codesIn(parameters, 'systemVersion')
      const abstract = booleanIn(parameters, 'abstract') ?? false
      return refusingFaults(async () => {
        const set = await askedValueSet(definitions, asked, judge)
        const isMember = openMembers(await libraryFor(definitions, set), set)
        return judgementAnswer(judgeAny(codes, (one) => isMember(one, abstract)))
      })
    },
  }
}

/** CodeSystem-validate-code (R4). */
export function validateInCodeSystem(records: Records, judge: Judge): Operation {
  return {
    code: 'validate-code',
    levels: ['type', 'instance'],
    types: ['CodeSystem'],
    methods: ['GET', 'POST'],
    affectsState: false,
    definition: 'http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code',
    documentation: 'Whether a code system that is shipped, stored or sent has a code.',
    accepts: [
      { name: 'url', type: 'uri', documentation: 'Canonical of the code system; a coding may name it instead.' },
      { name: 'codeSystem', type: 'CodeSystem', documentation: 'The code system itself.' },
      { name: 'version', type: 'string', documentation: 'Its version.' },
      ...common,
    ],
    async run({ exchange, id, parameters }) {
      ask(exchange, 'read', 'CodeSystem')
      const definitions = { records, asking: exchange }
      const codes = codesIn(parameters, 'version')
      const abstract = booleanIn(parameters, 'abstract') ?? false
      const canonical = canonicalIn(parameters, 'url', 'version')
      const sent = parameters.resource('codeSystem')
      if ([id, canonical, sent].filter((one) => one !== undefined).length > 1) throw new Refusal('input-invalid')
      return refusingFaults(async () => {
        if (sent !== undefined || id !== undefined) {
          const system = id === undefined ? await sentCodeSystem(judge, sent) : await codeSystemOf(definitions, id)
          const ofSystem = (one: AskedCode): Judgement =>
            judgeCode((one.system ?? system.url) === system.url ? system : undefined, one, abstract)
          return judgementAnswer(judgeAny(codes, ofSystem))
        }
        return judgementAnswer(await judgeNamed(definitions, codes, canonical, abstract))
      })
    },
  }
}

/** Each code against the system that it names; all of them against the one that the question names. */
async function judgeNamed(
  definitions: Definitions,
  codes: readonly AskedCode[],
  canonical: string | undefined,
  abstract: boolean,
): Promise<Judgement> {
  const judged = new Map<AskedCode, Judgement>()
  for (const one of codes) {
    const named = one.system === undefined || one.version === undefined ? one.system : `${one.system}|${one.version}`
    const asked = canonical ?? named
    if (asked === undefined) throw new Refusal('input-invalid')
    const system = await codeSystemAt(definitions, asked)
    const fits = one.system === undefined || one.system === system?.url
    judged.set(one, judgeCode(fits ? system : undefined, one, abstract))
  }
  return judgeAny(codes, (one) => judged.get(one) ?? unjudged())
}

function unjudged(): never {
  throw new Error('each code is judged')
}

/** What is to be judged. Throws 'input-invalid' unless it is a code, a coding or a concept. */
function codesIn(parameters: OperationParameters, version: string): readonly AskedCode[] {
  const code = parameters.text('code')
  const coding = parameters.value('coding')
  const concept = parameters.value('codeableConcept')
  if ([code, coding, concept].filter((one) => one !== undefined).length !== 1) throw new Refusal('input-invalid')
  if (coding !== undefined) return [codingIn(coding)]
  if (code === undefined) return codingsIn(concept)
  const display = parameters.text('display')
  return [{ code, display, system: parameters.text('system'), version: parameters.text(version) }]
}
