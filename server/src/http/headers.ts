import type { Surface } from './route.ts'

/** Names and values in turn, as `ServerResponse.writeHead` takes them: no object is made per answer. */
export type FlatHeaders = readonly string[]

const everywhere: FlatHeaders = [
  'strict-transport-security',
  'max-age=63072000; includeSubDomains',
  'x-content-type-options',
  'nosniff',
  'referrer-policy',
  'no-referrer',
  'cross-origin-resource-policy',
  'same-origin',
]

/** What is not the web app itself is never a page: should a browser show it all the same, nothing in it runs. */
export const answerHeaders: FlatHeaders = [
  ...everywhere,
  'cache-control',
  'no-store',
  'content-security-policy',
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
]

/** Features of a browser that the web app has no use for. */
const noFeatures = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
]
  .map((feature) => `${feature}=()`)
  .join(', ')

/** Headers of the web app's files, besides caching. */
export const siteHeaders: FlatHeaders = [
  ...everywhere,
  'cross-origin-opener-policy',
  'same-origin',
  'permissions-policy',
  noFeatures,
]

/**
 * The page's own policy. Scripts only from our files; style elements only with this answer's nonce (the component library
 * makes them); data: and blob: only for images, which the page makes from what it fetched.
 */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export const contentTypes = {
  fhir: 'application/fhir+json; charset=utf-8',
  office: 'application/json; charset=utf-8',
  smart: 'application/json; charset=utf-8',
  system: 'text/plain; charset=utf-8',
} as const satisfies Record<Surface, string>
