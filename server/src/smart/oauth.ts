import type { Answer, Exchange } from '#http'

/** RFC 6749 sec. 5.2 and RFC 7009 sec. 2.2.1, of those that are ours to say. `invalid_client` is the refusal 'client-invalid'. */
export const oauthErrors = {
  invalid_request: 'A parameter is missing, or was sent twice.',
  invalid_scope: 'Nothing of that scope is registered for this client.',
  unsupported_grant_type: 'Only client_credentials is offered here.',
} as const

export function oauthError(error: keyof typeof oauthErrors): Answer {
  return answerJson(400, { error, error_description: oauthErrors[error] })
}

/** RFC 6749 sec. 5.1: what holds a token is kept by nobody on the way. */
export function answerJson(status: number, body: object): Answer {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', pragma: 'no-cache' }
  return { status, headers, body: JSON.stringify(body) }
}

/** The parameters of a form, each at most once (RFC 6749 sec. 3.2); undefined when one was sent twice. */
export async function readForm(exchange: Exchange): Promise<ReadonlyMap<string, string> | undefined> {
  const sent = [...new URLSearchParams((await exchange.body()).toString('utf8'))]
  const form = new Map(sent)
  return form.size === sent.length ? form : undefined
}
