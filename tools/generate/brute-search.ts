// Whether a resource is found by one search parameter, by HL7's FHIRPath engine and a plain reading of R4's search page:
// slow, and written apart from what it judges. For tests.
import { type Resource, type Terminology } from '../../model/src/fhir/index.ts'
import { compositesOf, definitionOf, elementsOf, type FoundElement } from './brute-extract.ts'
import { addressMatches, referenceMatches, stringMatches, tokenMatches, wordsMatch } from './brute-compare.ts'
import { literal, pieces } from './brute-values.ts'
import { dateMatches, nearMatches, numberMatches, quantityMatches } from './brute-order.ts'

export interface BruteOptions {
  readonly base?: string
  readonly now?: number
  readonly terminology?: Terminology
  /** `value` of the UCUM unit `from` in `to`. */
  readonly convert?: (value: number, from: string, to: string) => number | undefined
}

/** What is asked of one element. */
export interface Asked {
  readonly code: string
  readonly modifier: string | undefined
  readonly value: string
  readonly options: BruteOptions
}

/**
 * @param name with its modifier, as before the `=`
 * @param value as after it, decoded; it must be one that the server takes
 */
export function bruteMatches(resource: Resource, name: string, value: string, options: BruteOptions = {}): boolean {
  const [code = '', modifier] = name.split(':')
  const definition = definitionOf(resource.resourceType, code)
  if (definition === undefined) throw new Error(`no search parameter ${code}`)
  if (code === '_text' || code === '_content') {
    const there = code === '_content' || (resource['text'] as { div?: string } | undefined)?.div !== undefined
    return modifier === 'missing' ? String(!there) === value : wordsMatch(resource, code, value)
  }
  if (definition.type === 'composite') {
    const holders = compositesOf(resource, definition)
    return pieces(value, ',').some((one) => {
      const wanted = pieces(one, '$')
      return holders.some((parts) =>
        parts.every(({ kind, elements }, index) =>
          elements.some((element) =>
            elementMatches(kind, element, resource, ask(code, undefined, wanted[index] ?? '')),
          ),
        ),
      )
    })
  }
  const elements = elementsOf(resource, definition)
  if (modifier === 'missing') return String(!elements.some(hasValue)) === value
  const any = elements.some((element) =>
    pieces(value, ',').some((one) => elementMatches(definition.type, element, resource, ask(code, modifier, one))),
  )
  return modifier === 'not' || modifier === 'not-in' ? !any : any

  function ask(of: string, by: string | undefined, text: string): Asked {
    return { code: of, modifier: by, value: text, options }
  }
}

/** An element of only an id, extensions or words that no search looks at has no value. */
function hasValue({ value, type }: FoundElement): boolean {
  if (value === null || value === undefined) return false
  if (typeof value !== 'object') return true
  const has = (...names: string[]): boolean => names.some((one) => one in value)
  switch (type) {
    case 'CodeableConcept':
      return has('coding', 'text')
    case 'Reference':
      return has('reference', 'identifier')
    case 'Period':
      return has('start', 'end')
    case 'Timing':
      return has('event') || 'start' in boundsOf(value) || 'end' in boundsOf(value)
    case 'Range':
      return [value, ...Object.values(value)].some((end: { value?: number }) => end.value !== undefined)
    case 'Quantity':
    case 'Age':
    case 'Duration':
    case 'Money':
      return has('value')
    case 'HumanName':
      return has('text', 'family', 'given', 'prefix', 'suffix')
    case 'Address':
      return has('text', 'line', 'city', 'district', 'state', 'postalCode', 'country')
    case 'Location.position':
      return has('latitude') && has('longitude')
    default:
      return true
  }
}

function boundsOf(timing: object): object {
  return (timing as { repeat?: { boundsPeriod?: object } }).repeat?.boundsPeriod ?? {}
}

function elementMatches(kind: string, element: FoundElement, resource: Resource, asked: Asked): boolean {
  switch (kind) {
    case 'token':
      return tokenMatches(element, resource, asked)
    case 'string':
      return stringMatches(element, asked)
    case 'reference':
      return referenceMatches(element, resource, asked)
    case 'date':
      return dateMatches(element, literal(asked.value), asked.options.now)
    case 'number':
      return numberMatches(element, asked.value)
    case 'quantity':
      return quantityMatches(element, asked)
    case 'uri':
      return addressMatches(String(element.value), asked)
    case 'special':
      return nearMatches(element, asked.value)
    default:
      throw new Error(`no such kind of parameter: ${kind}`)
  }
}
