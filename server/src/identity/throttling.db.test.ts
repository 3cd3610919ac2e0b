import { describe, expect } from 'vitest'
import { fromOutside, fromRoom3, operator, test, type Practice, type TestPerson } from '../../test/identity.ts'
import { releaseAccount } from './accounts.ts'
import type { From } from './parts.ts'

const minute = 60_000
const wrong = 'not the password at all'

/** Fails to sign in so many times; the clock moves on between, so that each attempt is let in. Returns the refusals. */
async function fail(practice: Practice, user: string, from: From, times: number, apart = 16 * minute) {
  const codes: string[] = []
  for (let i = 0; i < times; i++) {
    if (i > 0) practice.clock.move(apart)
    await practice.identity
      .signIn({ tenant: practice.tenant, user, password: wrong }, from)
      .catch((refusal: { code: string; remedy?: string }) => codes.push(`${refusal.code} ${refusal.remedy ?? ''}`))
  }
  return codes
}

/** Through both steps at a workstation that keeps its cookie. */
async function atDesk(practice: Practice, person: TestPerson, from: From = fromRoom3) {
  const signedIn = await practice.signIn(person, from)
  return { ...signedIn, from: { ...from, ...(signedIn.device === undefined ? {} : { device: signedIn.device }) } }
}

describe('P-09 attempts from the address of the ward', () => {
  test.for([10, 20, 40])(
    '%i wrong passwords there keep nobody from unlocking and signing in an open session',
    async (times, { practice }) => {
      const { identity } = practice
      const doctor = await practice.hire({ roles: ['clinician'] })
      const desk = await atDesk(practice, doctor)
      await fail(practice, doctor.user, { ...fromRoom3 }, times, 0)
      await identity.checkPassword(desk.presence, doctor.password, desk.from)
      await identity.lock(desk.presence, fromRoom3.request)
      await expect(identity.unlock(desk.secret, doctor.password, desk.from)).resolves.toHaveProperty('secret')
    },
  )

  test('nor from signing in again at their own workstation, whatever was tried without its cookie', async ({
    practice,
  }) => {
    const doctor = await practice.hire()
    const desk = await atDesk(practice, doctor)
    expect((await fail(practice, doctor.user, fromRoom3, 30)).at(-1)).toBe(
      'sign-in-throttled Ask an administrator to open the account again.',
    )
    await expect(practice.signIn(doctor, desk.from)).resolves.toMatchObject({ device: desk.from.device })
  })

  test('with names of anybody do not close the address for those who work there', async ({ practice }) => {
    const doctor = await practice.hire()
    await practice.signIn(doctor)
    for (let i = 0; i < 60; i++) await fail(practice, `name${i}`, fromRoom3, 1)
    await expect(practice.signIn(doctor)).resolves.toHaveProperty('secret')
    await expect(practice.signIn(await practice.hire())).resolves.toHaveProperty('secret')
  })

  test('get the same answers for a name that nobody has', async ({ practice }) => {
    const doctor = await practice.hire()
    await practice.signIn(doctor)
    const known = await fail(practice, doctor.user, fromRoom3, 12, 0)
    expect(known).toEqual(await fail(practice, 'nobody.here', fromRoom3, 12, 0))
    expect(known.filter((code) => code.startsWith('sign-in-failed'))).toHaveLength(5)
  })
})

describe('P-09 attempts from elsewhere', () => {
  test('keep nobody out of the practice’s network, even where the browser keeps no cookie', async ({ practice }) => {
    const doctor = await practice.hire()
    await practice.signIn(doctor)
    await fail(practice, doctor.user, fromOutside, 90)
    await expect(practice.signIn(doctor)).resolves.toHaveProperty('secret')
  })

  test('a sign-in with both factors at a known workstation reopens what they closed, and only their wait stays', async ({
    practice,
  }) => {
    const { identity, tenant, clock } = practice
    const doctor = await practice.hire()
    const desk = await atDesk(practice, doctor)
    await fail(practice, doctor.user, fromOutside, 80)
    const refused = await fail(practice, doctor.user, fromOutside, 1)
    expect(refused.at(-1)).toBe('sign-in-throttled Ask an administrator to open the account again.')
    await practice.signIn(doctor, desk.from)
    await expect(identity.signIn({ ...doctor, tenant }, fromOutside)).rejects.toMatchObject({
      code: 'sign-in-throttled',
      remedy: expect.stringMatching(/^Try again in \d+ (minutes|seconds)\.$/),
    })
    clock.move(15 * minute)
    await expect(identity.signIn({ ...doctor, tenant }, fromOutside)).resolves.toHaveProperty('ticket')
  })

  test('are forgotten by the half hour: a day later a person types as freely as before', async ({ practice }) => {
    const doctor = await practice.hire()
    await fail(practice, doctor.user, fromOutside, 12, 0)
    practice.clock.move(6 * 60 * minute)
    const codes = await fail(practice, doctor.user, fromOutside, 6, 0)
    expect(codes.map((code) => code.split(' ')[0])).toEqual([
      ...Array.from({ length: 5 }, () => 'sign-in-failed'),
      'sign-in-throttled',
    ])
  })
})

test('P-09 a colleague who fails at a shared workstation closes that one only, and an administrator releases it', async ({
  practice,
}) => {
  const { identity, tenant } = practice
  const doctor = await practice.hire()
  const shared = await atDesk(practice, doctor)
  const own = await atDesk(practice, doctor, { ...fromRoom3, workstation: 'room-4' })
  expect(own.from.device).not.toBe(shared.from.device)
  await fail(practice, doctor.user, shared.from, 25)
  await expect(identity.signIn({ ...doctor, tenant }, shared.from)).rejects.toMatchObject({ code: 'sign-in-throttled' })
  await expect(identity.signIn({ ...doctor, tenant }, own.from)).resolves.toHaveProperty('ticket')
  await releaseAccount(identity.parts, tenant, doctor.id, operator)
  await expect(identity.signIn({ ...doctor, tenant }, shared.from)).resolves.toHaveProperty('ticket')
  expect((await practice.entries()).findLast(({ action }) => action === 'account-release')).toBeDefined()
})

test('P-09 the cookie of a workstation is ours and only known to whom it was used by', async ({ practice }) => {
  const doctor = await practice.hire()
  const nurse = await practice.hire()
  const desk = await atDesk(practice, doctor)
  // Somebody else's name with this cookie: counted at the network, where the nurse has another five tries at her own desk.
  await fail(practice, nurse.user, desk.from, 20)
  await expect(practice.signIn(doctor, desk.from)).resolves.toHaveProperty('secret')
  for (const device of ['', 'x', 'A'.repeat(64), 'AAAAAQ'.padEnd(64, 'A'), desk.secret]) {
    const made = await practice.signIn(doctor, { device })
    expect(made.device).not.toBe(device)
    expect(made.device).toMatch(/^[A-Za-z0-9_-]{64}$/)
  }
})

test('P-09 whoever sits at an open session has ten tries to sign, then the session is over', async ({ practice }) => {
  const { identity, clock } = practice
  const doctor = await practice.hire()
  const { presence, secret } = await practice.signIn(doctor)
  const codes: string[] = []
  for (let i = 0; i < 10; i++) {
    clock.move(17_000)
    await identity
      .checkPassword(presence, wrong, fromRoom3)
      .catch(({ code }: { code: string }) => void codes.push(code))
  }
  expect(codes).toEqual(Array.from({ length: 10 }, () => 'sign-in-failed'))
  expect(await identity.findSession(secret)).toBeUndefined()
  expect((await practice.entries()).at(-1)).toMatchObject({
    action: 'sign-out',
    details: { reason: 'signature-failures' },
  })
  await expect(practice.signIn(doctor)).resolves.toHaveProperty('secret')
})

test('P-09 a hundred guesses at once to unlock are counted one by one', async ({ practice }) => {
  const { identity } = practice
  const doctor = await practice.hire()
  const { presence, secret } = await practice.signIn(doctor)
  await identity.lock(presence, fromRoom3.request)
  const guesses = await Promise.allSettled(
    Array.from({ length: 60 }, async () => identity.unlock(secret, wrong, fromRoom3)),
  )
  const judged = guesses.filter((guess) => guess.status === 'rejected' && guess.reason.code === 'sign-in-failed')
  expect(judged).toHaveLength(5)
  expect(await identity.findSession(secret)).toBeUndefined()
})

test('V16: attempts that are not let in are one entry a minute for each name and address, and then their number', async ({
  practice,
}) => {
  const doctor = await practice.hire()
  for (const user of [doctor.user, 'nobody.here']) await fail(practice, user, fromOutside, 25, 0)
  const throttled = async () =>
    (await practice.entries())
      .map(({ details }) => details as { why?: string; repeated?: number } | undefined)
      .filter((details) => details?.why === 'throttled')
      .map((details) => details?.repeated)
  expect(await throttled()).toEqual([undefined, undefined])
  await practice.identity.stop()
  expect(await throttled()).toEqual([undefined, undefined, 19, 19])
})
