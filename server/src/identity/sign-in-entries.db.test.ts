import { expect } from 'vitest'
import { fromRoom3, operator, test } from '../../test/identity.ts'
import { createAccount, disableAccount } from './accounts.ts'
import type { From } from './parts.ts'

const week = 7 * 24 * 3_600_000

test('why a sign-in failed is recorded, and not said', async ({ practice }) => {
  const { identity, tenant, clock } = practice
  const [nora, gone] = [await practice.hire(), await practice.hire()]
  const password = 'marigold kettle under fog'
  const account = { tenant, user: 'late', name: 'Wim Vandersteen', roles: ['nurse'], password }
  await createAccount(identity.parts, account, operator)
  await practice.signIn(nora)
  await practice.signIn(gone)
  await disableAccount(identity.parts, tenant, gone.id, operator)
  clock.move(week + 1)
  const before = (await practice.entries()).length
  for (const [user, given] of [
    ['nobody', password],
    [nora.user, 'not the password at all'],
    [gone.user, password],
    ['late', password],
  ] as const)
    await expect(identity.signIn({ tenant, user, password: given }, fromRoom3)).rejects.toMatchObject({
      ...{ code: 'sign-in-failed', findings: [], rule: undefined, remedy: undefined },
    })
  const told = (await practice.entries()).slice(before).map(({ action, details }) => {
    const { step, why } = details as Record<string, unknown>
    return [action, step, why]
  })
  expect(told).toEqual(
    ['user', 'password', 'disabled', 'enrolment-over'].map((why) => ['sign-in-failed', 'password', why]),
  )
})

test('a flood from the address of a ward takes no place of its known workstations; a cookie that is not ours helps nobody', async ({
  practice,
}) => {
  const { identity, tenant } = practice
  const nora = await practice.hire()
  const { device } = await practice.signIn(nora)
  if (device === undefined) throw new Error('a sign-in gives its workstation a cookie')
  const tries = Promise.allSettled(
    Array.from({ length: 40 }, (_, at) => identity.signIn({ tenant, user: `nobody${at}`, password: 'x' }, fromRoom3)),
  )
  const withCookie = (cookie: string): From => ({ ...fromRoom3, device: cookie })
  const [known, forged] = await Promise.allSettled([
    identity.signIn({ ...nora, tenant }, withCookie(device)),
    identity.signIn({ ...nora, tenant }, withCookie('A'.repeat(64))),
  ])
  expect(known).toMatchObject({ status: 'fulfilled' })
  expect(forged).toMatchObject({ reason: { code: 'sign-in-throttled' } })
  const codes = (await tries).map((each) =>
    each.status === 'rejected' ? (each.reason as { code: string }).code : 'in',
  )
  expect(codes.filter((code) => code === 'sign-in-throttled').length).toBeGreaterThanOrEqual(8)
})

test('activity that was not written yet keeps a session open when what is idle is looked for', async ({
  practice,
  owner,
}) => {
  const { identity, clock } = practice
  const idle = await practice.signIn(await practice.hire(), { workstation: 'room-4' })
  const { secret, presence } = await practice.signIn(await practice.hire())
  await identity.findSession(secret)
  clock.move(30_000)
  await identity.touch(presence)
  const at = clock.now()
  clock.move(280_000)
  const seen = async () =>
    (
      await owner.query<{ seen: Date }>('select seen from identity.session where id = $1', [presence.session])
    ).rows[0]?.seen.getTime()
  expect(await seen()).toBe(at - 30_000)
  await identity.start()
  await expect.poll(seen, { timeout: 20_000 }).toBe(at)
  await identity.stop()
  // The one beside it, which nobody asked about, was locked.
  expect((await practice.entries()).filter(({ action }) => action === 'lock')).toMatchObject([
    { details: { session: idle.presence.session, reason: 'idle' }, workstation: 'room-4' },
  ])
  expect(await identity.findSession(secret)).toMatchObject({ locked: false })
})

test('P-07 a password is hashed anew at the cost of today when it is next used, and that is recorded', async ({
  practice,
  owner,
}) => {
  const { tenant } = practice
  const nora = await practice.hire()
  const dearer = practice.open({ memory: 128, passes: 1, lanes: 1 })
  await expect(dearer.signIn({ ...nora, tenant, password: 'wrong' }, fromRoom3)).rejects.toThrow()
  const memory = async () => (await owner.query<{ memory: number }>('select memory from identity.password')).rows
  expect(await memory()).toEqual([{ memory: 64 }])
  expect(await dearer.signIn({ ...nora, tenant }, fromRoom3)).toHaveProperty('ticket')
  expect(await memory()).toEqual([{ memory: 128 }])
  expect((await practice.entries()).filter(({ action }) => action === 'password-rehash')).toMatchObject([
    { actor: { kind: 'anonymous' }, details: { account: nora.id } },
  ])
  await dearer.signIn({ ...nora, tenant }, fromRoom3)
  expect((await practice.entries()).filter(({ action }) => action === 'password-rehash')).toHaveLength(1)
})

test('a sign-in by a code says so', async ({ practice }) => {
  const nora = await practice.hire()
  await practice.signIn(nora)
  await practice.signIn(nora)
  expect((await practice.entries()).at(-1)).toMatchObject({
    ...{ action: 'sign-in', details: { factors: ['password', 'totp'] } },
  })
})

test('a right code opens nothing for an account that was disabled since the password, or for no ticket', async ({
  practice,
}) => {
  const { identity, tenant, clock } = practice
  const nora = await practice.hire()
  await practice.signIn(nora)
  clock.move(60_000)
  const { ticket } = await identity.signIn({ ...nora, tenant }, fromRoom3)
  await disableAccount(identity.parts, tenant, nora.id, operator)
  for (const text of [ticket, '', 'x', 'A'.repeat(64)])
    await expect(identity.confirm(text, practice.codeOf(nora), fromRoom3)).rejects.toMatchObject({
      code: 'sign-in-failed',
    })
})
