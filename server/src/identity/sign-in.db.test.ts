import { describe, expect } from 'vitest'
import { codeAt, fromOutside, fromRoom3, lightCost, operator, test } from '../../test/identity.ts'
import { createAccount, disableAccount, releaseAccount, resetPassword, resetSecondFactor } from './accounts.ts'

const minute = 60_000
const wrong = 'not the password at all'

describe('the two steps', () => {
  test('the first sign-in enrols a second factor, shows ten recovery codes once and opens a session', async ({
    practice,
  }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    const { ticket, step } = await identity.signIn({ tenant, user: nora.user, password: nora.password }, fromRoom3)
    if (step.step !== 'enrol') throw new Error('it should ask to enrol')
    const signedIn = await identity.confirm(ticket, codeAt(step.secret, clock.now()), fromRoom3)
    expect(signedIn.recoveryCodes).toHaveLength(10)
    expect(signedIn.presence).toMatchObject({
      id: nora.id,
      role: 'nurse',
      tenant: 1,
      workstation: 'room-3',
      locked: false,
    })
    expect(await identity.findSession(signedIn.secret)).toEqual(signedIn.presence)
  })

  test('the next one asks for a code and shows neither secret nor recovery codes again', async ({ practice }) => {
    const { identity, tenant } = practice
    const nora = await practice.hire()
    await practice.signIn(nora)
    practice.clock.move(minute)
    const { step, ticket } = await identity.signIn({ tenant, user: nora.user, password: nora.password }, fromRoom3)
    expect(step).toEqual({ step: 'code' })
    expect(await identity.confirm(ticket, practice.codeOf(nora), fromRoom3)).not.toHaveProperty('recoveryCodes')
  })

  test('user names are told apart by neither case nor form nor outer blanks', async ({ practice }) => {
    const { identity, tenant } = practice
    const nora = await practice.hire({ user: 'Zoë.Ångström' })
    const user = ' ZOE\u0308.A\u030ANGSTRO\u0308M '
    await expect(identity.signIn({ tenant, user, password: nora.password }, fromRoom3)).resolves.toHaveProperty(
      'ticket',
    )
    await expect(practice.hire({ user: 'zoë.ångström' })).rejects.toMatchObject({ code: 'user-name-taken' })
  })

  test('a name may be taken once in each practice, and opens only its own', async ({ practice }) => {
    const { identity } = practice
    const nora = await practice.hire()
    const other = {
      tenant: 2,
      user: nora.user,
      name: 'Nora Other',
      roles: ['biller'],
      password: 'quarry lamp seven otters',
    }
    await createAccount(identity.parts, other, operator)
    await expect(identity.signIn({ ...nora, tenant: 2 }, fromRoom3)).rejects.toMatchObject({ code: 'sign-in-failed' })
    await expect(identity.signIn({ ...other }, fromRoom3)).resolves.toHaveProperty('ticket')
  })

  test('neither step tells what was wrong', async ({ practice }) => {
    const { identity, tenant } = practice
    const nora = await practice.hire()
    const answers: unknown[] = []
    const note = (refusal: unknown): unknown => answers.push(refusal)
    await identity.signIn({ tenant, user: nora.user, password: wrong }, fromRoom3).catch(note)
    await identity.signIn({ tenant, user: 'nobody.here', password: nora.password }, fromRoom3).catch(note)
    await disableAccount(identity.parts, tenant, nora.id, operator)
    await identity.signIn({ tenant, user: nora.user, password: nora.password }, fromRoom3).catch(note)
    expect(new Set(answers.map((refusal) => JSON.stringify(refusal))).size).toBe(1)
    expect(answers[0]).toMatchObject({ code: 'sign-in-failed', findings: [], rule: undefined, remedy: undefined })
  })

  test('V6 a name that nobody has costs the same password hash and the same entry as a known one', async ({
    practice,
  }) => {
    const { identity, tenant } = practice
    const { hasher } = identity.parts
    const nora = await practice.hire()
    const spent: number[] = []
    const shapes: unknown[] = []
    for (const user of [nora.user, 'nobody.here']) {
      const before = hasher.computed
      await identity.signIn({ tenant, user, password: wrong }, fromOutside).catch(() => undefined)
      spent.push(hasher.computed - before)
      const { action, outcome, actor, workstation } = (await practice.entries()).at(-1)!
      shapes.push({ action, outcome, actor, workstation })
    }
    expect(spent).toEqual([1, 1])
    expect(shapes[0]).toEqual(shapes[1])
  })

  test('a ticket is good for five minutes', async ({ practice }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    await practice.signIn(nora)
    const { ticket } = await identity.signIn({ tenant, user: nora.user, password: nora.password }, fromRoom3)
    clock.move(5 * minute)
    await expect(identity.confirm(ticket, practice.codeOf(nora), fromRoom3)).rejects.toMatchObject({
      code: 'sign-in-failed',
    })
  })

  test('a ticket is worth five tries', async ({ practice }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    await practice.signIn(nora)
    clock.move(minute)
    const { ticket } = await identity.signIn({ tenant, user: nora.user, password: nora.password }, fromRoom3)
    for (let i = 0; i < 5; i++) {
      await expect(identity.confirm(ticket, '000000', fromRoom3)).rejects.toMatchObject({ code: 'sign-in-failed' })
    }
    clock.move(2000)
    await expect(identity.confirm(ticket, practice.codeOf(nora), fromRoom3)).rejects.toMatchObject({
      code: 'sign-in-failed',
    })
  })

  test('a ticket that is not ours opens nothing', async ({ practice }) => {
    for (const ticket of ['', 'x', 'A'.repeat(64), 'AAAAAQ'.padEnd(64, 'A')]) {
      await expect(practice.identity.confirm(ticket, '123456', fromRoom3)).rejects.toMatchObject({
        code: 'sign-in-failed',
      })
    }
  })

  test('V6 an initial password that nobody used for a week opens nothing until it is set again', async ({
    practice,
  }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    clock.move(7 * 24 * 60 * minute)
    await expect(identity.signIn({ ...nora, tenant }, fromRoom3)).rejects.toMatchObject({ code: 'sign-in-failed' })
    await resetPassword(identity.parts, tenant, nora.id, 'harbour goat twelve cans', operator)
    const again = { tenant, user: nora.user, password: 'harbour goat twelve cans' }
    await expect(identity.signIn(again, fromRoom3)).resolves.toHaveProperty('ticket')
  })
})

describe('each code once', () => {
  test('P-11 a code that was used opens nothing more, nor does the one before it', async ({ practice }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    await practice.signIn(nora)
    const used = practice.codeOf(nora)
    const before = codeAt(practice.authenticators.get(nora.id)!, clock.now() - 30_000)
    for (const code of [used, before]) {
      const { ticket } = await identity.signIn({ tenant, user: nora.user, password: nora.password }, fromRoom3)
      await expect(identity.confirm(ticket, code, fromRoom3)).rejects.toMatchObject({ code: 'sign-in-failed' })
    }
  })

  test('P-11 a clock set back does not make a used code new', async ({ practice }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    await practice.signIn(nora)
    clock.move(10 * minute)
    const { ticket } = await identity.signIn({ tenant, user: nora.user, password: nora.password }, fromRoom3)
    clock.move(-10 * minute)
    await expect(identity.confirm(ticket, practice.codeOf(nora), fromRoom3)).rejects.toMatchObject({
      code: 'sign-in-failed',
    })
  })

  test('P-11 one code with eight tickets at once: one gets in', async ({ practice }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    await practice.signIn(nora)
    clock.move(minute)
    const tickets = []
    for (let i = 0; i < 4; i++) tickets.push(await identity.signIn({ ...nora, tenant }, fromRoom3))
    const code = practice.codeOf(nora)
    const other = practice.open()
    const results = await Promise.allSettled(
      tickets.flatMap(({ ticket }) => [
        identity.confirm(ticket, code, fromRoom3),
        other.confirm(ticket, code, fromRoom3),
      ]),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('P-11 two who enrol at once with one account: one second factor, one session', async ({ practice }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    const pending = [
      await identity.signIn({ ...nora, tenant }, fromRoom3),
      await identity.signIn({ ...nora, tenant }, fromOutside),
    ]
    const results = await Promise.allSettled(
      pending.map(async ({ ticket, step }) =>
        identity.confirm(ticket, codeAt(step.step === 'enrol' ? step.secret : '', clock.now()), fromRoom3),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('P-12 a recovery code stands in for a code once, however often it is sent at once', async ({ practice }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    const [recovery = ''] = (await practice.signIn(nora)).recoveryCodes ?? []
    clock.move(minute)
    const tickets = [
      await identity.signIn({ ...nora, tenant }, fromRoom3),
      await identity.signIn({ ...nora, tenant }, fromRoom3),
    ]
    const results = await Promise.allSettled(
      tickets.map(async ({ ticket }) => identity.confirm(ticket, recovery.toLowerCase(), fromRoom3)),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const { ticket } = await identity.signIn({ ...nora, tenant }, fromRoom3)
    await expect(identity.confirm(ticket, recovery, fromRoom3)).rejects.toMatchObject({ code: 'sign-in-failed' })
    const entry = (await practice.entries()).findLast(({ action }) => action === 'sign-in')
    expect(entry?.details).toMatchObject({ factors: ['password', 'recovery-code'] })
  })

  test('P-15 after a reset the password comes first, then a new authenticator; the old one and its codes are dead', async ({
    practice,
  }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    const { recoveryCodes, secret } = await practice.signIn(nora)
    await resetSecondFactor(identity.parts, tenant, nora.id, operator)
    clock.move(minute)
    const { ticket, step } = await identity.signIn({ ...nora, tenant }, fromRoom3)
    expect(step.step).toBe('enrol')
    await expect(identity.confirm(ticket, practice.codeOf(nora), fromRoom3)).rejects.toMatchObject({
      code: 'sign-in-failed',
    })
    await expect(identity.confirm(ticket, recoveryCodes![1]!, fromRoom3)).rejects.toMatchObject({
      code: 'sign-in-failed',
    })
    const other = practice.open()
    expect(await other.findSession(secret)).toBeUndefined()
  })
})

describe('throttling', () => {
  test('P-09 ten failures from elsewhere lock the name there for 15 minutes, whoever has it', async ({ practice }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    const statesOf = async (user: string): Promise<string[]> => {
      const states: string[] = []
      for (let i = 0; i < 12; i++) {
        const outcome = await identity
          .signIn({ tenant, user, password: wrong }, { ...fromOutside, address: `203.0.113.${i}` })
          .catch((error: { code: string; remedy?: string }) => `${error.code} ${error.remedy ?? ''}`)
        states.push(String(outcome))
        clock.move(i < 9 ? 17_000 : 0)
      }
      return states
    }
    const known = await statesOf(nora.user)
    expect(known).toEqual(await statesOf('nobody.here'))
    expect(known.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'sign-in-failed '))
    expect(known.slice(10)).toEqual(Array.from({ length: 2 }, () => 'sign-in-throttled Try again in 15 minutes.'))
    await expect(identity.signIn({ ...nora, tenant }, fromOutside)).rejects.toMatchObject({ code: 'sign-in-throttled' })
    clock.move(15 * minute)
    await expect(identity.signIn({ ...nora, tenant }, fromOutside)).resolves.toHaveProperty('ticket')
  })

  test('P-09 nobody can lock a person out of a workstation they have signed in from', async ({ practice }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    await practice.signIn(nora)
    for (let i = 0; i < 90; i++) {
      clock.move(16 * minute)
      await identity.signIn({ tenant, user: nora.user, password: wrong }, fromOutside).catch(() => undefined)
    }
    await expect(identity.signIn({ ...nora, tenant }, fromOutside)).rejects.toMatchObject({ code: 'sign-in-throttled' })
    await expect(practice.signIn(nora)).resolves.toHaveProperty('secret')
  })

  test('P-09 after 100 failures in all not even the right password opens, until an administrator releases the account', async ({
    practice,
  }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    await practice.signIn(nora)
    let judged = 0
    for (const [from, times] of [
      [fromOutside, 90],
      [fromRoom3, 30],
    ] as const) {
      for (let i = 0; i < times; i++) {
        clock.move(16 * minute)
        await identity
          .signIn({ tenant, user: nora.user, password: wrong }, from)
          .catch(({ code }: { code: string }) => (judged += code === 'sign-in-failed' ? 1 : 0))
      }
    }
    expect(judged).toBe(100)
    clock.move(24 * 60 * minute)
    for (const from of [fromOutside, fromRoom3]) {
      await expect(identity.signIn({ ...nora, tenant }, from)).rejects.toMatchObject({
        code: 'sign-in-throttled',
        remedy: 'Ask an administrator to open the account again.',
      })
    }
    await releaseAccount(identity.parts, tenant, nora.id, operator)
    await expect(practice.signIn(nora)).resolves.toHaveProperty('secret')
  })

  test('P-09 wrong codes count like wrong passwords: who has the password cannot try codes without end', async ({
    practice,
  }) => {
    const { identity, tenant } = practice
    const nora = await practice.hire()
    await practice.signIn(nora)
    let tries = 0
    for (let i = 0; i < 40; i++) {
      const pending = await identity.signIn({ ...nora, tenant }, fromOutside).catch(() => undefined)
      if (pending === undefined) break
      await identity
        .confirm(pending.ticket, '000000', fromOutside)
        .catch(({ code }: { code: string }) => (tries += code === 'sign-in-failed' ? 1 : 0))
    }
    expect(tries).toBe(5)
  })

  test('P-09 a hundred guesses at once are counted one by one', async ({ practice }) => {
    const { identity, tenant } = practice
    const nora = await practice.hire()
    const guesses = await Promise.allSettled(
      Array.from({ length: 40 }, async () =>
        identity.signIn({ tenant, user: nora.user, password: wrong }, fromOutside),
      ),
    )
    const judged = guesses.filter((guess) => guess.status === 'rejected' && guess.reason.code === 'sign-in-failed')
    expect(judged).toHaveLength(5)
  })

  test('P-09 success forgets the failures before it, and a right password alone does not', async ({ practice }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    await practice.signIn(nora)
    const fail = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++)
        await identity.signIn({ tenant, user: nora.user, password: wrong }, fromRoom3).catch(() => undefined)
    }
    await fail(4)
    clock.move(minute)
    const { ticket } = await identity.signIn({ ...nora, tenant }, fromRoom3)
    await fail(1)
    await expect(identity.signIn({ ...nora, tenant }, fromRoom3)).rejects.toMatchObject({ code: 'sign-in-throttled' })
    clock.move(minute)
    await identity.confirm(ticket, practice.codeOf(nora), fromRoom3)
    await fail(4)
    await expect(identity.signIn({ ...nora, tenant }, fromRoom3)).resolves.toHaveProperty('ticket')
  })

  test('P-09 one address that tries many names is stopped, and the next address is not', async ({ practice }) => {
    const { identity, tenant } = practice
    const codes = new Map<string, number>()
    for (let i = 0; i < 40; i++) {
      await identity
        .signIn({ tenant, user: `name${i}`, password: wrong }, fromOutside)
        .catch(({ code }: { code: string }) => codes.set(code, (codes.get(code) ?? 0) + 1))
    }
    expect(Object.fromEntries(codes)).toEqual({ 'sign-in-failed': 30, 'sign-in-throttled': 10 })
    await expect(
      identity.signIn({ tenant, user: 'name99', password: wrong }, { ...fromOutside, address: '203.0.113.10' }),
    ).rejects.toMatchObject({ code: 'sign-in-failed' })
  })

  test('P-09 a clock set back does not unlock', async ({ practice }) => {
    const { identity, tenant, clock } = practice
    const nora = await practice.hire()
    for (let i = 0; i < 10; i++) {
      clock.move(20_000)
      await identity.signIn({ tenant, user: nora.user, password: wrong }, fromOutside).catch(() => undefined)
    }
    clock.move(-60 * minute)
    await expect(identity.signIn({ ...nora, tenant }, fromOutside)).rejects.toMatchObject({ code: 'sign-in-throttled' })
    await expect(practice.open().signIn({ ...nora, tenant }, fromOutside)).rejects.toMatchObject({
      code: 'sign-in-throttled',
    })
  })
})

test('P-07 a password is hashed again at the next sign-in when the cost was raised', async ({ practice, owner }) => {
  const { tenant, clock } = practice
  const nora = await practice.hire()
  await practice.signIn(nora)
  const costlier = practice.open({ ...lightCost, passes: 2 })
  clock.move(minute)
  await costlier.signIn({ ...nora, tenant }, fromRoom3)
  const { rows } = await owner.query('select memory, passes, lanes from identity.password')
  expect(rows).toEqual([{ memory: 64, passes: 2, lanes: 1 }])
  await expect(practice.signIn(nora)).resolves.toHaveProperty('secret')
})

test('P-15 a reset of the password does not skip the second factor', async ({ practice }) => {
  const { identity, tenant, clock } = practice
  const nora = await practice.hire()
  await practice.signIn(nora)
  await resetPassword(identity.parts, tenant, nora.id, 'harbour goat twelve cans', operator)
  clock.move(minute)
  const { step } = await identity.signIn({ tenant, user: nora.user, password: 'harbour goat twelve cans' }, fromRoom3)
  expect(step).toEqual({ step: 'code' })
  await expect(identity.signIn({ ...nora, tenant }, fromRoom3)).rejects.toMatchObject({ code: 'sign-in-failed' })
})
