import type { Answer, Exchange, Route } from '#http'
import { paths } from './addresses.ts'
import { clientOf } from './client.ts'
import type { SmartOptions } from './options.ts'
import { negotiate } from './negotiate.ts'
import { answerJson, oauthError, readForm } from './oauth.ts'

/** The token endpoint of SMART Backend Services: client_credentials with a signed assertion, and nothing else. */
export function tokenRoute(options: SmartOptions): Route {
  return {
    method: 'POST',
    path: paths.token,
    class: 'token',
    surface: 'smart',
    handle: (exchange) => grant(exchange, options),
  }
}

async function grant(exchange: Exchange, options: SmartOptions): Promise<Answer> {
  const form = await readForm(exchange)
  const grantType = form?.get('grant_type')
  if (form === undefined || grantType === undefined) return oauthError('invalid_request')
  if (grantType !== 'client_credentials') return oauthError('unsupported_grant_type')
  const client = await clientOf(exchange, form, options)
  const scopes = negotiate(form.get('scope') ?? '', client.scopes)
  if (scopes.length === 0) return oauthError('invalid_scope')
  const { workstation, request } = exchange
  const { token, expiresInSeconds } = await options.identity.issueToken(client, scopes, { workstation, request })
  return answerJson(200, {
    access_token: token,
    token_type: 'bearer',
    expires_in: expiresInSeconds,
    scope: scopes.join(' '),
  })
}
