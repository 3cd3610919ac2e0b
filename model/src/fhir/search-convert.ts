// From an element of a known type to the values that it is found by (R4 search, 3.1.1.4).
import type { Contained } from './contained.ts'
import { type DateRange, dateRange, periodRange, timingRange } from './date-range.ts'
import { readReference } from './reference-text.ts'
import { isObject, type JsonObject, type Resource } from './resource.ts'
import type { SearchType } from './search-parameter.ts'
import type { ReferenceValue, SearchValue, TokenValue } from './search-value.ts'
import { contentWords, narrativeWords } from './search-words.ts'

/** The resource that values are found in. */
export interface Subject {
  readonly resource: Resource
  readonly contained: Contained
}

export type Convert = (value: unknown, subject: Subject, found: SearchValue[]) => void

const currencies = 'urn:iso:std:iso:4217'
const specialValues = 'http://terminology.hl7.org/CodeSystem/special-values'

/** How an element of this type is turned into values for a parameter of this kind. */
export function converter(kind: SearchType, type: string, system: string | undefined): Convert {
  switch (kind) {
    case 'token':
      return tokenConverter(type, system)
    case 'string':
      return textConverter(type)
    case 'reference':
      return type === 'Reference' ? reference : type === 'Resource' ? inlineResource : canonical
    case 'date':
      return date(rangeReader(type))
    case 'number':
      return type === 'Range' ? numberRange : number
    case 'quantity':
      return type === 'Range' ? quantityRange : type === 'Money' ? money : quantity
    case 'uri':
      return uri
    case 'special':
      return position
    case 'composite':
      throw new Error('a composite is found by its parts')
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const finite = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

function tokenConverter(type: string, system: string | undefined): Convert {
  switch (type) {
    case 'CodeableConcept':
      return concept
    case 'Coding':
      return coding
    case 'Identifier':
      return identifier
    case 'ContactPoint':
      return contactPoint
    case 'boolean':
      return truth
    case 'exists':
      return existsNotFalse
    default: {
      const loose = type === 'string' ? 'case' : undefined
      return (value, _, found) => {
        if (typeof value === 'string') found.push(token(system, value, undefined, loose))
      }
    }
  }
}

function token(
  system: string | undefined,
  code: string | undefined,
  words: string | undefined,
  loose?: TokenValue['loose'],
): SearchValue {
  return { kind: 'token', system, code, text: words, types: undefined, loose }
}

function concept(value: unknown, subject: Subject, found: SearchValue[]): void {
  if (!isObject(value)) return
  if (Array.isArray(value['coding'])) for (const one of value['coding']) coding(one, subject, found)
  if (typeof value['text'] === 'string') found.push(token(undefined, undefined, value['text']))
}

function coding(value: unknown, _: Subject, found: SearchValue[]): void {
  if (isObject(value)) found.push(token(text(value['system']), text(value['code']), text(value['display'])))
}

function identifier(value: unknown, _: Subject, found: SearchValue[]): void {
  if (!isObject(value)) return
  const type = isObject(value['type']) ? value['type'] : {}
  const codings = Array.isArray(type['coding']) ? type['coding'].filter(isObject) : []
  found.push({
    kind: 'token',
    system: text(value['system']),
    code: text(value['value']),
    text: text(type['text']),
    types: codings.map((one) => ({ system: text(one['system']), code: text(one['code']) })),
    loose: undefined,
  })
}

/** The system of a ContactPoint (phone, email …) takes the place of a code system. */
function contactPoint(value: unknown, _: Subject, found: SearchValue[]): void {
  if (isObject(value)) found.push(token(text(value['system']), text(value['value']), undefined, 'contact'))
}

function truth(value: unknown, _: Subject, found: SearchValue[]): void {
  if (typeof value === 'boolean') found.push(token(specialValues, String(value), undefined))
}

function existsNotFalse(value: unknown, _: Subject, found: SearchValue[]): void {
  found.push(token(specialValues, String(value !== false), undefined))
}

function textConverter(type: string): Convert {
  switch (type) {
    case 'HumanName':
      return nameTexts
    case 'Address':
      return addressTexts
    case 'xhtml':
      return (value, _, found) => {
        if (typeof value === 'string') found.push({ kind: 'words', words: narrativeWords(value) })
      }
    case 'Resource':
      return (_, { resource }, found) => found.push({ kind: 'words', words: contentWords(resource) })
    default:
      return plainText
  }
}

function plainText(value: unknown, _: Subject, found: SearchValue[]): void {
  if (typeof value === 'string') found.push({ kind: 'string', text: value })
}

function texts(value: unknown, names: readonly string[], found: SearchValue[]): void {
  if (!isObject(value)) return
  for (const name of names) {
    const part = value[name]
    for (const one of Array.isArray(part) ? part : [part]) {
      if (typeof one === 'string') found.push({ kind: 'string', text: one })
    }
  }
}

const nameParts = ['text', 'family', 'given', 'prefix', 'suffix']
const addressParts = ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country']
const nameTexts: Convert = (value, _, found) => texts(value, nameParts, found)
const addressTexts: Convert = (value, _, found) => texts(value, addressParts, found)

function reference(value: unknown, { contained }: Subject, found: SearchValue[]): void {
  if (!isObject(value)) return
  const named = isObject(value['identifier']) ? value['identifier'] : undefined
  const logical = named && { system: text(named['system']), value: text(named['value']) }
  const written = text(value['reference'])
  const said = text(value['type'])
  if (written === undefined && logical === undefined) return
  const read = readReference(written ?? '')
  if (read.kind === 'record') {
    found.push(pointer(read.type, read.id, read.base === '' ? undefined : read.base, undefined, undefined, logical))
  } else if (read.kind === 'contained') {
    found.push(pointer(contained.typeOf(read.id) ?? said, undefined, undefined, undefined, undefined, logical))
  } else {
    const type = read.kind === 'condition' ? read.type : said
    found.push(pointer(type, undefined, undefined, written, undefined, logical))
  }
}

// All in one shape: objects made by spreading cost several times as much, and there is one for nearly every resource.
// oxlint-disable-next-line max-params -- a constructor of one shape, which is the point
function pointer(
  type: string | undefined,
  id: string | undefined,
  base: string | undefined,
  url: string | undefined,
  version: string | undefined,
  logical: ReferenceValue['identifier'],
): ReferenceValue {
  return { kind: 'reference', type, id, base, url, version, identifier: logical }
}

function canonical(value: unknown, _: Subject, found: SearchValue[]): void {
  if (typeof value !== 'string') return
  const bar = value.indexOf('|')
  const url = bar === -1 ? value : value.slice(0, bar)
  const version = bar === -1 ? undefined : value.slice(bar + 1)
  found.push(pointer(undefined, undefined, undefined, url, version, undefined))
}

/** Bundle.composition and Bundle.message point to what the bundle itself holds. */
function inlineResource(value: unknown, _: Subject, found: SearchValue[]): void {
  if (!isObject(value)) return
  found.push(pointer(text(value['resourceType']), text(value['id']), undefined, undefined, undefined, undefined))
}

const textRange = (value: unknown): DateRange | undefined => (typeof value === 'string' ? dateRange(value) : undefined)

/** R4 takes an instant for a point in time, however it is written: here the shortest time there is. */
function instantRange(value: unknown): DateRange | undefined {
  const range = textRange(value)
  return range && { low: range.low, high: range.low + 1 }
}

function rangeReader(type: string): (value: unknown) => DateRange | undefined {
  switch (type) {
    case 'Period':
      return periodRange
    case 'Timing':
      return timingRange
    case 'instant':
      return instantRange
    default:
      return textRange
  }
}

function date(rangeOf: (value: unknown) => DateRange | undefined): Convert {
  return (value, _, found) => {
    const range = rangeOf(value)
    if (range !== undefined) found.push({ kind: 'date', low: range.low, high: range.high })
  }
}

function number(value: unknown, _: Subject, found: SearchValue[]): void {
  if (typeof value === 'number') found.push({ kind: 'number', low: value, high: value })
}

/** A Range by its ends; one end that is missing is open, a Range without any says nothing. */
function ends(value: JsonObject): { low: number; high: number; unit: JsonObject } | undefined {
  const [low, high] = [value['low'], value['high']].map((one) => (isObject(one) ? one : undefined))
  const [least, most] = [finite(low?.['value']), finite(high?.['value'])]
  const unit = least === undefined ? high : low
  if (unit === undefined || (least === undefined && most === undefined)) return undefined
  return { low: least ?? Number.NEGATIVE_INFINITY, high: most ?? Number.POSITIVE_INFINITY, unit }
}

function numberRange(value: unknown, _: Subject, found: SearchValue[]): void {
  const range = isObject(value) ? ends(value) : undefined
  if (range !== undefined) found.push({ kind: 'number', low: range.low, high: range.high })
}

function quantityRange(value: unknown, _: Subject, found: SearchValue[]): void {
  const range = isObject(value) ? ends(value) : undefined
  if (range !== undefined) found.push(quantityOf(range.unit, range.low, range.high))
}

function quantity(value: unknown, _: Subject, found: SearchValue[]): void {
  if (!isObject(value)) return
  const size = finite(value['value'])
  if (size === undefined) return
  const comparator = text(value['comparator'])
  const below = comparator === '<' || comparator === '<='
  const above = comparator === '>' || comparator === '>='
  found.push(quantityOf(value, below ? Number.NEGATIVE_INFINITY : size, above ? Number.POSITIVE_INFINITY : size))
}

function quantityOf(unit: JsonObject, low: number, high: number): SearchValue {
  return {
    kind: 'quantity',
    low,
    high,
    unit: text(unit['unit']),
    system: text(unit['system']),
    code: text(unit['code']),
  }
}

function money(value: unknown, _: Subject, found: SearchValue[]): void {
  if (!isObject(value)) return
  const size = finite(value['value'])
  const code = text(value['currency'])
  if (size === undefined) return
  found.push({ kind: 'quantity', low: size, high: size, unit: code, system: currencies, code })
}

function uri(value: unknown, _: Subject, found: SearchValue[]): void {
  if (typeof value === 'string') found.push({ kind: 'uri', uri: value })
}

function position(value: unknown, _: Subject, found: SearchValue[]): void {
  if (!isObject(value)) return
  const [latitude, longitude] = [finite(value['latitude']), finite(value['longitude'])]
  if (latitude !== undefined && longitude !== undefined) found.push({ kind: 'position', latitude, longitude })
}
