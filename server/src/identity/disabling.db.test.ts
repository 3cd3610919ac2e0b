import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { clientOf, fromRoom3, operator, test } from '../../test/identity.ts'
import {
  disableAccount,
  enableAccount,
  endAllSessions,
  findAccount,
  listAccounts,
  releaseAccount,
  resetPassword,
  resetSecondFactor,
} from './accounts.ts'
import { disableClient, listClients } from './clients.ts'

describe('an account that is disabled', () => {
  test('lets nobody in, stays as it was when it is disabled again, and lets its owner in once it is enabled', async ({
    practice,
    owner,
  }) => {
    const { identity, clock } = practice
    const nora = await practice.hire()
    await practice.signIn(nora)
    await disableAccount(identity.parts, 1, nora.id, operator)
    const since = async () =>
      (await owner.query<{ disabled: Date }>('select disabled from identity.account')).rows[0]?.disabled
    const first = await since()
    expect(first?.getTime()).toBe(clock.now())
    clock.move(60_000)
    await disableAccount(identity.parts, 1, nora.id, operator)
    expect(await since()).toEqual(first)
    expect(await findAccount(identity.parts, 1, nora.id)).toMatchObject({ disabled: true })
    await expect(practice.signIn(nora)).rejects.toMatchObject({ code: 'sign-in-failed' })
    await enableAccount(identity.parts, 1, nora.id, operator)
    expect(await findAccount(identity.parts, 1, nora.id)).toMatchObject({ disabled: false, secondFactor: true })
    await expect(practice.signIn(nora)).resolves.toBeDefined()
  })

  test('is not taken for a damaged one when the database could not store it', async ({ practice, owner }) => {
    const nora = await practice.hire()
    await practice.signIn(nora)
    // The next state is swallowed; marking the row would not be.
    await owner.query(`create function swallow() returns trigger language plpgsql as
      'begin if new.version <> old.version then return null; end if; return new; end';
      create trigger swallow before update on identity.account for each row execute function swallow();
      create trigger swallow before update on identity.client for each row execute function swallow()`)
    const client = await clientOf(practice)
    const { parts } = practice.identity
    await expect(disableAccount(parts, 1, nora.id, operator)).rejects.toMatchObject({ code: 'storage-unavailable' })
    await expect(disableClient(parts, 1, client.id, operator)).rejects.toMatchObject({ code: 'storage-unavailable' })
    await owner.query('drop function swallow() cascade')
    await expect(practice.signIn(nora)).resolves.toBeDefined()
    await expect(client.authenticate(practice.open())).resolves.toBeDefined()
  })

  test('unlocks and signs nothing more, also where its end has not been heard of', async ({ practice }) => {
    const nora = await practice.hire()
    const { presence, secret } = await practice.signIn(nora)
    await practice.open().disableAccount(1, nora.id, operator)
    const { identity } = practice
    for (const act of [
      () => identity.checkPassword(presence, nora.password, fromRoom3),
      () => identity.unlock(secret, nora.password, fromRoom3),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'not-signed-in' })
    const nobody = { ...presence, id: randomUUID() as typeof presence.id }
    await expect(identity.checkPassword(nobody, nora.password, fromRoom3)).rejects.toMatchObject({
      code: 'not-signed-in',
    })
  })
})

test.for<[string, (id: string, practice: { parts: Parameters<typeof disableAccount>[0] }) => Promise<void>]>([
  ['disabled', (id, { parts }) => disableAccount(parts, 1, id, operator)],
  ['enabled', (id, { parts }) => enableAccount(parts, 1, id, operator)],
  ['released', (id, { parts }) => releaseAccount(parts, 1, id, operator)],
  ['given a password', (id, { parts }) => resetPassword(parts, 1, id, 'a lantern by the wet harbour', operator)],
  ['given a second factor', (id, { parts }) => resetSecondFactor(parts, 1, id, operator)],
  ['signed out', (id, { parts }) => endAllSessions(parts, 1, id, operator)],
])('an account that is not there, or is another practice’s, is not %s', async ([, act], { practice, owner }) => {
  const { parts } = practice.identity
  await expect(act(randomUUID(), { parts })).rejects.toMatchObject({ code: 'not-found' })
  const nora = await practice.hire()
  await owner.query('update identity.account set tenant = 2; update ledger.state set tenant = 2')
  await expect(act(nora.id, { parts })).rejects.toMatchObject({ code: 'not-found' })
})

test('accounts are listed by their names, clients by when they were registered, and that is recorded', async ({
  practice,
}) => {
  const { identity, clock } = practice
  for (const user of ['wim', 'aiko', 'nora']) await practice.hire({ user })
  expect((await listAccounts(identity.parts, 1)).map(({ user }) => user)).toEqual(['aiko', 'nora', 'wim'])
  const ids: string[] = []
  for (let i = 0; i < 4; i++) {
    ids.push((await clientOf(practice)).id)
    clock.move(-60_000)
    clock.pass(1000)
  }
  expect((await listClients(identity.parts, 1, operator)).map(({ id }) => id)).toEqual(ids)
  expect((await practice.entries()).at(-1)).toMatchObject({ action: 'client-list', outcome: 'done' })
})

test('the entry of each change of an account says whose it was, and what', async ({ practice }) => {
  const nora = await practice.hire({ roles: ['nurse'] })
  const { parts } = practice.identity
  const account = nora.id
  const acts: readonly [string, () => Promise<void>, object][] = [
    ['role-change', () => practice.identity.changeRoles(1, account, ['biller'], operator), { roles: ['biller'] }],
    ['second-factor-reset', () => resetSecondFactor(parts, 1, account, operator), {}],
    ['password-reset', () => resetPassword(parts, 1, account, 'a lantern by the wet harbour', operator), {}],
    ['account-release', () => releaseAccount(parts, 1, account, operator), {}],
    ['sessions-end', () => endAllSessions(parts, 1, account, operator), {}],
    ['account-disable', () => disableAccount(parts, 1, account, operator), {}],
    ['account-enable', () => enableAccount(parts, 1, account, operator), {}],
  ]
  for (const [action, act, details] of acts) {
    await act()
    expect((await practice.entries()).at(-1)).toMatchObject({
      action,
      outcome: 'done',
      details: { account, ...details },
    })
  }
})

test('the sessions that end with a change of their account say why', async ({ practice }) => {
  const nora = await practice.hire({ roles: ['nurse'] })
  const { parts } = practice.identity
  const { id } = nora
  const acts: readonly [string, () => Promise<void>][] = [
    ['roles', () => practice.identity.changeRoles(1, id, ['biller', 'nurse'], operator)],
    ['administrator', () => endAllSessions(parts, 1, id, operator)],
    ['second-factor', () => resetSecondFactor(parts, 1, id, operator)],
    ['password', () => resetPassword(parts, 1, id, 'a lantern by the wet harbour', operator)],
    ['disabled', () => disableAccount(parts, 1, id, operator)],
  ]
  for (const [reason, act] of acts) {
    const person = reason === 'disabled' ? { ...nora, password: 'a lantern by the wet harbour' } : nora
    const { presence } = await practice.signIn(person)
    await act()
    const ends = (await practice.entries()).filter(({ action }) => action === 'sign-out')
    expect(ends.at(-1)).toMatchObject({ details: { account: id, session: presence.session, reason } })
    await expect(practice.identity.findSession('x')).resolves.toBeUndefined()
  }
})

test('after notices may have been lost, everyone is looked up again, and answers that go on are told', async ({
  practice,
  owner,
}) => {
  const { identity } = practice
  await identity.start()
  const nora = await practice.hire()
  const { presence, secret } = await practice.signIn(nora)
  expect(await identity.findSession(secret)).toBeDefined()
  const turns: string[] = []
  identity.watch(presence, (turn) => turns.push(turn))
  const other = practice.open()
  await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and query ilike 'listen%'`)
  await other.signOut(presence, randomUUID())
  await expect.poll(() => turns, { timeout: 20_000 }).toEqual(['ended'])
  expect(await identity.findSession(secret)).toBeUndefined()
  await identity.stop()
})
