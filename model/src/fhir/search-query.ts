import { type DateRange, dateRange } from './date-range.ts'
import { readReference } from './reference-text.ts'
import { isResourceType, type ResourceType } from './resource-type.ts'
import { type SearchParameter, searchParameter, type SearchType } from './search-parameter.ts'
import { readNumber, splitEscaped, unescape, type WrittenNumber } from './search-text.ts'

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap'

/** One wanted value, of the parameter's type. */
export type WantedValue =
  /** `system` '' asks for values without one; undefined for any. `code` undefined: any code of the system. */
  | { readonly kind: 'token'; readonly system: string | undefined; readonly code: string | undefined }
  /** `:of-type`: an identifier's type and value. */
  | { readonly kind: 'typed'; readonly system: string; readonly code: string; readonly value: string }
  | { readonly kind: 'string'; readonly text: string }
  /** `base` is our own address, under which a stored reference may also be written. */
  | {
      readonly kind: 'reference'
      readonly type: string | undefined
      readonly id: string
      readonly base: string | undefined
    }
  | { readonly kind: 'address'; readonly url: string; readonly version: string | undefined }
  | { readonly kind: 'date'; readonly prefix: Prefix; readonly range: DateRange; readonly about: DateRange }
  | { readonly kind: 'number'; readonly prefix: Prefix; readonly number: WrittenNumber }
  | {
      readonly kind: 'quantity'
      readonly prefix: Prefix
      readonly number: WrittenNumber
      readonly system: string | undefined
      readonly code: string | undefined
    }
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'composite'; readonly parts: readonly WantedValue[] }
  | { readonly kind: 'near'; readonly latitude: number; readonly longitude: number; readonly metres: number }

export interface SearchQuery {
  readonly parameter: SearchParameter
  readonly modifier: Modifier | undefined
  /** Of `:missing` alone: whether it shall be missing. */
  readonly missing: boolean | undefined
  /** Any of them may match. */
  readonly values: readonly WantedValue[]
}

export type Modifier =
  | 'exact'
  | 'contains'
  | 'not'
  | 'text'
  | 'of-type'
  | 'above'
  | 'below'
  | 'identifier'
  | 'missing'
  | ResourceType

/** Why a query was not taken. `chained` and `reverse` are for whoever joins resources; this module sees one at a time. */
export type QueryRefusal = 'parameter-unknown' | 'modifier-unsupported' | 'value-invalid' | 'chained' | 'reverse'

export interface QueryOptions {
  /** Our own address, `https://host/fhir/R4/`: references that start with it are local. */
  readonly base?: string
  /** Unix milliseconds, for `ap`: a tenth of the time between then and now. Without it `ap` means any overlap. */
  readonly now?: number
}

/** Modifiers that each type allows; a reference also takes a resource type. */
const modifiers: Readonly<Record<SearchType, readonly string[]>> = {
  token: ['not', 'text', 'of-type', 'missing'],
  string: ['exact', 'contains', 'missing'],
  reference: ['identifier', 'missing'],
  uri: ['above', 'below', 'missing'],
  date: ['missing'],
  number: ['missing'],
  quantity: ['missing'],
  composite: ['missing'],
  special: ['missing'],
}

/**
 * Reads one parameter of a search: `name` as written before the `=` (`code`, `subject:Patient`), `value` after it,
 * decoded from the URL. A refusal is a code, never the text that was refused.
 */
export function parseQuery(
  type: ResourceType,
  name: string,
  value: string,
  options: QueryOptions = {},
): { query: SearchQuery } | { refused: QueryRefusal } {
  if (name.startsWith('_has:')) return { refused: 'reverse' }
  if (name.includes('.')) return { refused: 'chained' }
  const [code = '', written, ...rest] = name.split(':')
  const parameter = searchParameter(type, code)
  if (parameter === undefined) return { refused: 'parameter-unknown' }
  const modifier = written === undefined ? undefined : readModifier(parameter, written)
  if (rest.length > 0 || (written !== undefined && modifier === undefined)) return { refused: 'modifier-unsupported' }
  if (modifier === 'missing') {
    if (value !== 'true' && value !== 'false') return { refused: 'value-invalid' }
    return { query: { parameter, modifier, missing: value === 'true', values: [] } }
  }
  const values = splitEscaped(value, ',').map((one) => readValue(parameter, modifier, one, options))
  const known = values.filter((one) => one !== undefined)
  if (known.length < values.length) return { refused: 'value-invalid' }
  return { query: { parameter, modifier, missing: undefined, values: known } }
}

function readModifier(parameter: SearchParameter, written: string): Modifier | undefined {
  // oxlint-disable-next-line no-unsafe-type-assertion -- it was just found among them
  if (modifiers[parameter.type].includes(written)) return written as Modifier
  if (parameter.type !== 'reference' || !isResourceType(written)) return undefined
  return parameter.targets === undefined || parameter.targets.includes(written) ? written : undefined
}

function readValue(
  parameter: SearchParameter,
  modifier: Modifier | undefined,
  text: string,
  options: QueryOptions,
): WantedValue | undefined {
  if (text === '') return undefined
  if (parameter.type === 'composite') {
    const texts = splitEscaped(text, '$')
    if (texts.length !== parameter.components.length) return undefined
    const parts = parameter.components.map((part, index) =>
      readTyped(part.type, undefined, texts[index] ?? '', options),
    )
    const known = parts.filter((one) => one !== undefined)
    return known.length === parts.length ? { kind: 'composite', parts: known } : undefined
  }
  return readTyped(parameter.type, modifier, text, options)
}

function readTyped(
  type: SearchType,
  modifier: Modifier | undefined,
  text: string,
  options: QueryOptions,
): WantedValue | undefined {
  if (text === '') return undefined
  switch (type) {
    case 'token':
      if (modifier === 'text') return { kind: 'string', text: unescape(text) }
      return modifier === 'of-type' ? readIdentifier(text) : readToken(text)
    case 'string':
      return { kind: 'string', text: unescape(text) }
    case 'reference':
      return modifier === 'identifier' ? readToken(text) : readPointer(unescape(text), modifier, options)
    case 'date':
      return readDate(unescape(text), options)
    case 'number':
      return readPlainNumber(unescape(text))
    case 'quantity':
      return readQuantity(text)
    case 'uri':
      return { kind: 'uri', uri: unescape(text) }
    case 'special':
      return readNear(text)
    case 'composite':
      return undefined
  }
}

function readToken(text: string): WantedValue | undefined {
  const parts = splitEscaped(text, '|').map(unescape)
  const [first = '', second] = parts
  if (parts.length > 2) return undefined
  if (second === undefined) return { kind: 'token', system: undefined, code: first }
  if (first === '' && second === '') return undefined
  return { kind: 'token', system: first, code: second === '' ? undefined : second }
}

function readIdentifier(text: string): WantedValue | undefined {
  const parts = splitEscaped(text, '|').map(unescape)
  const [system, code, value] = parts
  if (parts.length !== 3 || !system || !code || !value) return undefined
  return { kind: 'typed', system, code, value }
}

const plainId = /^[A-Za-z0-9\-.]{1,64}$/

function readPointer(text: string, modifier: Modifier | undefined, { base }: QueryOptions): WantedValue | undefined {
  const type = modifier !== undefined && isResourceType(modifier) ? modifier : undefined
  const local = base !== undefined && text.startsWith(base) ? text.slice(base.length) : text
  if (plainId.test(local)) return { kind: 'reference', type, id: local, base }
  const read = readReference(local)
  if (read.kind === 'contained' || read.kind === 'condition') return undefined
  if (read.kind === 'record' && read.base === '') {
    if (type !== undefined && type !== read.type) return undefined
    return { kind: 'reference', type: read.type, id: read.id, base }
  }
  const bar = local.indexOf('|')
  return {
    kind: 'address',
    url: bar === -1 ? local : local.slice(0, bar),
    version: bar === -1 ? undefined : local.slice(bar + 1),
  }
}

const prefixed = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[0-9-])/

function splitPrefix(text: string): [Prefix, string] {
  const prefix = prefixed.exec(text)?.[1]
  // oxlint-disable-next-line no-unsafe-type-assertion -- the pattern matches nothing else
  return prefix === undefined ? ['eq', text] : [prefix as Prefix, text.slice(2)]
}

function readDate(text: string, { now }: QueryOptions): WantedValue | undefined {
  // A `+` of an offset arrives as a space where a URL was not encoded.
  const [prefix, written] = splitPrefix(text.replace(/ (?=[0-9]{2}:[0-9]{2}$)/, '+'))
  const range = dateRange(written)
  if (range === undefined) return undefined
  const slack = now === undefined ? 0 : Math.abs(now - range.low) / 10
  return { kind: 'date', prefix, range, about: { low: range.low - slack, high: range.high + slack } }
}

function readPlainNumber(text: string): WantedValue | undefined {
  const [prefix, written] = splitPrefix(text)
  const number = readNumber(written)
  return number && { kind: 'number', prefix, number }
}

function readQuantity(text: string): WantedValue | undefined {
  const parts = splitEscaped(text, '|').map(unescape)
  const [prefix, written] = splitPrefix(parts[0] ?? '')
  const number = readNumber(written)
  if (number === undefined || parts.length > 3 || parts.length === 2) return undefined
  return { kind: 'quantity', prefix, number, system: parts[1] || undefined, code: parts[2] || undefined }
}

const metresIn: Readonly<Record<string, number>> = { m: 1, km: 1000, '[mi_i]': 1609.344, '[mi_us]': 1609.347, cm: 0.01 }

/** `latitude|longitude|distance|units`; 50 km when no distance is given, which R4 leaves to the server. */
function readNear(text: string): WantedValue | undefined {
  const [latitude, longitude, distance = '50', unit = 'km'] = splitEscaped(text, '|').map(unescape)
  const [north, east, size] = [latitude, longitude, distance].map((one) => readNumber(one ?? '')?.value)
  const metres = metresIn[unit]
  if (north === undefined || east === undefined || size === undefined || metres === undefined || size < 0)
    return undefined
  if (Math.abs(north) > 90 || Math.abs(east) > 180) return undefined
  return { kind: 'near', latitude: north, longitude: east, metres: size * metres }
}
