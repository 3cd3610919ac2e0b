import { expect, test } from 'vitest'
import { Refusal, type RefusalCode, refusals } from '#base'
import { answerRefusal } from './refused.ts'
import type { Surface } from './route.ts'

const codes = Object.keys(refusals) as RefusalCode[]
const request = '01900000-0000-8000-8000-000000000000'
const bodyOf = (refusal: Refusal, surface: Surface) =>
  JSON.parse(String(answerRefusal(refusal, surface, request).body)) as never

test.each(codes)(
  '%s is an OperationOutcome with the text of the table and nothing of the request but its id (R-15)',
  (code) => {
    const answer = answerRefusal(new Refusal(code, { cause: new Error('Amina') }), 'fhir', request)
    expect(answer.status).toBe(refusals[code].status)
    expect(JSON.parse(String(answer.body))).toEqual({
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: refusals[code].issue,
          details: { coding: [{ code }], text: refusals[code].text },
          diagnostics: `${refusals[code].text} Reference ${request}.`,
        },
      ],
    })
  },
)

test('findings stand after the reason, each with its place', () => {
  const findings = [{ expression: 'Patient.birthDate', issue: 'value', text: 'Not a date.' }]
  expect(bodyOf(new Refusal('resource-invalid', { findings }), 'fhir')).toMatchObject({
    issue: [
      { code: 'invalid' },
      { severity: 'error', code: 'value', details: { text: 'Not a date.' }, expression: ['Patient.birthDate'] },
    ],
  })
})

test('the web app gets the code, the rule and what would satisfy it', () => {
  expect(
    bodyOf(new Refusal('not-permitted', { rule: 'role:nurse/billing', remedy: 'Ask a biller.' }), 'office'),
  ).toEqual({
    code: 'not-permitted',
    text: refusals['not-permitted'].text,
    rule: 'role:nurse/billing',
    remedy: 'Ask a biller.',
    reference: request,
  })
})

test.each<[RefusalCode, number, string]>([
  ['client-invalid', 401, 'invalid_client'],
  ['scope-insufficient', 400, 'invalid_scope'],
  ['body-malformed', 400, 'invalid_request'],
  ['media-type-unsupported', 400, 'invalid_request'],
  ['rate-limited', 429, 'temporarily_unavailable'],
  ['storage-unavailable', 503, 'temporarily_unavailable'],
  ['internal', 500, 'server_error'],
])('a token request refused with %s is answered %i %s (RFC 6749, 5.2)', (code, status, error) => {
  expect(answerRefusal(new Refusal(code), 'smart', request).status).toBe(status)
  expect(bodyOf(new Refusal(code), 'smart')).toEqual({ error, error_description: refusals[code].text })
})

test('every 401 names a scheme, and every 429 and 503 says when to try again (RFC 9110)', () => {
  for (const code of codes) {
    for (const surface of ['fhir', 'office', 'smart', 'system'] as const) {
      const { status, headers } = answerRefusal(new Refusal(code), surface, request)
      expect([code, headers?.['www-authenticate'] !== undefined]).toEqual([
        code,
        refusals[code].status === 401 || code === 'scope-insufficient',
      ])
      if (status === 429 || status === 503) expect(headers?.['retry-after']).toMatch(/^\d+$/)
    }
  }
})
