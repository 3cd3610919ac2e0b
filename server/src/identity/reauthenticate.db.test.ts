import { expect } from 'vitest'
import { fromRoom3, test } from '../../test/identity.ts'

const wrong = 'not the password at all'

// By its clock no time passes in another process, so nothing but the notice makes it ask again.
test('N-07 another process hears at once that a session ended after wrong passwords, or by a new password', async ({
  practice,
}) => {
  const { identity } = practice
  const hearing = practice.open()
  await hearing.start()
  const nora = await practice.hire()
  const [one, two, three] = [
    await practice.signIn(nora),
    await practice.signIn(nora, { workstation: 'room-4' }),
    await practice.signIn(nora, { workstation: 'room-5' }),
  ]
  for (const { secret } of [one, two, three]) expect(await hearing.findSession(secret)).toBeDefined()
  await identity.lock(one.presence, fromRoom3.request)
  for (let n = 0; n < 5; n++)
    await expect(identity.unlock(one.secret, wrong, fromRoom3)).rejects.toMatchObject({ code: 'sign-in-failed' })
  await expect.poll(async () => hearing.findSession(one.secret)).toBeUndefined()
  expect(await hearing.findSession(two.secret)).toBeDefined()
  const passwords = { present: nora.password, next: 'harbour goat twelve cans' }
  await identity.changePassword(two.secret, passwords, fromRoom3)
  await expect.poll(async () => hearing.findSession(three.secret)).toBeUndefined()
  await hearing.stop()
})

test('what failed and what ended by it is recorded, with the act that it was for', async ({ practice, owner }) => {
  const { identity } = practice
  const nora = await practice.hire()
  const [one, two] = [await practice.signIn(nora), await practice.signIn(nora, { workstation: 'room-4' })]
  const before = (await practice.entries()).length
  await identity.lock(one.presence, fromRoom3.request)
  for (let n = 0; n < 5; n++) await identity.unlock(one.secret, wrong, fromRoom3).catch(() => undefined)
  await identity.checkPassword(two.presence, wrong, fromRoom3).catch(() => undefined)
  const three = await practice.signIn(nora)
  const round = async () =>
    Number((await owner.query<{ round: number }>('select round from identity.account')).rows[0]?.round)
  const counted = await round()
  const passwords = { present: nora.password, next: 'harbour goat twelve cans' }
  await identity.changePassword(two.secret, passwords, fromRoom3)
  expect(await round()).toBe(counted + 1)
  const told = (await practice.entries()).slice(before).map(({ action, details }) => {
    const { step, why, reason, session } = (details ?? {}) as Record<string, unknown>
    return [action, step ?? reason, ...(reason === undefined ? [] : [session]), ...(why === undefined ? [] : [why])]
  })
  expect(told.filter(([action]) => action !== 'sign-in')).toEqual([
    ['lock', 'user', one.presence.session],
    ...Array.from({ length: 5 }, () => ['sign-in-failed', 'unlock', 'password']),
    ['sign-out', 'unlock-failures', one.presence.session],
    ['sign-in-failed', 'signature', 'password'],
    ['password-change', undefined],
    ['sign-out', 'password', three.presence.session],
  ])
})

test('P-04 a new password is not the user name', async ({ practice }) => {
  const { identity } = practice
  const person = await practice.hire({ user: 'kestrel.harrow', name: 'Nora Lindqvist' })
  const { secret } = await practice.signIn(person)
  const passwords = { present: person.password, next: 'kestrel.harrow 77' }
  await expect(identity.changePassword(secret, passwords, fromRoom3)).rejects.toMatchObject({
    code: 'password-unsuitable',
  })
})

test('N-06 nobody changes a password from a locked session, or from none', async ({ practice }) => {
  const { identity } = practice
  const nora = await practice.hire()
  const { secret, presence } = await practice.signIn(nora)
  const passwords = { present: nora.password, next: 'harbour goat twelve cans' }
  for (const none of ['', 'x', 'A'.repeat(64)])
    await expect(identity.changePassword(none, passwords, fromRoom3)).rejects.toMatchObject({ code: 'not-signed-in' })
  await identity.lock(presence, fromRoom3.request)
  await expect(identity.changePassword(secret, passwords, fromRoom3)).rejects.toMatchObject({ code: 'session-locked' })
})
