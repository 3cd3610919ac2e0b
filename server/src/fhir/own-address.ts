import { type Resource, rewriteLiterals } from '@chartkeep/model/fhir'
import type { Exchange } from '#http'

/** Beginnings of addresses that mean this service. */
export type OwnAddresses = readonly string[]

/**
 * The service's own address, and the one that it was called at: behind a proxy that is another. The Host header was
 * checked to name this server.
 */
export function ownAddresses(base: string, { headers }: Partial<Pick<Exchange, 'headers'>>): OwnAddresses {
  const own = [`${base}/`]
  const host = headers?.host
  if (host !== undefined) own.push(`https://${host.toLowerCase().replace(/:443$/, '')}/fhir/R4/`)
  return own
}

/** `Patient/1` of an address of ours; undefined for any other text. */
export function withinOwn(text: string, own: OwnAddresses): string | undefined {
  if (!/^https:/i.test(text)) return undefined
  for (const start of own)
    if (text.slice(0, start.length).replace(/^https:\/\/[^/]*/i, (host) => host.toLowerCase()) === start)
      return text.slice(start.length)
  return undefined
}

/** A Bundle's references lead to its own entries (R4 bundle, 2.36.4.1), and a document is kept as it was written. */
export function isSelfContained({ resourceType }: Resource): boolean {
  return resourceType === 'Bundle'
}

/** Makes references to records of ours relative, in place: they are stored so, whatever the service is called then. */
export function makeRelative(resource: Resource, own: OwnAddresses): void {
  if (isSelfContained(resource)) return
  rewriteLiterals(resource, (text) => withinOwn(text, own))
}
