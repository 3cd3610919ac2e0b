import { TOTP } from 'otpauth'
import { beforeAll, expect, test } from 'vitest'
import { Damaged, type Keyring } from '#keys'
import { newKeyring } from '../../test/keyring.ts'
import { anAccount as wholeAccount } from '../../test/identity-states.ts'
import type { AccountState } from './account-state.ts'
import { sealAt } from './people.ts'
import { enrol, issueRecoveryCodes, sealTotp, useCode, useRecoveryCode } from './second-factor.ts'

const anAccount = (): AccountState => wholeAccount()

const now = Date.parse('2026-03-02T08:00:00Z')
const secret = Buffer.from('12345678901234567890')
const codeAt = (ms: number): string =>
  new TOTP({ secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }).generate({ timestamp: ms })
const step = Math.floor(now / 30_000)

let keys: Keyring
beforeAll(async () => void (keys = await newKeyring()))

const sealed = (account = anAccount()): Buffer => sealTotp(keys, account.tenant, account.id, secret)

test('P-11 the first right code makes a secret the second factor, and is used by it', () => {
  const account = { ...anAccount(), factor: null }
  const secretOfAccount = sealed(account)
  const enrolled = enrol(keys, account, secretOfAccount, codeAt(now), now)
  expect(enrolled).toEqual({ ...account, factor: { secret: secretOfAccount, lastStep: step, enrolled: now } })
  if (enrolled === undefined) throw new Error('not enrolled')
  expect(useCode(keys, enrolled, codeAt(now), now)).toBeUndefined()
  expect(enrol(keys, account, secretOfAccount, codeAt(now - 90_000), now)).toBeUndefined()
})

test('P-11 a secret that was sealed for another account, or another practice, makes nobody’s second factor', () => {
  const account = { ...anAccount(), factor: null }
  for (const other of [
    { ...account, id: anAccount().id },
    { ...account, tenant: account.tenant + 1 },
  ])
    expect(() => enrol(keys, account, sealed(other), codeAt(now), now)).toThrow(Damaged)
  const inAnotherColumn = sealAt(keys, { tenant: account.tenant, column: 'account.person', owner: account.id }, secret)
  expect(() => enrol(keys, account, inAnotherColumn, codeAt(now), now)).toThrow(Damaged)
})

test('P-11 a second factor that is there is not replaced by enrolling another', () => {
  const account = anAccount()
  expect(enrol(keys, account, sealed(account), codeAt(now), now)).toBeUndefined()
})

test('P-11 a code is spent by its use, and with it all before it; the next one is good', () => {
  const account = anAccount()
  const before = { ...account, factor: { secret: sealed(account), lastStep: step - 1, enrolled: 0 } }
  const after = useCode(keys, before, codeAt(now), now)
  expect(after).toEqual({ ...before, factor: { ...before.factor, lastStep: step } })
  if (after === undefined) throw new Error('a right code was refused')
  expect(useCode(keys, after, codeAt(now), now)).toBeUndefined()
  expect(useCode(keys, after, codeAt(now - 30_000), now)).toBeUndefined()
  expect(useCode(keys, after, codeAt(now + 30_000), now)).toMatchObject({ factor: { lastStep: step + 1 } })
  expect(useCode(keys, { ...after, factor: null }, codeAt(now + 30_000), now)).toBeUndefined()
})

test('P-12 a recovery code is good once, however it is typed, and the others stay', () => {
  const { account, codes } = issueRecoveryCodes(keys, anAccount())
  expect(account.recovery).toHaveLength(10)
  expect(account.recovery.every(({ used }) => used === null)).toBe(true)
  const [first = '', second = ''] = codes
  const after = useRecoveryCode(keys, account, ` ${first.toLowerCase().replaceAll('-', ' ')}`, now)
  expect(after?.recovery.map(({ used }) => used)).toEqual([now, ...Array.from({ length: 9 }, () => null)])
  if (after === undefined) throw new Error('a right code was refused')
  expect(useRecoveryCode(keys, after, first, now + 1)).toBeUndefined()
  expect(useRecoveryCode(keys, after, second, now + 1)?.recovery.map(({ used }) => used)).toEqual([
    ...[now, now + 1],
    ...Array.from({ length: 8 }, () => null),
  ])
})

test('P-12 a recovery code is good for its own account alone, and nothing else is one', () => {
  const { account, codes } = issueRecoveryCodes(keys, anAccount())
  const other = { ...account, id: anAccount().id }
  expect(useRecoveryCode(keys, other, codes[0] ?? '', now)).toBeUndefined()
  for (const text of ['', '123456', 'ABCD-EFGH-IJKL-MNOP'])
    expect(useRecoveryCode(keys, account, text, now)).toBeUndefined()
})

test('new recovery codes take the place of all before them', () => {
  const first = issueRecoveryCodes(keys, anAccount())
  const second = issueRecoveryCodes(keys, first.account)
  expect(useRecoveryCode(keys, second.account, first.codes[0] ?? '', now)).toBeUndefined()
  expect(useRecoveryCode(keys, second.account, second.codes[0] ?? '', now)).toBeDefined()
})
