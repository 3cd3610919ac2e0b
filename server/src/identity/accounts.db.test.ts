import { randomBytes } from 'node:crypto'
import { describe, expect } from 'vitest'
import { fromRoom3, operator, test } from '../../test/identity.ts'
import type { NewAccount } from './account-rules.ts'
import {
  createAccount,
  endAllSessions,
  findAccount,
  listAccounts,
  releaseAccount,
  resetPassword,
  resetSecondFactor,
} from './accounts.ts'

const nora: NewAccount = {
  tenant: 1,
  user: 'nora.lind',
  name: 'Nora Lindqvist',
  roles: ['nurse', 'front-desk'],
  password: 'marigold kettle under fog',
  practitioner: 'Practitioner/019cad8f',
}

describe('an account', () => {
  test('P-14 is one person’s, under a name that nobody else in the practice has', async ({ practice }) => {
    const { parts } = practice.identity
    const id = await createAccount(parts, nora, operator)
    await expect(createAccount(parts, { ...nora, user: ' NORA.lind ' }, operator)).rejects.toMatchObject({
      code: 'user-name-taken',
    })
    await expect(createAccount(parts, { ...nora, tenant: 2 }, operator)).resolves.not.toBe(id)
  })

  test('P-14 two who take one name at once: one gets it', async ({ practice }) => {
    const tries = await Promise.allSettled(
      [1, 2, 3].map(async () => createAccount(practice.identity.parts, nora, operator)),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('is listed as it was given, and found by its id in its own practice only', async ({ practice }) => {
    const { identity, tenant } = practice
    const id = await createAccount(identity.parts, nora, operator)
    const wim = await practice.hire({ user: 'wim', name: 'Wim Vandersteen' })
    await practice.signIn(wim)
    expect(await listAccounts(identity.parts, tenant)).toStrictEqual([
      {
        id,
        user: 'nora.lind',
        name: 'Nora Lindqvist',
        practitioner: 'Practitioner/019cad8f',
        roles: ['nurse', 'front-desk'],
        secondFactor: false,
        disabled: false,
        damaged: false,
      },
      {
        id: wim.id,
        user: 'wim',
        name: 'Wim Vandersteen',
        roles: ['nurse'],
        secondFactor: true,
        disabled: false,
        damaged: false,
        lastSignIn: practice.clock.now(),
      },
    ])
    expect(await findAccount(identity.parts, 1, id)).toMatchObject({ user: 'nora.lind' })
    expect(await findAccount(identity.parts, 2, id)).toBeUndefined()
    expect(await listAccounts(identity.parts, 2)).toEqual([])
    expect(await identity.namesOf(tenant, [id, wim.id, id, 'import'])).toEqual(
      new Map([
        [id, 'Nora Lindqvist'],
        [wim.id, 'Wim Vandersteen'],
      ]),
    )
  })

  test('P-01 P-04 is not made with a password that breaks the rules, and the reason is said', async ({ practice }) => {
    const { parts } = practice.identity
    for (const password of ['too short', 'Nora-Lindqvist-2026', 'RiverbendFamilyClinic', 'x'.repeat(129)]) {
      const refusal = await createAccount(parts, { ...nora, password }, operator).catch((error: unknown) => error)
      expect(refusal).toMatchObject({
        code: 'password-unsuitable',
        findings: [{ expression: 'password', text: expect.any(String) }],
      })
    }
  })

  test('P-01 is not given a password that breaks the rules, as one that has its owner’s name does', async ({
    practice,
  }) => {
    const { parts } = practice.identity
    const { id } = await practice.hire({ user: 'nora.lindqvist', name: 'Nora Lindqvist' })
    for (const password of ['too short', 'nora.lindqvist 2026', 'Lindqvist Nora 1', 'RiverbendFamilyClinic'])
      await expect(resetPassword(parts, 1, id, password, operator)).rejects.toMatchObject({
        code: 'password-unsuitable',
      })
  })

  test('has a round that goes up by one with each change that ends its sessions, and with no other', async ({
    practice,
    owner,
  }) => {
    const { identity, tenant } = practice
    const person = await practice.hire()
    const round = async () =>
      Number((await owner.query<{ round: number }>('select round from identity.account')).rows[0]?.round)
    const before = await round()
    await releaseAccount(identity.parts, tenant, person.id, operator)
    expect(await round()).toBe(before)
    await endAllSessions(identity.parts, tenant, person.id, operator)
    await resetPassword(identity.parts, tenant, person.id, 'a lantern by the wet harbour', operator)
    expect(await round()).toBe(before + 2)
  })

  test('whose second factor was taken from it is whole, and its recovery codes are gone with it', async ({
    practice,
    owner,
  }) => {
    const { identity, tenant } = practice
    const person = await practice.hire()
    await practice.signIn(person)
    const codes = async () =>
      (await owner.query('select from identity.recovery_code where account = $1', [person.id])).rowCount
    expect(await codes()).toBe(10)
    await resetSecondFactor(identity.parts, tenant, person.id, operator)
    expect(await codes()).toBe(0)
    expect(await findAccount(identity.parts, tenant, person.id)).toMatchObject({ secondFactor: false, damaged: false })
    expect(await practice.signIn(person)).toBeDefined()
    expect(await codes()).toBe(10)
  })

  test('may bring its second factor, as those of a demonstration do, and is asked for its code at once', async ({
    practice,
  }) => {
    const { identity } = practice
    await createAccount(identity.parts, { ...nora, totpSecret: randomBytes(20) }, operator)
    expect((await identity.signIn(nora, fromRoom3)).step).toEqual({ step: 'code' })
  })

  test('that is not there cannot be changed', async ({ practice }) => {
    const id = '019cad8f-ac01-864d-ba03-b457404bf473'
    await expect(resetSecondFactor(practice.identity.parts, 1, id, operator)).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})

describe('with the database in hand', () => {
  test('names put in another’s row are not shown: they open in their own place only', async ({ practice, owner }) => {
    const { identity, tenant } = practice
    const [one, two] = [await practice.hire(), await practice.hire()]
    await owner.query(
      'update identity.account a set person = b.person from identity.account b where a.id = $1 and b.id = $2',
      [one.id, two.id],
    )
    await expect(findAccount(identity.parts, tenant, one.id)).rejects.toMatchObject({ code: 'account-damaged' })
    expect(await listAccounts(identity.parts, tenant)).toContainEqual(
      expect.objectContaining({ id: one.id, name: one.id, damaged: true }),
    )
  })

  test('an account that cannot be read is known by its id, and lets nobody in', async ({ practice, owner }) => {
    const { identity, tenant } = practice
    const person = await practice.hire({ roles: ['physician'] })
    await owner.query(`update identity.account set person = '\\x00' where id = $1`, [person.id])
    expect(await listAccounts(identity.parts, tenant)).toStrictEqual([
      {
        ...{ id: person.id, user: person.id, name: person.id, roles: [] },
        ...{ secondFactor: false, disabled: false, damaged: true },
      },
    ])
    await expect(identity.signIn({ ...person, tenant }, fromRoom3)).rejects.toMatchObject({ code: 'sign-in-failed' })
  })

  test('one’s own second factor put in another’s row opens nothing', async ({ practice, owner }) => {
    const { identity, tenant, clock } = practice
    const [insider, victim] = [await practice.hire(), await practice.hire()]
    await practice.signIn(insider)
    await practice.signIn(victim)
    await owner.query(
      'update identity.second_factor a set secret = b.secret from identity.second_factor b where a.account = $1 and b.account = $2',
      [victim.id, insider.id],
    )
    clock.move(60_000)
    await expect(identity.signIn({ ...victim, tenant }, fromRoom3)).rejects.toMatchObject({ code: 'sign-in-failed' })
  })

  test('the server’s own role cannot remove an account or a client, nor see another practice', async ({
    practice,
    db,
  }) => {
    await practice.hire()
    for (const table of ['account', 'client']) {
      await expect(db.transact(1, (tx) => tx.query({ text: `delete from identity.${table}` }))).rejects.toMatchObject({
        code: '42501',
      })
    }
    const { rows } = await db.transact(2, (tx) => tx.query({ text: 'select id from identity.account' }))
    expect(rows).toEqual([])
    await expect(db.inspect(1, (tx) => tx.query({ text: 'select * from identity.throttle' }))).rejects.toMatchObject({
      code: '42501',
    })
  })
})
