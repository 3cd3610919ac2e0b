// Whether one value found in a resource is one wanted value (R4 search, 3.1.1.4 and 3.1.1.5).
import { once } from './once.ts'
import { foldContact, foldText, type WrittenNumber } from './search-text.ts'
import { convertSpan, ucum } from './search-units.ts'
import type { PositionValue, QuantityValue, ReferenceValue, TokenValue } from './search-value.ts'
import type { Prefix, WantedValue } from './search-wanted.ts'
import { soundsLike } from './soundex.ts'

/** Nobody is called longer, and each place in it may be where a wanted word begins. */
const longestName = 10_000

// Of what was found; what is wanted is short.
const folded = once(foldText)
const foldedName = once((text) => foldText(text.slice(0, longestName)))
const foldedContact = once(foldContact)
const lowered = once((text) => text.toLowerCase())

type Wanted<Kind extends WantedValue['kind']> = WantedValue & { kind: Kind }

export function tokenIs(found: TokenValue, wanted: Wanted<'token'>): boolean {
  if (wanted.system !== undefined && wanted.system !== (found.system ?? '')) return false
  if (wanted.code === undefined || wanted.code === found.code) return true
  if (found.code === undefined || found.loose === undefined) return false
  if (found.loose === 'contact') return foldedContact(found.code) === foldContact(wanted.code)
  return lowered(found.code) === wanted.code.toLowerCase()
}

export function typedIs(found: TokenValue, wanted: Wanted<'typed'>): boolean {
  if (found.code !== wanted.value || found.types === undefined) return false
  return found.types.some((one) => one.system === wanted.system && one.code === wanted.code)
}

/** Of the same system and among the related codes: a code without a system has no relatives. */
export function codeIs(found: TokenValue, wanted: Wanted<'codes'>): boolean {
  return found.code !== undefined && found.system === wanted.system && wanted.codes.has(found.code)
}

/** A code of no system is in no value set, whatever its letters. */
export function memberIs(found: TokenValue, wanted: Wanted<'member'>): boolean {
  return found.code !== undefined && found.system !== undefined && wanted.set.contains(found.system, found.code)
}

export function mediaIs(found: TokenValue, { type }: Wanted<'media'>): boolean {
  const code = found.code === undefined ? undefined : lowered(found.code)
  return code === type || (code?.startsWith(type) === true && /^\s*;/.test(code.slice(type.length)))
}

/** By default a text matches from its beginning, without regard to case, accents and punctuation. */
export function textIs(found: string, wanted: Wanted<'string'>): boolean {
  switch (wanted.way) {
    case 'exact':
      return found === wanted.text
    case 'sound':
      return soundsLike(found, wanted.text)
    case 'starts':
      return folded(found).startsWith(wanted.folded)
    case 'contains':
      return folded(found).includes(wanted.folded)
    case 'words': {
      const text = foldedName(found)
      return text.startsWith(wanted.folded) || text.includes(` ${wanted.folded}`)
    }
  }
}

export function referenceIs(found: ReferenceValue, wanted: Wanted<'reference'>): boolean {
  // A canonical under an address of ours is stored whole.
  if (found.id === undefined && found.url !== undefined && wanted.base !== undefined)
    return found.url === `${wanted.base}${wanted.type}/${wanted.id}`
  if (found.id !== wanted.id || (found.base !== undefined && found.base !== wanted.base)) return false
  return wanted.type === undefined || wanted.type === found.type
}

/** An absolute address; of a canonical without a version, any version. */
export function addressIs(found: ReferenceValue, wanted: Wanted<'address'>): boolean {
  const url = found.url ?? (found.base === undefined ? undefined : `${found.base}${found.type}/${found.id}`)
  if (url !== wanted.url) return false
  if (wanted.version === undefined || wanted.version === found.version) return true
  return wanted.below && found.version?.startsWith(`${wanted.version}.`) === true
}

export interface Span {
  readonly low: number
  readonly high: number
}

/** Both ends of `found` and of `wanted` are ranges with their `high` left out, as dates are. */
export function dateIs(found: Span, wanted: Wanted<'date'>): boolean {
  const { low, high } = wanted.range
  const inside = low <= found.low && found.high <= high
  switch (wanted.prefix) {
    case 'eq':
      return inside
    case 'ne':
      return !inside
    case 'gt':
      return found.high > high
    case 'lt':
      return found.low < low
    case 'ge':
      return found.high > high || inside
    case 'le':
      return found.low < low || inside
    case 'sa':
      return found.low >= high
    case 'eb':
      return found.high <= low
    case 'ap':
      return found.low < wanted.about.high && wanted.about.low < found.high
  }
}

/**
 * A number equals within the precision it was asked for with (`5.4` finds 5.35 up to 5.45); an order is exact, as if
 * asked with endless digits. `found` includes its ends.
 */
export function numberIs(found: Span, prefix: Prefix, wanted: WrittenNumber): boolean {
  const inside = wanted.low <= found.low && found.high < wanted.high
  switch (prefix) {
    case 'eq':
      return inside
    case 'ne':
      return !inside
    case 'gt':
      return found.high > wanted.value
    case 'lt':
      return found.low < wanted.value
    case 'ge':
      return found.high >= wanted.value
    case 'le':
      return found.low <= wanted.value
    case 'sa':
      return found.low > wanted.value
    case 'eb':
      return found.high < wanted.value
    case 'ap': {
      const slack = Math.abs(wanted.value) / 10
      return found.low <= wanted.value + slack && wanted.value - slack <= found.high
    }
  }
}

/**
 * With a system a unit is compared by its code, and another UCUM unit is converted; without one the unit is as written,
 * by code or by the unit's words.
 */
export function quantityIs(found: QuantityValue, wanted: Wanted<'quantity'>): boolean {
  const { prefix, number, system, code, units } = wanted
  if (system !== undefined && system !== found.system) return false
  if (code === undefined || code === found.code || (system === undefined && code === found.unit))
    return numberIs(found, prefix, number)
  if (units === undefined || system !== ucum || found.code === undefined) return false
  const converted = convertSpan(found, units, found.code, code)
  return converted !== undefined && numberIs(converted, prefix, number)
}

/** The hierarchy of a URL's path; a urn has none. `below` finds what is under `wanted`, `above` what it is under. */
export function uriIs(found: string, { uri, way }: Wanted<'uri'>): boolean {
  if (found === uri) return true
  if (way === 'same' || uri.startsWith('urn:') || found.startsWith('urn:')) return false
  const [above, below] = way === 'below' ? [uri, found] : [found, uri]
  return below.startsWith(above.endsWith('/') ? above : `${above}/`)
}

const earthRadiusMetres = 6_371_008.8

/** Great-circle distance (haversine), good to half a percent. */
export function isNear(found: PositionValue, wanted: Wanted<'near'>): boolean {
  const radians = Math.PI / 180
  const dLat = (found.latitude - wanted.latitude) * radians
  const dLon = (found.longitude - wanted.longitude) * radians
  const along = Math.cos(found.latitude * radians) * Math.cos(wanted.latitude * radians) * Math.sin(dLon / 2) ** 2
  const half = Math.sin(dLat / 2) ** 2 + along
  return 2 * earthRadiusMetres * Math.asin(Math.min(1, Math.sqrt(half))) <= wanted.metres
}
