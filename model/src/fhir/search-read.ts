// Wanted values as they are written in a query, by the parameter's type and modifier (R4 search, 3.1.1.4.4 to 3.1.1.4.12).
import { dateRange } from './date-range.ts'
import { readReference } from './reference-text.ts'
import { isResourceType } from './resource-type.ts'
import { isMedia } from './search-modifier.ts'
import type { SearchParameter, SearchType } from './search-parameter.ts'
import type { QueryOptions } from './search-query.ts'
import { foldText, readNumber, splitEscaped, unescape } from './search-text.ts'
import { ucum } from './search-units.ts'
import type { Modifier, Prefix, TextWay, WantedValue } from './search-wanted.ts'
import { readWords } from './search-words.ts'

/** What is known of a parameter, or of a part of one. */
type Place = Pick<SearchParameter, 'code' | 'leaves'>

export type Unread = 'value-invalid' | 'modifier-unsupported' | 'terminology-unknown'

/** One value without a modifier; undefined when it is not written as its type is. */
export function readTyped(
  type: SearchType,
  place: Place,
  text: string,
  options: QueryOptions,
): WantedValue | undefined {
  if (text === '') return undefined
  switch (type) {
    case 'token':
      return readToken(text)
    case 'string':
      return readText(place, text)
    case 'reference':
      return readPointer(unescape(text), undefined, options)
    case 'date':
      return readDate(unescape(text), options)
    case 'number':
      return readPlainNumber(unescape(text))
    case 'quantity':
      return readQuantity(text, options)
    case 'uri':
      return { kind: 'uri', uri: unescape(text), way: 'same' }
    case 'special':
      return readNear(text)
    case 'composite':
      return undefined
  }
}

/** One value of a modifier that the parameter takes. */
export function readWithModifier(
  parameter: SearchParameter,
  modifier: Modifier,
  text: string,
  options: QueryOptions,
): WantedValue | Unread {
  if (modifier === 'in' || modifier === 'not-in') return readSet(unescape(text), options)
  if (modifier === 'above' || modifier === 'below') return readHierarchy(parameter, modifier, text, options)
  return readPlainModifier(parameter, modifier, text, options) ?? 'value-invalid'
}

function readPlainModifier(
  parameter: SearchParameter,
  modifier: Modifier,
  text: string,
  options: QueryOptions,
): WantedValue | undefined {
  if (modifier === 'not' || modifier === 'identifier') return readToken(text)
  if (modifier === 'of-type') return readIdentifier(text)
  if (modifier === 'exact' || modifier === 'contains') return wantedText(unescape(text), modifier)
  if (modifier === 'text') return parameter.type === 'string' ? wantedWords(text) : wantedText(unescape(text), 'starts')
  return readPointer(unescape(text), modifier, options)
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

/** A value set that is known only in part would leave records out of `:in` and let them into `:not-in`, unsaid. */
function readSet(address: string, { terminology }: QueryOptions): WantedValue | Unread {
  if (terminology === undefined) return 'modifier-unsupported'
  const set = terminology.members(address)
  return set?.complete === true ? { kind: 'member', set } : 'terminology-unknown'
}

function readHierarchy(
  parameter: SearchParameter,
  way: 'above' | 'below',
  text: string,
  options: QueryOptions,
): WantedValue | Unread {
  if (parameter.type === 'uri') return { kind: 'uri', uri: unescape(text), way }
  if (parameter.type === 'reference') return readAddress(unescape(text), true)
  if (parameter.leaves.every(isMedia)) {
    return way === 'below' ? { kind: 'media', type: unescape(text).toLowerCase() } : 'modifier-unsupported'
  }
  const { terminology } = options
  if (terminology === undefined) return 'modifier-unsupported'
  const wanted = readToken(text)
  if (wanted?.kind !== 'token' || !wanted.system || wanted.code === undefined) return 'value-invalid'
  const { system, code } = wanted
  const related = way === 'below' ? terminology.subsumed(system, code) : terminology.subsumers(system, code)
  if (related === undefined) return 'terminology-unknown'
  return { kind: 'codes', system, codes: related.has(code) ? related : new Set([code, ...related]) }
}

function readText({ code, leaves }: Place, text: string): WantedValue | undefined {
  if (leaves.some((leaf) => leaf.type === 'xhtml' || leaf.type === 'Resource')) return wantedWords(text)
  if (code === 'phonetic') return wantedText(unescape(text), 'sound')
  // R4 wants each part of a family name found by itself.
  const named = leaves.some(
    ({ type, steps }) => type === 'HumanName' || /^(?:family|given)$/.test(steps.at(-1)?.name ?? ''),
  )
  return wantedText(unescape(text), named ? 'words' : 'starts')
}

function wantedText(text: string, way: TextWay): WantedValue & { kind: 'string' } {
  return { kind: 'string', text, folded: foldText(text), way }
}

function wantedWords(text: string): WantedValue | undefined {
  const query = readWords(unescape(text))
  return query && { kind: 'words', query }
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
  // By R4 a type cannot be asked of what is elsewhere: nobody here knows it.
  return type === undefined ? readAddress(text, false) : undefined
}

function readAddress(text: string, below: boolean): WantedValue {
  const bar = text.indexOf('|')
  if (bar === -1) return { kind: 'address', url: text, version: undefined, below }
  return { kind: 'address', url: text.slice(0, bar), version: text.slice(bar + 1), below }
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

function readQuantity(text: string, { units }: QueryOptions): WantedValue | undefined {
  const parts = splitEscaped(text, '|').map(unescape)
  const [prefix, written] = splitPrefix(parts[0] ?? '')
  const number = readNumber(written)
  if (number === undefined || parts.length > 3 || parts.length === 2) return undefined
  const [system, code] = [parts[1] || undefined, parts[2] || undefined]
  return { kind: 'quantity', prefix, number, system, code, units: system === ucum ? units : undefined }
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
