import { expect, test } from 'vitest'
import { parseNotice, parseStateNotice } from './notices.ts'

const id = '01890a5d-ac96-8abc-b123-0123456789ab'

test.each(['session', 'account', 'client'] as const)('a notice of a change says whose it is: %s', (kind) => {
  expect(parseNotice(`12:345:${kind}:${id}`)).toEqual({ tenant: 12, revision: 345n, kind, id })
})

test.each(['account', 'session', 'client', 'token'])('a notice of a state says which is the newest: %s', (kind) => {
  expect(parseStateNotice(`${kind}:${id}:17`)).toEqual({ kind, subject: id, version: 17 })
})

const others = [
  '',
  'x',
  `1:2:ticket:${id}`,
  `1:2:session:${id}x`,
  `x1:2:session:${id}`,
  `:2:session:${id}`,
  `1::session:${id}`,
]

test.each([...others, `1:2:session:${id.slice(1)}`, `1:2:session:${id.replaceAll('-', '_')}`])(
  'anything else is no notice of a change: %j',
  (payload) => {
    expect(parseNotice(payload)).toBeUndefined()
  },
)

test.each([
  ...others,
  `account:${id}`,
  `account:${id}:`,
  `account:${id}:1x`,
  `xaccount:${id}:1`,
  `account:${id}:${'9'.repeat(16)}`,
])('anything else is no notice of a state: %j', (payload) => {
  expect(parseStateNotice(payload)).toBeUndefined()
})
