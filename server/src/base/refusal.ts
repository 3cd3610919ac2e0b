/**
 * Every reason we decline a request, and all that a caller may learn about it.
 * The texts are fixed: a message built from data is how PHI reaches a log.
 * `issue` is a code of http://hl7.org/fhir/issue-type.
 */
export const refusals = {
  'not-signed-in': { status: 401, issue: 'login', text: 'Sign in first.' },
  'sign-in-failed': { status: 401, issue: 'login', text: 'The user name, password or code is not right.' },
  'sign-in-throttled': { status: 429, issue: 'throttled', text: 'Too many attempts. Wait, then try again.' },
  'second-factor-required': { status: 401, issue: 'login', text: 'Set up or enter the second factor first.' },
  'password-unsuitable': {
    status: 422,
    issue: 'business-rule',
    text: 'Choose a longer password that is not on the list of common ones.',
  },
  'user-name-taken': { status: 409, issue: 'duplicate', text: 'That user name is taken.' },
  'input-invalid': { status: 422, issue: 'value', text: 'Something that was sent is missing or cannot be used.' },
  'session-locked': { status: 401, issue: 'login', text: 'This session is locked. Unlock it to go on.' },
  'session-damaged': {
    status: 401,
    issue: 'login',
    text: 'This session failed its integrity check and is over. Sign in again.',
  },
  'account-damaged': {
    status: 403,
    issue: 'security',
    text: 'This account failed its integrity check: it lets nobody in until it is put right.',
  },
  'client-damaged': {
    status: 403,
    issue: 'security',
    text: 'This client failed its integrity check: it lets nobody in until it is put right.',
  },
  'token-invalid': { status: 401, issue: 'login', text: 'The access token is missing, expired or not ours.' },
  'client-invalid': { status: 401, issue: 'login', text: 'The client could not be authenticated.' },
  'scope-insufficient': { status: 403, issue: 'forbidden', text: 'The granted scopes do not cover this.' },
  'cross-site': { status: 403, issue: 'security', text: 'This request must come from the application itself.' },
  'not-permitted': { status: 403, issue: 'forbidden', text: 'Policy does not permit this.' },
  // Also sent when the record exists but the actor may not know that it does.
  'not-found': { status: 404, issue: 'not-found', text: 'No such record.' },
  'host-unknown': { status: 421, issue: 'not-found', text: 'This server does not answer to that name.' },
  'route-unknown': { status: 404, issue: 'not-found', text: 'Nothing is served at this address.' },
  gone: { status: 410, issue: 'deleted', text: 'This record was deleted.' },
  'method-not-allowed': { status: 405, issue: 'not-supported', text: 'This method is not offered here.' },
  'not-acceptable': { status: 406, issue: 'not-supported', text: 'Only JSON is served here.' },
  'update-creates-nothing': {
    status: 405,
    issue: 'not-supported',
    text: 'No such record. Ids are given here: to create it, send it with POST and without an id.',
  },
  'version-conflict': {
    status: 412,
    issue: 'conflict',
    text: 'The record has changed since that version. Read it again.',
  },
  'version-required': { status: 400, issue: 'required', text: 'Send If-Match with the version that is to be changed.' },
  'version-malformed': {
    status: 400,
    issue: 'value',
    text: 'If-Match cannot be read. Send W/"3" for version 3, several of them with commas, or *.',
  },
  'chart-stands': {
    status: 409,
    issue: 'conflict',
    text: 'The patient has records. Delete them first, or mark the patient as not active.',
  },
  'condition-required': {
    status: 400,
    issue: 'required',
    text: 'Name the record by its id, or by a condition of search parameters.',
  },
  'match-ambiguous': { status: 412, issue: 'multiple-matches', text: 'More than one record matches the condition.' },
  'patch-invalid': { status: 400, issue: 'invalid', text: 'The patch is not well-formed.' },
  'patch-failed': { status: 422, issue: 'processing', text: 'The patch does not fit the record as it is.' },
  conflict: { status: 409, issue: 'conflict', text: 'Another change got in the way. Try again.' },
  'record-signed': { status: 422, issue: 'business-rule', text: 'A signed document never changes. Add an addendum.' },
  'too-large': { status: 413, issue: 'too-long', text: 'The request is larger than is accepted here.' },
  'media-type-unsupported': { status: 415, issue: 'not-supported', text: 'Send JSON (application/fhir+json).' },
  'body-malformed': { status: 400, issue: 'structure', text: 'The body is not well-formed JSON in UTF-8.' },
  'body-too-deep': { status: 400, issue: 'structure', text: 'The body is nested too deeply.' },
  'body-duplicate-key': {
    status: 400,
    issue: 'structure',
    text: 'The body names the same property twice in one object.',
  },
  'type-unknown': { status: 404, issue: 'not-supported', text: 'That is not an R4 resource type.' },
  'id-invalid': { status: 400, issue: 'value', text: 'That id is not well-formed.' },
  'resource-invalid': { status: 422, issue: 'invalid', text: 'The resource does not follow its R4 definition.' },
  'resource-mismatch': {
    status: 400,
    issue: 'invalid',
    text: 'The resource does not agree with the address it was sent to.',
  },
  'reference-unresolved': {
    status: 422,
    issue: 'not-found',
    text: 'A reference in the resource leads to nothing here.',
  },
  'resource-subsetted': {
    status: 422,
    issue: 'business-rule',
    text: 'This is a part of a record, tagged SUBSETTED. Saving it would lose the rest.',
  },
  'patient-changed': { status: 422, issue: 'business-rule', text: 'A record cannot move to another patient.' },
  'parameter-unknown': { status: 400, issue: 'not-supported', text: 'A search parameter is not supported.' },
  'parameter-invalid': { status: 400, issue: 'value', text: 'A search parameter has a value that cannot be read.' },
  'search-too-broad': {
    status: 400,
    issue: 'too-costly',
    text: 'Narrow the search: name a patient, or a parameter that is indexed.',
  },
  'value-set-unknown': {
    status: 404,
    issue: 'not-found',
    text: 'That value set, or this version of it, is not known here.',
  },
  'value-set-unusable': {
    status: 422,
    issue: 'not-supported',
    text: 'The value set cannot be worked out: it needs what is not here, or says what is not understood.',
  },
  'expansion-too-costly': {
    status: 422,
    issue: 'too-costly',
    text: 'The value set is too big to be worked out or listed whole. Narrow it, or ask for pages.',
  },
  'code-system-unknown': {
    status: 404,
    issue: 'not-found',
    text: 'That code system, or this version of it, is not known here.',
  },
  'code-unknown': { status: 404, issue: 'not-found', text: 'The code system does not have that code.' },
  'transaction-invalid': { status: 400, issue: 'invalid', text: 'The bundle cannot be carried out as sent.' },
  'record-damaged': {
    status: 500,
    issue: 'exception',
    text: 'The stored record failed its integrity check and was not shown.',
  },
  'too-costly': {
    status: 422,
    issue: 'too-costly',
    text: 'Judging this takes longer than one request may. Send less at once.',
  },
  'rate-limited': { status: 429, issue: 'throttled', text: 'Too many requests. Wait, then try again.' },
  'timed-out': { status: 503, issue: 'timeout', text: 'The request took too long and was stopped.' },
  'storage-unavailable': {
    status: 503,
    issue: 'transient',
    text: 'The record store is not available. Nothing was changed. Try again.',
  },
  'ledger-unavailable': {
    status: 503,
    issue: 'transient',
    text: 'The access could not be recorded, so nothing was released. Try again.',
  },
  'outcome-unknown': {
    status: 503,
    issue: 'incomplete',
    text: 'The connection was lost while saving. Check whether the change is there before sending it again.',
  },
  stopping: { status: 503, issue: 'transient', text: 'The server is stopping. Try again.' },
  internal: {
    status: 500,
    issue: 'exception',
    text: 'Something went wrong here. It was noted under the reference given.',
  },
} as const satisfies Record<string, { status: number; issue: string; text: string }>

export type RefusalCode = keyof typeof refusals

/** One thing wrong with what was sent: where (FHIRPath, no values) and what, in words that hold no data. */
export interface Finding {
  readonly expression: string
  readonly issue: string
  readonly text: string
  /** Absent for an error. */
  readonly severity?: 'error' | 'warning' | 'information'
}

/** An expected "no". Its text is the table's; `rule` is what policy named; `findings` hold places, never values. */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly rule: string | undefined
  readonly remedy: string | undefined
  readonly findings: readonly Finding[]
  /** Which of several parts of what was asked, from 0. */
  readonly part: number | undefined
  /** Of a 405: the methods that are offered there. */
  readonly allow: readonly string[]
  /** Of a 429 or 503: when it is worth trying again, where that is known. */
  readonly retrySeconds: number | undefined

  constructor(
    code: RefusalCode,
    more: {
      rule?: string | undefined
      remedy?: string | undefined
      findings?: readonly Finding[]
      part?: number
      allow?: readonly string[]
      retrySeconds?: number | undefined
      cause?: unknown
    } = {},
  ) {
    super(refusals[code].text, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'Refusal'
    this.code = code
    this.rule = more.rule
    this.remedy = more.remedy
    this.findings = more.findings ?? []
    this.part = more.part
    this.allow = more.allow ?? []
    this.retrySeconds = more.retrySeconds
  }

  /** The same refusal, of one of several parts. */
  of(part: number): Refusal {
    const { code, rule, remedy, findings, allow, retrySeconds, cause } = this
    return new Refusal(code, { rule, remedy, findings, part, allow, retrySeconds, cause })
  }

  get status(): number {
    return refusals[this.code].status
  }

  get issue(): string {
    return refusals[this.code].issue
  }
}

const parameterTexts = {
  'parameter-unknown': 'is not supported here',
  'parameter-invalid': 'has a value that cannot be read',
} as const

/** The refusal of a parameter of ours, by its name. */
export function refuseParameter(code: keyof typeof parameterTexts, name: string): Refusal {
  return new Refusal(code, { findings: [parameterFinding(code, name)] })
}

/**
 * What is wrong with a parameter, which stands as `http.` and its name (R4 OperationOutcome.issue.location).
 *
 * @param named one of R4's names, or ours; else its place from 1: what a caller made up may be health information
 */
export function parameterFinding(code: keyof typeof parameterTexts, named: string | number): Finding {
  const which = typeof named === 'string' ? named : `in place ${named}`
  const expression = typeof named === 'string' ? `http.${named}` : 'http'
  return { expression, issue: refusals[code].issue, text: `The parameter ${which} ${parameterTexts[code]}.` }
}
