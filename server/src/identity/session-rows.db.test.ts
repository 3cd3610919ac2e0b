import { expect } from 'vitest'
import { fromRoom3, operator, type Practice, test } from '../../test/identity.ts'
import { verifyIdentity } from './verify.ts'

const signOuts = async (practice: Practice) =>
  (await practice.entries())
    .filter(({ action }) => action === 'sign-out')
    .map(({ details }) => {
      const { session, reason, fault } = details as Record<string, unknown>
      return { session, reason, fault }
    })

test('an ended session has its own last state, in its row and in the ledger', async ({ practice, owner }) => {
  const { identity } = practice
  const { presence } = await practice.signIn(await practice.hire())
  const version = async () =>
    Number((await owner.query<{ version: string }>('select version from identity.session')).rows[0]?.version)
  const before = await version()
  await identity.signOut(presence, fromRoom3.request)
  expect(await version()).toBe(before + 1)
  expect(await signOuts(practice)).toEqual([{ session: presence.session, reason: 'user', fault: undefined }])
  expect((await verifyIdentity({ ...identity.parts, tenant: 1 })).faults).toEqual([])
  // Over is over: nothing more is recorded.
  await identity.signOut(presence, fromRoom3.request)
  expect(await signOuts(practice)).toHaveLength(1)
})

test.for([
  ['was altered', `update identity.session set role = 'clinician'`],
  ['says without an entry that it is over', `update identity.session set ended = now()`],
  ['is gone', 'delete from identity.session'],
] as const)(
  'a session whose row %s ends in the ledger, and its entry says so',
  async ([, sql], { practice, owner }) => {
    const { identity } = practice
    const { presence, secret } = await practice.signIn(await practice.hire())
    await owner.query('create table kept as select * from identity.session')
    await owner.query(sql)
    await identity.signOut(presence, fromRoom3.request)
    expect(await signOuts(practice)).toEqual([{ session: presence.session, reason: 'user', fault: 'altered' }])
    // Put back as it was, it lets nobody in.
    await owner.query('delete from identity.session; insert into identity.session select * from kept; drop table kept')
    await expect(identity.findSession(secret)).rejects.toMatchObject({ code: 'session-damaged' })
    await identity.signOut(presence, fromRoom3.request)
    expect(await signOuts(practice)).toHaveLength(1)
  },
)

test('all sessions of an account end with it, those with a fault named and the others whole', async ({
  practice,
  owner,
}) => {
  const { identity, tenant } = practice
  const nora = await practice.hire()
  const one = await practice.signIn(nora)
  const two = await practice.signIn(nora, { workstation: 'room-4' })
  await owner.query(`update identity.session set idle_seconds = 3600 where id = $1`, [one.presence.session])
  await identity.disableAccount(tenant, nora.id, operator)
  const faults = new Map((await signOuts(practice)).map(({ session, fault }) => [session, fault]))
  expect(faults).toEqual(
    new Map([
      [one.presence.session, 'altered'],
      [two.presence.session, undefined],
    ]),
  )
})

test('N-08 the one that a fourth session ends is recorded as ended by the limit, and heard of elsewhere', async ({
  practice,
}) => {
  const { identity } = practice
  const hearing = practice.open()
  await hearing.start()
  const nora = await practice.hire()
  const [first, second] = [await practice.signIn(nora), await practice.signIn(nora)]
  await practice.signIn(nora)
  for (const { secret } of [first, second]) expect(await hearing.findSession(secret)).toBeDefined()
  await practice.signIn(nora)
  expect(await signOuts(practice)).toEqual([{ session: first.presence.session, reason: 'limit', fault: undefined }])
  await expect.poll(async () => hearing.findSession(first.secret)).toBeUndefined()
  await identity.signOut(second.presence, fromRoom3.request)
  await expect.poll(async () => hearing.findSession(second.secret)).toBeUndefined()
  await hearing.stop()
})

test('going away from a screen whose session does not hold ends it; locking twice ends nothing', async ({
  practice,
  owner,
}) => {
  const { identity } = practice
  const nora = await practice.hire()
  const [whole, altered] = [await practice.signIn(nora), await practice.signIn(nora)]
  for (let n = 0; n < 2; n++) await identity.lock(whole.presence, fromRoom3.request)
  expect(await signOuts(practice)).toEqual([])
  await owner.query(`update identity.session set role = 'clinician' where id = $1`, [altered.presence.session])
  await identity.lock(altered.presence, fromRoom3.request)
  // Whichever entry comes first: that of whoever went away, or that of the row that did not hold.
  const ends = (await practice.entries()).filter(({ action }) => ['sign-out', 'identity-damaged'].includes(action))
  expect(ends.length).toBeGreaterThan(0)
  for (const { details } of ends) expect(details).toMatchObject({ fault: 'altered' })
  const found = await practice
    .open()
    .findSession(altered.secret)
    .catch((error: { code: string }) => error.code)
  expect([undefined, 'session-damaged']).toContain(found)
  expect(await practice.open().findSession(whole.secret)).toMatchObject({ locked: true })
})

test('a session of an account that does not hold opens nothing, and says whose fault it is', async ({
  practice,
  owner,
}) => {
  const person = await practice.hire()
  const { secret } = await practice.signIn(person)
  await owner.query(`update identity.account set roles = '{clinician}'`)
  await expect(practice.open().findSession(secret)).rejects.toMatchObject({ code: 'account-damaged' })
  await owner.query('revoke select on identity.account from chartkeep_app')
  await expect(practice.open().findSession(secret)).rejects.not.toMatchObject({ code: 'account-damaged' })
})

test('N-08 one that does not hold is none of the three that a person may have', async ({ practice, owner }) => {
  const nora = await practice.hire()
  const [first] = [await practice.signIn(nora), await practice.signIn(nora)]
  const altered = await practice.signIn(nora)
  await owner.query('update identity.session set idle_seconds = 31 where id = $1', [altered.presence.session])
  await practice.signIn(nora)
  expect(await signOuts(practice)).toEqual([])
  await practice.signIn(nora)
  expect(await signOuts(practice)).toMatchObject([{ session: first.presence.session, reason: 'limit' }])
})
