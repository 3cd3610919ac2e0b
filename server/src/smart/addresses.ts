import type { Exchange } from '#http'

export const paths = {
  configuration: '/fhir/R4/.well-known/smart-configuration',
  token: '/oauth/token',
  introspect: '/oauth/introspect',
  revoke: '/oauth/revoke',
} as const

/**
 * Where this server is for this caller: the public address when one is set, else the host that was asked, which the
 * pipeline has found to be one of ours. What discovery names and what `aud` must be are the same text.
 */
export function originFor({ headers }: Exchange, publicOrigin: string | undefined): string {
  return publicOrigin ?? `https://${headers.host ?? ''}`.toLowerCase()
}
