// What a search parameter finds in a resource by HL7's own FHIRPath engine and the published expression, as elements
// with their types. Nothing of our extraction is used. For tests.
import fhirpath from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4'
import type { Resource } from '../../model/src/fhir/index.ts'
import { readDefinitions, type SearchParameterDefinition } from './definitions.ts'

export interface FoundElement {
  readonly value: unknown
  /** 'CodeableConcept', 'dateTime', 'Boolean' for what the expression worked out … */
  readonly type: string
}

let published: readonly SearchParameterDefinition[] | undefined

const parameters = (): readonly SearchParameterDefinition[] => (published ??= readDefinitions().searchParameters)

/** The published definition; undefined when the type has no such parameter. */
export function definitionOf(type: string, code: string): SearchParameterDefinition | undefined {
  return parameters().find(
    (one) => one.code === code && (one.base.includes(type) || one.base.includes('Resource') || isNarrated(one, type)),
  )
}

function isNarrated({ base }: SearchParameterDefinition, type: string): boolean {
  return base.includes('DomainResource') && !['Binary', 'Bundle', 'Parameters'].includes(type)
}

/** Element types by kind of parameter (R4 search, 3.1.1.4.6 to 3.1.1.4.12): others cannot be searched so. */
// oxfmt-ignore
const searchable: Readonly<Record<string, RegExp>> = {
  token: /^(CodeableConcept|Coding|Identifier|ContactPoint|code|[bB]oolean|id|string|uri|String)$/,
  string: /^(string|markdown|HumanName|Address)$/,
  reference: /^(Reference|canonical|uri|Composition|MessageHeader)$/,
  date: /^(date|dateTime|instant|Period|Timing)$/,
  quantity: /^(Quantity|Age|Duration|Money|Range)$/,
  number: /^(decimal|integer|positiveInt|unsignedInt|Range)$/,
  uri: /^(uri|url|canonical)$/,
  special: /./,
}

/** The elements that a parameter (not a composite) finds. */
export function elementsOf(resource: Resource, definition: SearchParameterDefinition): FoundElement[] {
  return partsOf(resource.resourceType, definition)
    .flatMap((expression) => evaluate(expression, resource))
    .filter(({ type }) => searchable[definition.type]?.test(type))
}

/** For each place where a composite is found: its parts in order, each with its kind and its elements. */
export function compositesOf(
  resource: Resource,
  definition: SearchParameterDefinition,
): { kind: string; elements: FoundElement[] }[][] {
  const type = resource.resourceType
  return partsOf(type, definition).flatMap((expression) =>
    evaluate(expression, resource).map((holder) => {
      const base = holder.type === 'BackboneElement' ? expression : holder.type
      return definition.component.map((component) => {
        const kind = parameters().find((one) => one.url === component.definition)?.type ?? ''
        const elements = component.expression.startsWith('%resource')
          ? evaluate(component.expression.replace('%resource', type), resource)
          : component.expression
              .replace('DateTime', 'dateTime')
              .split(' | ')
              .flatMap((one) => evaluate(one, holder.value as object, base))
        return { kind, elements: elements.filter((one) => searchable[kind]?.test(one.type)) }
      })
    }),
  )
}

/** The parts of a union that start at this type. */
function partsOf(type: string, { expression }: SearchParameterDefinition): string[] {
  const parts = (expression ?? '').split(/ \| /).map((one) => one.trim())
  return parts.filter((one) => /^\(?(\w+)/.exec(one)?.[1] === type || /^(Resource\.|[a-z])/.test(one))
}

/** resolve() would need a server: the type a reference leads to is in its text, or in the contained resource. */
function withoutResolve(expression: string): string {
  return expression.replaceAll(
    /\.where\(resolve\(\) is (\w+)\)/g,
    String.raw`.where(reference.matches('(^|/)$1[/?]') or type = '$1' or ('#' + %resource.contained.where($this is $1).id.first()) = reference)`,
  )
}

type Evaluate = (resource: object, variables: object) => unknown[]
const compiled = new Map<string, Evaluate>()

function evaluate(expression: string, resource: object, base?: string): FoundElement[] {
  let run = compiled.get(`${base} ${expression}`)
  if (run === undefined) {
    const path = base === undefined ? withoutResolve(expression) : { base, expression }
    run = fhirpath.compile(path, r4, { resolveInternalTypes: false }) as Evaluate
    compiled.set(`${base} ${expression}`, run)
  }
  const found = run(resource, { resource })
  const types = fhirpath.types(found)
  return found.map((one, index) => ({
    value: plain(one),
    type: types[index]?.replace(/^(FHIR|System)\./, '') ?? '',
  }))
}

/** The engine wraps elements, and numbers within them. */
function plain(one: unknown): unknown {
  const value = one !== null && typeof one === 'object' && 'data' in one ? one.data : one
  return value instanceof fhirpath.FP_Decimal ? value.toNumber() : value
}
