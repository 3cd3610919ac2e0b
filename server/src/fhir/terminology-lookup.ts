import { type CodeSystem, type Concept, findConcept } from '@chartkeep/model/terminology'
import { Refusal } from '#base'
import type { Answer } from '#http'
import type { Records } from '#records'
import { ask } from './offered.ts'
import type { OperationParameters } from './operation-parameters.ts'
import type { Operation } from './operation.ts'
import { codeSystemAt, refusingFaults } from './terminology-library.ts'
import { canonicalIn, codingIn, type Output, parametersAnswer } from './terminology-parameters.ts'

/** CodeSystem-lookup (R4): all that is known of a code. */
export function lookupOperation(records: Records): Operation {
  return {
    code: 'lookup',
    levels: ['type'],
    types: ['CodeSystem'],
    methods: ['GET', 'POST'],
    affectsState: false,
    definition: 'http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup',
    documentation: 'What a code means: display, other names, what stands above and below it, and its properties.',
    accepts: [
      { name: 'code', type: 'code', documentation: 'The code; with system.' },
      { name: 'system', type: 'uri', documentation: 'Its code system.' },
      { name: 'version', type: 'string', documentation: 'Version of the code system.' },
      { name: 'coding', type: 'Coding', documentation: 'Code, system and version in one.' },
      { name: 'displayLanguage', type: 'code', documentation: 'Displays are in the language that they are known in.' },
      {
        name: 'property',
        type: 'code',
        documentation: 'What is wanted, such as parent; all when left out; may repeat.',
      },
    ],
    async run({ exchange, parameters }) {
      ask(exchange, 'read', 'CodeSystem')
      const { canonical, code } = codeIn(parameters)
      return refusingFaults(async () => {
        const system = await codeSystemAt({ records, asking: exchange }, canonical)
        if (system === undefined) throw new Refusal('code-system-unknown')
        const concept = findConcept(system, code)
        if (concept === undefined) throw new Refusal('code-unknown')
        return answer(system, concept, parameters.texts('property'))
      })
    },
  }
}

function codeIn(parameters: OperationParameters): { readonly canonical: string; readonly code: string } {
  const coding = parameters.value('coding')
  const code = parameters.text('code')
  if ((coding === undefined) === (code === undefined)) throw new Refusal('input-invalid')
  const canonical = canonicalIn(parameters, 'system', 'version')
  if (code !== undefined) {
    if (canonical === undefined) throw new Refusal('input-invalid')
    return { canonical, code }
  }
  const { system, version, code: coded } = codingIn(coding)
  if (system === undefined || canonical !== undefined) throw new Refusal('input-invalid')
  return { canonical: version === undefined ? system : `${system}|${version}`, code: coded }
}

function answer({ name, version }: CodeSystem, concept: Concept, wanted: readonly string[]): Answer {
  const wants = (code: string): boolean => wanted.length === 0 || wanted.includes(code)
  const { code, display = code, designations } = concept
  const ofLanguage = (language: string | undefined): boolean =>
    wants('designation') || (language !== undefined && wanted.includes(`lang.${language}`))
  return parametersAnswer([
    { name: 'name', valueString: name },
    ...(version === undefined ? [] : [{ name: 'version', valueString: version }]),
    { name: 'display', valueString: display },
    ...designations
      .filter(({ language }) => ofLanguage(language))
      .map(({ language, value }) => ({
        name: 'designation',
        part: [
          ...(language === undefined ? [] : [{ name: 'language', valueCode: language }]),
          { name: 'value', valueString: value },
        ],
      })),
    ...propertiesOf(concept)
      .filter((one) => wants(one.code))
      .map(propertyOutput),
  ])
}

interface NamedValue {
  readonly code: string
  readonly element: string
  readonly value: unknown
}

/** Its own properties, and those that its place gives it, each once. */
function propertiesOf({ parents, children, inactive, abstract, definition, properties }: Concept): NamedValue[] {
  const own = properties.filter(({ code }) => !['parent', 'child', 'inactive', 'notSelectable'].includes(code))
  return [
    ...(definition === undefined ? [] : [{ code: 'definition', element: 'valueString', value: definition }]),
    ...parents.map((value) => ({ code: 'parent', element: 'valueCode', value })),
    ...children.map((value) => ({ code: 'child', element: 'valueCode', value })),
    { code: 'inactive', element: 'valueBoolean', value: inactive },
    ...(abstract ? [{ code: 'notSelectable', element: 'valueBoolean', value: true }] : []),
    ...own,
  ]
}

function propertyOutput({ code, element, value }: NamedValue): Output {
  return {
    name: 'property',
    part: [
      { name: 'code', valueCode: code },
      { name: 'value', [element]: value },
    ],
  }
}
