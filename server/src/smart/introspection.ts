import { Refusal } from '#base'
import type { Answer, Exchange, Route } from '#http'
import { originFor, paths } from './addresses.ts'
import { clientOf } from './client.ts'
import type { SmartOptions } from './options.ts'
import { answerJson, oauthError, readForm } from './oauth.ts'

/**
 * Token introspection (RFC 7662). The caller is a client, by assertion or by a token of its own, and learns of its own
 * tokens only: of another's, as of a dead one or of none, that it is not active.
 */
export function introspectionRoute(options: SmartOptions): Route {
  return {
    method: 'POST',
    path: paths.introspect,
    class: 'token',
    surface: 'smart',
    handle: (exchange) => introspect(exchange, options),
  }
}

async function introspect(exchange: Exchange, options: SmartOptions): Promise<Answer> {
  const form = await readForm(exchange)
  const token = form?.get('token')
  if (form === undefined || token === undefined) return oauthError('invalid_request')
  const caller = await callerOf(exchange, form, options)
  const holder = await options.identity.findToken(token)
  if (holder === undefined || holder.id !== caller.id || holder.tenant !== caller.tenant)
    return answerJson(200, { active: false })
  return answerJson(200, {
    active: true,
    scope: holder.scopes.join(' '),
    client_id: holder.id,
    sub: holder.id,
    iss: originFor(exchange, options.publicOrigin),
    token_type: 'bearer',
    iat: Math.floor(holder.issued / 1000),
    exp: Math.floor(holder.expires / 1000),
  })
}

async function callerOf(
  exchange: Exchange,
  form: ReadonlyMap<string, string>,
  options: SmartOptions,
): Promise<{ readonly tenant: number; readonly id: string }> {
  const bearer = /^Bearer ([^\s]+)$/i.exec(exchange.headers.authorization ?? '')?.[1]
  if (bearer === undefined) return clientOf(exchange, form, options)
  const holder = await options.identity.findToken(bearer)
  if (holder === undefined) throw new Refusal('token-invalid')
  return holder
}
