import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { describeError } from './log.ts'
import { Refusal, refusals } from './refusal.ts'
import { Secret } from './secret.ts'

test('V16: a secret does not print, however it is printed', () => {
  const secret = new Secret(Buffer.from('canary-7c1'))
  for (const text of [
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }, { showHidden: true, depth: 9 }),
    `${secret}`,
  ]) {
    expect(text).not.toContain('canary-7c1')
    expect(text).not.toContain(Buffer.from('canary-7c1').toString('base64'))
  }
  secret.destroy()
  expect(secret.reveal().every((byte) => byte === 0)).toBe(true)
})

test('what is logged of an error leaves out its message, where drivers put values', () => {
  const described = JSON.stringify(
    describeError(Object.assign(new Error('Key (name)=(Canary) already exists'), { code: '23505' })),
  )
  expect(described).toContain('23505')
  expect(described).not.toContain('Canary')
})

test('a refusal says the words of the table, whatever caused it', () => {
  const refusal = new Refusal('not-found', { cause: new Error('Canary') })
  expect([refusal.message, refusal.status, refusal.issue]).toEqual([refusals['not-found'].text, 404, 'not-found'])
})
