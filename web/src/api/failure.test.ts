import { expect, test } from 'vitest'
import { asFailure, Failure, isTransient, parseRefused, unreachable } from './failure.ts'

test('a refusal is read with its rule and remedy', () => {
  const body = { code: 'not-permitted', text: 'No.', rule: 'role:nurse', remedy: 'Ask.', reference: 'r1', extra: 1 }
  expect(parseRefused(body, 403)).toEqual({
    code: 'not-permitted',
    text: 'No.',
    rule: 'role:nurse',
    remedy: 'Ask.',
    reference: 'r1',
  })
})

test('an answer in no form that we know still says what to do', () => {
  expect(parseRefused('<html>', 502)).toMatchObject({
    code: 'internal',
    text: 'The server answered with status 502 and no reason.',
  })
  expect(parseRefused({ code: 7 }, 500).code).toBe('internal')
})

test('trying again by itself is for what passes, never for a refusal', () => {
  const refused = (status: number) => new Failure('refused', status, parseRefused({ code: 'x' }, status))
  expect([unreachable(), refused(503), refused(403), refused(401), refused(412)].map(isTransient)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
})

test('a fault of the page is not shown with its message, which may hold anything', () => {
  expect(asFailure(new TypeError('Rossi is undefined')).refused.text).not.toContain('Rossi')
})
