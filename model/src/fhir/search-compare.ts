// Whether one value found in a resource is one wanted value (R4 search, 3.1.1.4 and 3.1.1.5).
import type { Prefix, WantedValue } from './search-query.ts'
import { foldContact, foldText, type WrittenNumber } from './search-text.ts'
import type { PositionValue, QuantityValue, ReferenceValue, TokenValue } from './search-value.ts'

export function tokenIs(found: TokenValue, wanted: WantedValue & { kind: 'token' }): boolean {
  if (wanted.system !== undefined && wanted.system !== (found.system ?? '')) return false
  if (wanted.code === undefined || wanted.code === found.code) return true
  return found.contact && found.code !== undefined && foldContact(found.code) === foldContact(wanted.code)
}

export function typedIs(found: TokenValue, wanted: WantedValue & { kind: 'typed' }): boolean {
  if (found.code !== wanted.value || found.types === undefined) return false
  return found.types.some((one) => one.system === wanted.system && one.code === wanted.code)
}

/** By default a text matches from its beginning, without regard to case and accents. */
export function textIs(found: string, wanted: string, way: 'starts' | 'exact' | 'contains'): boolean {
  if (way === 'exact') return found === wanted
  const folded = foldText(wanted)
  return way === 'contains' ? foldText(found).includes(folded) : foldText(found).startsWith(folded)
}

export function referenceIs(found: ReferenceValue, wanted: WantedValue & { kind: 'reference' }): boolean {
  if (found.id !== wanted.id || (found.base !== undefined && found.base !== wanted.base)) return false
  return wanted.type === undefined || wanted.type === found.type
}

/** An absolute address; of a canonical without a version, any version. */
export function addressIs(found: ReferenceValue, wanted: WantedValue & { kind: 'address' }): boolean {
  const url = found.url ?? (found.base === undefined ? undefined : `${found.base}${found.type}/${found.id}`)
  return url === wanted.url && (wanted.version === undefined || wanted.version === found.version)
}

export interface Span {
  readonly low: number
  readonly high: number
}

/** Both ends of `found` and of `wanted` are ranges with their `high` left out, as dates are. */
export function dateIs(found: Span, wanted: WantedValue & { kind: 'date' }): boolean {
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

/** Units are compared as written: with a system by its code, without one by code or by the unit's words. */
export function unitIs(found: QuantityValue, wanted: WantedValue & { kind: 'quantity' }): boolean {
  if (wanted.system !== undefined && wanted.system !== found.system) return false
  if (wanted.code === undefined) return true
  if (wanted.system !== undefined) return wanted.code === found.code
  return wanted.code === found.code || wanted.code === found.unit
}

/** The hierarchy of a URL's path; a urn has none. `below` finds what is under `wanted`, `above` what it is under. */
export function uriIs(found: string, wanted: string, way: 'same' | 'above' | 'below'): boolean {
  if (found === wanted) return true
  if (way === 'same' || wanted.startsWith('urn:') || found.startsWith('urn:')) return false
  const [above, below] = way === 'below' ? [wanted, found] : [found, wanted]
  return below.startsWith(above.endsWith('/') ? above : `${above}/`)
}

const earthRadiusMetres = 6_371_008.8

/** Great-circle distance (haversine), good to half a percent. */
export function isNear(found: PositionValue, wanted: WantedValue & { kind: 'near' }): boolean {
  const radians = Math.PI / 180
  const dLat = (found.latitude - wanted.latitude) * radians
  const dLon = (found.longitude - wanted.longitude) * radians
  const along = Math.cos(found.latitude * radians) * Math.cos(wanted.latitude * radians) * Math.sin(dLon / 2) ** 2
  const half = Math.sin(dLat / 2) ** 2 + along
  return 2 * earthRadiusMetres * Math.asin(Math.min(1, Math.sqrt(half))) <= wanted.metres
}
