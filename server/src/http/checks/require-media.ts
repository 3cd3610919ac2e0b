import { Refusal } from '#base'
import { hasBody } from '../body.ts'
import type { Route } from '../route.ts'
import type { Prepare } from './check.ts'

const fhirJson = ['application/fhir+json', 'application/json', 'text/json']
const form = ['application/x-www-form-urlencoded']

/** Media types of a body, by what the route is (R-01; FHIR R4 3.1.0.9 for _search by POST, RFC 6749 3.2 for tokens). */
function acceptedBodies(route: Route): readonly string[] {
  if (route.class === 'token') return form
  if (route.surface !== 'fhir') return ['application/json']
  if (route.class === 'search') return form
  // JSON Patch, or FHIRPath Patch as a Parameters resource.
  return route.method === 'PATCH' ? ['application/json-patch+json', ...fhirJson] : fhirJson
}

/** The body is of a type that the route reads, and the caller takes JSON back: 415 and 406. */
export const requireMedia: Prepare = (route) => {
  const bodies = acceptedBodies(route)
  const negotiated = route.surface === 'fhir' && route.anyAccept !== true
  return (visit) => {
    const { headers, incoming } = visit
    if (hasBody(incoming) && !isMedia(headers['content-type'] ?? '', bodies))
      throw new Refusal('media-type-unsupported')
    if (!negotiated) return
    const format = incoming.url?.includes('_format=') === true ? visit.query.getAll('_format') : []
    // _format overrides Accept (FHIR R4, 3.1.0.1.11), for callers that cannot set headers.
    if (format.length > 0) {
      if (!format.every(isFormat)) throw new Refusal('not-acceptable')
    } else if (!acceptsJson(headers.accept)) throw new Refusal('not-acceptable')
  }
}

const formats = new Set(['json', ...fhirJson])

/** A plus that was not escaped comes as a space. */
function isFormat(value: string): boolean {
  const media = value.split(';', 1)[0]?.trim().toLowerCase().replace(' ', '+') ?? ''
  return formats.has(media) && isR4(value)
}

function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === 'application/fhir+json' || accept === '*/*') return true
  return accept.split(',').some((range) => {
    if (/;\s*q=0(\.0{0,3})?\s*(;|$)/i.test(range)) return false
    const media = range.split(';', 1)[0]?.trim().toLowerCase() ?? ''
    return media === '*/*' || media === 'application/*' || (fhirJson.includes(media) && isR4(range))
  })
}

function isMedia(value: string, accepted: readonly string[]): boolean {
  if (value === accepted[0]) return true
  const media = value.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const charset = /;\s*charset="?([^";\s]+)"?/i.exec(value)?.[1]
  return accepted.includes(media) && isR4(value) && (charset === undefined || /^utf-?8$/i.test(charset))
}

/** The fhirVersion parameter, when given, must be ours (FHIR R4, 2.1.0.6.3). */
function isR4(value: string): boolean {
  const version = /;\s*fhirVersion="?([^";\s]+)"?/i.exec(value)?.[1]
  return version === undefined || version === '4.0'
}
