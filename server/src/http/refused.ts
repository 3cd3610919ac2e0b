import type { Refused } from '@chartkeep/model/office'
import { type Finding, type Refusal, type RefusalCode, refusals } from '#base'
import type { Answer, Surface } from './route.ts'

/** What a refusal is answered with, by surface. Nothing of the request is in it but its own id. */
export function answerRefusal(refusal: Refusal, surface: Surface, request: string): Answer & { body: string } {
  const { code, status } = refusal
  const headers: Record<string, string> = {}
  const challenge = challengeFor(code, status, surface)
  if (challenge !== undefined) headers['www-authenticate'] = challenge
  // RFC 9110, 15.5.6: always there, and empty where no method would do.
  if (status === 405) headers['allow'] = [...new Set(refusal.allow)].join(', ')
  if (status === 429 || status === 503)
    headers['retry-after'] = String(refusal.retrySeconds ?? (status === 429 ? 10 : 2))
  switch (surface) {
    case 'fhir':
      return { status, headers, body: JSON.stringify(operationOutcome(refusal, request)) }
    case 'office':
      return { status, headers, body: JSON.stringify(refused(refusal, request)) }
    case 'smart':
      return { status: oauthStatus(code, status), headers, body: JSON.stringify(oauthError(refusal)) }
    case 'system':
      return { status, headers, body: `${refusals[code].text}\n` }
  }
}

/** RFC 6750, 3 and SMART: which kind of credentials would do, and what was wrong with those sent (S-14). */
function challengeFor(code: RefusalCode, status: number, surface: Surface): string | undefined {
  if (code === 'scope-insufficient') return 'Bearer realm="chartkeep", error="insufficient_scope"'
  if (status !== 401) return undefined
  if (surface === 'office') return 'Session realm="chartkeep"'
  // A signed assertion has no scheme of its own to ask for (RFC 6749, 5.2); what is said of tokens is not said of it.
  return code === 'client-invalid' ? 'Bearer realm="chartkeep"' : 'Bearer realm="chartkeep", error="invalid_token"'
}

const mostTold = 3

/**
 * severity, code and fixed text for each; the rule, the remedy and the reference for whoever has to put it right.
 * Many programs show nothing but the `diagnostics` of the first issue, so all that helps stands there too.
 */
function operationOutcome(refusal: Refusal, request: string): object {
  const { findings } = refusal
  const { text } = refusals[refusal.code]
  const more = findings.length - mostTold
  const diagnostics = [
    text,
    ...findings
      .filter((finding) => finding.text !== text || isPlace(finding))
      .slice(0, mostTold)
      .map(sentenceOf),
    more > 0 ? `And ${more} more.` : undefined,
    refusal.rule === undefined ? undefined : `Rule ${refusal.rule}.`,
    refusal.remedy,
    `Reference ${request}.`,
  ]
  const main = {
    severity: 'error',
    code: refusal.issue,
    details: { coding: [{ code: refusal.code }], text },
    diagnostics: diagnostics.filter((part) => part !== undefined).join(' '),
  }
  const issues = findings.map((finding) => ({
    severity: 'error',
    code: finding.issue,
    details: { text: finding.text },
    diagnostics: sentenceOf(finding),
    ...placeOf(finding.expression),
  }))
  return { resourceType: 'OperationOutcome', issue: [main, ...issues] }
}

const isPlace = ({ expression }: Finding): boolean => expression !== '$this' && expression !== 'http'

/** `Observation.subject: …`; findings of constraints have no full stop of their own. */
function sentenceOf(finding: Finding): string {
  const { expression } = finding
  const text = /[.!?]$/.test(finding.text) ? finding.text : `${finding.text}.`
  return isPlace(finding) && !expression.startsWith('http.') ? `${expression}: ${text}` : text
}

/** R4: a parameter of the request is no element, and stands in `location` as `http.` and its name. */
function placeOf(expression: string): object {
  return /^http(\.|$)/.test(expression) ? { location: [expression] } : { expression: [expression] }
}

function refused(refusal: Refusal, request: string): Refused {
  // Findings say what is wrong with what was sent, and so what to do about it (P-04: why a password is refused).
  const remedy = refusal.remedy ?? refusal.findings.map(({ text }) => text).join(' ')
  return {
    code: refusal.code,
    text: refusals[refusal.code].text,
    ...(refusal.rule === undefined ? {} : { rule: refusal.rule }),
    ...(remedy === '' ? {} : { remedy }),
    reference: request,
  }
}

/** RFC 6749, 5.2. */
function oauthError(refusal: Refusal): object {
  return { error: oauthCode(refusal.code, refusal.status), error_description: refusals[refusal.code].text }
}

function oauthCode(code: RefusalCode, status: number): string {
  if (code === 'client-invalid') return 'invalid_client'
  if (code === 'scope-insufficient') return 'invalid_scope'
  if (code === 'token-invalid') return 'invalid_token'
  if (status >= 500) return status === 503 ? 'temporarily_unavailable' : 'server_error'
  return status === 429 ? 'temporarily_unavailable' : 'invalid_request'
}

/** RFC 6749, 5.2: 400 for what is wrong with a token request, a scope that is too wide included. */
function oauthStatus(code: RefusalCode, status: number): number {
  return code === 'scope-insufficient' || code === 'media-type-unsupported' ? 400 : status
}
