import type { Exchange } from '#http'
import type { AuthenticatedClient } from '#identity'
import { originFor, paths } from './addresses.ts'
import type { SmartOptions } from './options.ts'

/**
 * The client of a request, by the assertion in its form. `aud` is the token endpoint's address at each endpoint, which
 * is how SMART and RFC 7523 name this server. Throws 'client-invalid'.
 */
export async function clientOf(
  exchange: Exchange,
  form: ReadonlyMap<string, string>,
  { identity, tenant, publicOrigin }: SmartOptions,
): Promise<AuthenticatedClient> {
  const { workstation, request } = exchange
  const sent = {
    assertionType: form.get('client_assertion_type'),
    assertion: form.get('client_assertion'),
    clientId: form.get('client_id'),
  }
  const endpoint = { tenant, url: originFor(exchange, publicOrigin) + paths.token }
  return identity.authenticateClient(sent, endpoint, { workstation, request })
}
