import type { Route } from '#http'
import { originFor, paths } from './addresses.ts'
import type { SmartOptions } from './options.ts'

/**
 * `.well-known/smart-configuration` (SMART App Launch 2.2, Conformance): JSON whatever Accept says, for every origin,
 * without signing in. It claims what a test of this module shows, and nothing else.
 */
export function discoveryRoute({ publicOrigin }: SmartOptions): Route {
  return {
    method: 'GET',
    path: paths.configuration,
    class: 'public',
    // Below the FHIR base, so what is wrong there is an OperationOutcome.
    surface: 'fhir',
    anyAccept: true,
    handle: async (exchange) => ({
      status: 200,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
      },
      body: JSON.stringify(configuration(originFor(exchange, publicOrigin))),
    }),
  }
}

function configuration(origin: string): object {
  return {
    token_endpoint: origin + paths.token,
    introspection_endpoint: origin + paths.introspect,
    revocation_endpoint: origin + paths.revoke,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['ES384', 'RS384'],
    scopes_supported: ['system/*.cruds', 'system/*.rs', 'system/*.read', 'system/*.write', 'system/*.*'],
    // The specification asks every server for this member, with S256 and without plain, also one that has no
    // authorization endpoint to use it at.
    code_challenge_methods_supported: ['S256'],
    capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
  }
}
