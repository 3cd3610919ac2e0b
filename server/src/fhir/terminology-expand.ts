import {
  expand,
  type Expansion,
  type Member,
  type Page,
  pageOf,
  splitCanonical,
  type ValueSet,
} from '@chartkeep/model/terminology'
import { type Clock, Refusal } from '#base'
import type { Records } from '#records'
import { ask } from './offered.ts'
import type { OperationParameters } from './operation-parameters.ts'
import type { Judge } from './judge/judge.ts'
import type { Operation, OperationAsked } from './operation.ts'
import {
  type Definitions,
  libraryFor,
  refusingFaults,
  sentValueSet,
  valueSetAt,
  valueSetOf,
} from './terminology-library.ts'
import { booleanIn, canonicalIn, countIn, resourceAnswer } from './terminology-parameters.ts'

// More than this in one answer is asked for in pages.
const mostListed = 10_000

/** ValueSet-expand (R4). What is shipped is nobody's record and leaves no entry; looking at a stored definition does. */
export function expandOperation(records: Records, clock: Clock, judge: Judge): Operation {
  return {
    code: 'expand',
    levels: ['type', 'instance'],
    types: ['ValueSet'],
    methods: ['GET', 'POST'],
    affectsState: false,
    definition: 'http://hl7.org/fhir/OperationDefinition/ValueSet-expand',
    documentation: 'The codes of a value set that is shipped, stored or sent, in a flat list.',
    accepts: [
      { name: 'url', type: 'uri', documentation: 'Canonical of the value set, with or without a version.' },
      { name: 'valueSet', type: 'ValueSet', documentation: 'The value set itself.' },
      { name: 'resource', type: 'ValueSet', documentation: 'The value set itself, sent without Parameters.' },
      { name: 'valueSetVersion', type: 'string', documentation: 'Its version.' },
      { name: 'filter', type: 'string', documentation: 'Words that the display or the code has in it.' },
      { name: 'offset', type: 'integer', documentation: 'How many codes to leave out at the beginning.' },
      { name: 'count', type: 'integer', documentation: 'How many codes to list.' },
      { name: 'activeOnly', type: 'boolean', documentation: 'Without retired codes.' },
      { name: 'includeDesignations', type: 'boolean', documentation: 'With other names, as far as they are known.' },
      { name: 'includeDefinition', type: 'boolean', documentation: 'Only false: the definition is read by itself.' },
      { name: 'excludeNested', type: 'boolean', documentation: 'Lists are always flat.' },
      { name: 'excludeNotForUI', type: 'boolean', documentation: 'False: with concepts that only group others.' },
      { name: 'excludePostCoordinated', type: 'boolean', documentation: 'There are none.' },
      { name: 'displayLanguage', type: 'code', documentation: 'Displays are in the language that they are known in.' },
      { name: 'exclude-system', type: 'canonical', documentation: 'Without the codes of this system; may repeat.' },
      { name: 'system-version', type: 'canonical', documentation: 'Version to use of a system; may repeat.' },
      { name: 'limitedExpansion', type: 'boolean', documentation: 'True: cut off what is too long to be listed.' },
    ],
    async run(asked) {
      const definitions = { records, asking: asked.exchange }
      ask(asked.exchange, 'read', 'ValueSet')
      return refusingFaults(async () => {
        const set = await askedValueSet(definitions, asked, judge)
        return resourceAnswer(await expanded(definitions, set, asked.parameters, clock))
      })
    },
  }
}

/** The value set in question, named by the address, by a canonical, or sent. Throws 'input-invalid' unless it is one of these. */
export async function askedValueSet(
  definitions: Definitions,
  { id, parameters }: OperationAsked,
  judge: Judge,
): Promise<ValueSet> {
  const canonical = canonicalIn(parameters, 'url', 'valueSetVersion')
  const sent = parameters.resource('valueSet') ?? parameters.resource('resource')
  if ([id, canonical, sent].filter((one) => one !== undefined).length !== 1) throw new Refusal('input-invalid')
  if (id !== undefined) return valueSetOf(definitions, id)
  return canonical === undefined ? sentValueSet(judge, sent) : valueSetAt(definitions, canonical)
}

async function expanded(
  definitions: Definitions,
  set: ValueSet,
  parameters: OperationParameters,
  clock: Clock,
): Promise<object> {
  if (booleanIn(parameters, 'includeDefinition') === true) throw new Refusal('parameter-invalid')
  const pinned = parameters.texts('system-version')
  const versions = new Map(
    pinned.map((canonical) => {
      const { url, version } = splitCanonical(canonical)
      if (version === undefined) throw new Refusal('parameter-invalid')
      return [url, version]
    }),
  )
  const expansion = expand(await libraryFor(definitions, set, pinned), set, { versions })
  if (expansion.members.size === 0 && !expansion.complete) throw new Refusal('value-set-unusable')
  const offset = countIn(parameters, 'offset') ?? 0
  const count = countIn(parameters, 'count')
  const filter = parameters.text('filter')
  const page = pageOf(expansion, {
    ...(filter === undefined ? {} : { filter }),
    offset,
    count: Math.min(count ?? mostListed, mostListed),
    activeOnly: booleanIn(parameters, 'activeOnly') ?? false,
    abstract: booleanIn(parameters, 'excludeNotForUI') === false,
    excludedSystems: new Set(parameters.texts('exclude-system').map((canonical) => splitCanonical(canonical).url)),
  })
  const cut = page.members.length < Math.min(count ?? page.total, page.total - offset)
  if (cut && booleanIn(parameters, 'limitedExpansion') !== true) throw new Refusal('expansion-too-costly')
  const designations = booleanIn(parameters, 'includeDesignations') ?? false
  const { url, version, name, status } = set
  return {
    resourceType: 'ValueSet',
    ...(url === '' ? {} : { url }),
    ...(version === undefined ? {} : { version }),
    ...(name === '' ? {} : { name }),
    status,
    expansion: {
      ...(expansion.complete && !cut ? {} : { extension: [unclosed] }),
      timestamp: new Date(clock.now()).toISOString(),
      total: page.total,
      offset,
      parameter: parametersOf(expansion, { filter, count }),
      ...containsOf(page, designations),
    },
  }
}

const unclosed = { url: 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed', valueBoolean: true }

/** What the list was made with and, so that nobody takes it for whole, what was missing. */
function parametersOf(
  { used, unknown }: Expansion,
  { filter, count }: { readonly filter: string | undefined; readonly count: number | undefined },
): object[] | undefined {
  const parameters = [
    ...(filter === undefined ? [] : [{ name: 'filter', valueString: filter }]),
    ...(count === undefined ? [] : [{ name: 'count', valueInteger: count }]),
    ...[...used].map((canonical) => ({ name: 'version', valueUri: canonical })),
    ...[...unknown].map((canonical) => ({ name: 'unknown', valueUri: canonical })),
  ]
  return parameters.length === 0 ? undefined : parameters
}

/** An empty list is left out, as FHIR wants it. */
function containsOf({ members }: Page, designations: boolean): object {
  return members.length === 0 ? {} : { contains: members.map((one) => containedOf(one, designations)) }
}

function containedOf(member: Member, withDesignations: boolean): object {
  const { system, code, display, abstract, inactive, designations } = member
  return {
    system,
    ...(abstract ? { abstract } : {}),
    ...(inactive ? { inactive } : {}),
    code,
    ...(display === undefined ? {} : { display }),
    ...(withDesignations && designations.length > 0 ? { designation: designations } : {}),
  }
}
