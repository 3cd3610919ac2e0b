import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { clientOf, type Practice, test } from '../../test/identity.ts'
import { tokenId } from './token-rows.ts'

const from = { workstation: '10.1.1.9', request: randomUUID() }

const entriesOf = async (practice: Practice, action: string) =>
  (await practice.entries()).filter((entry) => entry.action === action)

test.for([
  ['altered', `update identity.token set scopes = '{system/*.cruds}'`],
  ['put-back', 'update identity.token set revoked = null'],
] as const)(
  'a token whose row is %s lets nobody in, and is named with its id',
  async ([fault, sql], { practice, owner }) => {
    const { identity, tenant } = practice
    const { id, token } = await clientOf(practice)
    if (fault === 'put-back') await identity.revokeToken(token, { tenant, id }, from)
    await owner.query(sql)
    const { rows } = await owner.query<{ digest: Buffer }>('select digest from identity.token')
    const fresh = practice.open()
    expect(await fresh.findToken(token)).toBeUndefined()
    await expect
      .poll(async () => (await entriesOf(practice, 'identity-damaged')).map(({ details }) => details))
      .toMatchObject([{ kind: 'token', id: tokenId(rows[0]?.digest ?? Buffer.alloc(0)), fault }])
  },
)

test('what is no token, or is over already, is given back without a trace', async ({ practice }) => {
  const { identity, tenant } = practice
  const { id, token } = await clientOf(practice)
  const revoke = (text: string) => identity.revokeToken(text, { tenant, id }, from)
  for (const text of ['', 'x', 'A'.repeat(64), `${token}A`, token.slice(1)]) await revoke(text)
  expect(await entriesOf(practice, 'token-revoke')).toEqual([])
  expect(await identity.findToken(token)).toBeDefined()
  for (let n = 0; n < 3; n++) await revoke(token)
  expect(await entriesOf(practice, 'token-revoke')).toMatchObject([{ actor: { kind: 'client', id } }])
  expect(await identity.findToken(token)).toBeUndefined()
})

test('a token whose row is gone is not found, and nothing is named', async ({ practice, owner }) => {
  const { token } = await clientOf(practice)
  await owner.query('delete from identity.token')
  expect(await practice.open().findToken(token)).toBeUndefined()
  await practice.ledger.stop()
  expect(await entriesOf(practice, 'identity-damaged')).toEqual([])
})
