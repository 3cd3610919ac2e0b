import type { Answer, Exchange, Route } from '#http'
import { paths } from './addresses.ts'
import { clientOf } from './client.ts'
import type { SmartOptions } from './options.ts'
import { answerJson, oauthError, readForm } from './oauth.ts'

/** Token revocation (RFC 7009): a client gives its own token back. Whatever the token was, the answer is the same. */
export function revocationRoute(options: SmartOptions): Route {
  return {
    method: 'POST',
    path: paths.revoke,
    class: 'token',
    surface: 'smart',
    handle: (exchange) => revoke(exchange, options),
  }
}

async function revoke(exchange: Exchange, options: SmartOptions): Promise<Answer> {
  const form = await readForm(exchange)
  const token = form?.get('token')
  if (form === undefined || token === undefined) return oauthError('invalid_request')
  const client = await clientOf(exchange, form, options)
  const { workstation, request } = exchange
  await options.identity.revokeToken(token, client, { workstation, request })
  return answerJson(200, {})
}
