import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect } from 'vitest'
import { type Identity, resetPassword, type SignedIn, verifyIdentity } from '#identity'
import { LedgerCut, verifyLedger } from '#ledger'
import { clientOf, fromRoom3, operator, type Practice, test as base, type TestPerson } from './identity.ts'

// Rows that were genuine once are put back, taken away or put in by SQL: what was ended stays ended, what is missing is
// named, and what nobody recorded opens nothing.

interface Tampering {
  /** Keeps all that the identity tables hold now. */
  keep(): Promise<void>
  /** Puts it back. */
  putBack(): Promise<void>
  sql(text: string, values?: unknown[]): Promise<pg.QueryResult>
  /** What verification names: kind, id and why. */
  named(): Promise<string[]>
}

const test = base.extend<{ tampering: Tampering }>({
  tampering: async ({ owner, db, keys, practice }, use) => {
    const { rows } = await owner.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'identity'`,
    )
    const each = async (text: (table: string) => string): Promise<void> => {
      await owner.query(['begin', ...rows.map(({ name }) => text(name)), 'commit'].join('; '))
    }
    await use({
      keep: () => each((name) => `create temp table kept_${name} as select * from identity.${name}`),
      putBack: () =>
        each((name) => `delete from identity.${name}; insert into identity.${name} select * from kept_${name}`),
      sql: (text, values = []) => owner.query(text, values),
      async named() {
        const { faults } = await verifyIdentity({ db, keys, clock: practice.clock, tenant: practice.tenant })
        return faults.map(({ kind, id, what }) => `${kind} ${id} ${what}`)
      },
    })
  },
})

interface Scene {
  readonly practice: Practice
  readonly person: TestPerson
  readonly session: SignedIn
  readonly client: Awaited<ReturnType<typeof clientOf>>
}

async function sceneOf(practice: Practice): Promise<Scene> {
  const person = await practice.hire({ roles: ['clinician', 'nurse'] })
  const session = await practice.signIn(person)
  return { practice, person, session, client: await clientOf(practice) }
}

const enter =
  ({ practice, person }: Scene, server: Identity) =>
  async () => {
    practice.clock.move(30_000)
    const { ticket, step } = await server.signIn({ tenant: 1, user: person.user, password: person.password }, fromRoom3)
    if (step.step === 'enrol') throw new Error('a second factor could be enrolled')
    return server.confirm(ticket, practice.codeOf(person), fromRoom3)
  }

/** Undefined, or a refusal that is no error of ours. */
async function expectNothing(opened: () => Promise<unknown>): Promise<void> {
  const outcome = await opened().catch((error: unknown) => error)
  if (outcome === undefined) return
  expect(outcome).toMatchObject({ name: 'Refusal' })
  expect((outcome as { status: number }).status).toBeLessThan(500)
}

type Act = (scene: Scene) => Promise<unknown>
type Opens = (scene: Scene, server: Identity) => () => Promise<unknown>

const opensSession: Opens =
  ({ session }, server) =>
  () =>
    server.findSession(session.secret)
const newPassword = 'a lantern by the wet harbour'

const acts: readonly [string, Act, Opens, 'account' | 'session' | 'token' | 'client'][] = [
  [
    'an account that was disabled',
    ({ practice, person }) => practice.identity.disableAccount(1, person.id, operator),
    enter,
    'account',
  ],
  [
    'the sessions of an account that was disabled',
    ({ practice, person }) => practice.identity.disableAccount(1, person.id, operator),
    opensSession,
    'session',
  ],
  [
    'a role that was taken away',
    ({ practice, person }) => practice.identity.changeRoles(1, person.id, ['nurse'], operator),
    opensSession,
    'session',
  ],
  [
    'a password that was reset',
    ({ practice, person }) => resetPassword(practice.identity.parts, 1, person.id, newPassword, operator),
    enter,
    'account',
  ],
  [
    'a second factor that was reset',
    ({ practice, person }) => practice.identity.resetSecondFactor(1, person.id, operator),
    enter,
    'account',
  ],
  [
    'a session that was ended by signing out',
    ({ practice, session }) => practice.identity.signOut(session.presence, randomUUID()),
    opensSession,
    'session',
  ],
  [
    'sessions that an administrator ended',
    ({ practice, person }) => practice.identity.endAllSessions(1, person.id, operator),
    opensSession,
    'session',
  ],
  [
    'a secret that was replaced by another role',
    ({ practice, session }) => practice.identity.takeRole(session.secret, 'nurse', fromRoom3),
    opensSession,
    'session',
  ],
  [
    'a token that was revoked',
    ({ practice, client }) => practice.identity.revokeToken(client.token, { tenant: 1, id: client.id }, fromRoom3),
    ({ client }, server) =>
      () =>
        server.findToken(client.token),
    'token',
  ],
  [
    'a client that was disabled',
    ({ practice, client }) => practice.identity.disableClient(1, client.id, operator),
    ({ client }, server) =>
      () =>
        client.authenticate(server),
    'client',
  ],
  [
    'tokens of a client that was disabled',
    ({ practice, client }) => practice.identity.disableClient(1, client.id, operator),
    ({ client }, server) =>
      () =>
        server.findToken(client.token),
    'client',
  ],
]

const idOf = ({ person, session, client }: Scene, kind: string): string =>
  kind === 'account' ? person.id : kind === 'session' ? session.presence.session : kind === 'client' ? client.id : ''

describe('an earlier state that is put back', () => {
  test.for(acts)('opens nothing and is named: %s', async ([, act, opens, kind], { practice, tampering }) => {
    const scene = await sceneOf(practice)
    // It would open, were it not ended.
    await expect(opens(scene, practice.open())()).resolves.toBeDefined()
    await tampering.keep()
    await act(scene)
    expect(await tampering.named()).toEqual([])
    await tampering.putBack()
    await expectNothing(opens(scene, practice.open()))
    expect((await tampering.named()).filter((line) => line.startsWith(`${kind} ${idOf(scene, kind)}`))).toEqual([
      expect.stringContaining('not in its newest state'),
    ])
  })

  test.for(acts)(
    'opens nothing in any server, also when its newer state is taken out of the ledger, which is named too: %s',
    async ([, act, opens], { practice, tampering, db, keys }) => {
      const scene = await sceneOf(practice)
      await expect(opens(scene, practice.identity)()).resolves.toBeDefined()
      const [beside, later] = [practice.open(), practice.open()]
      await beside.recall()
      await beside.start()
      await tampering.keep()
      await tampering.sql('create temp table kept_state as select * from ledger.state')
      await act(scene)
      await db.heard()
      await later.recall()
      await tampering.putBack()
      await tampering.sql(
        'delete from ledger.state s where not exists (select from kept_state k where (k.subject, k.version) = (s.subject, s.version))',
      )
      await expectNothing(opens(scene, practice.identity))
      // Neither of these has seen the state of before or after.
      await expectNothing(opens(scene, beside))
      await expectNothing(opens(scene, later))
      await expect(practice.open().recall()).rejects.toThrow(LedgerCut)
      await beside.stop()
      const { faults } = await verifyLedger({ db, keys: keys.ledger, witnesses: [] })
      expect(faults).toContainEqual({
        entry: expect.any(String),
        what: expect.stringMatching(/was removed from ledger\.state/),
      })
    },
  )

  test.for(['one-time code', 'recovery code'])('lets no %s in twice', async (which, { practice, tampering }) => {
    const { person, session } = await sceneOf(practice)
    practice.clock.move(30_000)
    const code = which === 'recovery code' ? (session.recoveryCodes?.[0] ?? '') : practice.codeOf(person)
    const signIn = async (server: Identity) => {
      const { ticket } = await server.signIn({ tenant: 1, user: person.user, password: person.password }, fromRoom3)
      return server.confirm(ticket, code, fromRoom3)
    }
    await tampering.keep()
    await signIn(practice.identity)
    await tampering.putBack()
    await expectNothing(() => signIn(practice.open()))
    expect(await tampering.named()).toContainEqual(expect.stringMatching(`account ${person.id} is not in its newest`))
  })
})

describe('what was made not to look like itself while it was ended', () => {
  const alterations: readonly [string, string, string][] = [
    ['its account', 'account = gen_random_uuid()', 'account'],
    ['its role', `role = 'x'`, 'role'],
    ['that it is live', 'ended = now()', 'locked'],
    ['its secret', `digest = sha256('x')`, 'digest'],
  ]

  test.for(alterations)(
    'a session stays over when %s comes back',
    async ([, change, column], { practice, tampering }) => {
      for (const act of [1, 2, 5, 6].map((index) => acts[index]?.[1])) {
        const scene = await sceneOf(practice)
        const { session } = scene.session.presence
        await tampering.sql('drop table if exists kept; ')
        await tampering.sql(`create temp table kept as select * from identity.session where id = '${session}'`)
        await tampering.sql(`update identity.session set ${change} where id = '${session}'`)
        await act?.(scene)
        await tampering.sql(
          `update identity.session s set ended = null, version = k.version, mac = k.mac, ${column} = k.${column} from kept k where k.id = s.id`,
        )
        await expectNothing(opensSession(scene, practice.open()))
      }
    },
  )

  test('a session that was taken away while it was ended or locked stays over', async ({ practice, tampering }) => {
    const { identity } = practice
    for (const end of [identity.signOut.bind(identity), identity.lock.bind(identity)]) {
      const scene = await sceneOf(practice)
      const { presence } = scene.session
      await tampering.sql('drop table if exists kept')
      await tampering.sql(`create temp table kept as select * from identity.session where id = '${presence.session}'`)
      await tampering.sql(`delete from identity.session where id = '${presence.session}'`)
      await end(presence, randomUUID())
      await tampering.sql('insert into identity.session select * from kept')
      await expectNothing(opensSession(scene, practice.open()))
    }
  })

  test('what was taken away while it was disabled or revoked stays so', async ({ practice, tampering }) => {
    const scene = await sceneOf(practice)
    const other = await clientOf(practice)
    await tampering.keep()
    await tampering.sql('delete from identity.account; delete from identity.client; delete from identity.token')
    await practice.identity.disableAccount(1, scene.person.id, operator)
    await practice.identity.disableClient(1, scene.client.id, operator)
    await practice.identity.revokeToken(other.token, { tenant: 1, id: other.id }, fromRoom3)
    await tampering.putBack()
    const server = practice.open()
    await expectNothing(enter(scene, server))
    await expectNothing(() => scene.client.authenticate(server))
    await expectNothing(() => server.findToken(other.token))
  })

  test('an account stays disabled, whoever enables it by SQL', async ({ practice, tampering }) => {
    const scene = await sceneOf(practice)
    const { id } = scene.person
    await tampering.sql(`create temp table kept as select * from identity.account where id = '${id}'`)
    await tampering.sql(`update identity.account set roles = '{}' where id = '${id}'`)
    await practice.identity.disableAccount(1, id, operator)
    await tampering.sql(`delete from identity.account where id = '${id}'`)
    await tampering.sql('insert into identity.account select * from kept')
    await expectNothing(enter(scene, practice.open()))
    await expectNothing(opensSession(scene, practice.open()))
    expect(await tampering.named()).toContainEqual(expect.stringMatching(`account ${id} is not in its newest`))
  })

  test('a client stays disabled, and a token revoked', async ({ practice, tampering }) => {
    const [one, two] = [await clientOf(practice), await clientOf(practice)]
    await tampering.keep()
    await tampering.sql(`update identity.client set scopes = '{}'`)
    await tampering.sql(`update identity.token set client = gen_random_uuid()`)
    await practice.identity.disableClient(1, one.id, operator)
    await practice.identity.revokeToken(two.token, { tenant: 1, id: two.id }, fromRoom3)
    await tampering.putBack()
    const server = practice.open()
    await expectNothing(() => one.authenticate(server))
    await expectNothing(() => server.findToken(one.token))
    await expectNothing(() => server.findToken(two.token))
    await expect(two.authenticate(server)).resolves.toBeDefined()
  })
})

describe('a row that is taken away', () => {
  test.for<[string, RegExp]>([
    ['account', /^account .* its row is not there/],
    ['password', /^account .* is not as it was written/],
    ['second_factor', /^account .* is not as it was written/],
    ['recovery_code', /^account .* is not as it was written/],
    ['session', /^session .* its row is not there/],
    ['client', /^client .* its row is not there/],
    ['client_key', /^client .* is not as it was written/],
  ])('of identity.%s lets nobody in and is named', async ([table, what], { practice, tampering }) => {
    const scene = await sceneOf(practice)
    await tampering.sql(`delete from identity.${table} where ctid in (select ctid from identity.${table} limit 1)`)
    expect(await tampering.named()).toContainEqual(expect.stringMatching(what))
    const server = practice.open()
    if (['account', 'password', 'second_factor', 'recovery_code'].includes(table))
      await expectNothing(enter(scene, server))
    if (table.startsWith('client')) await expectNothing(() => scene.client.authenticate(server))
    if (table === 'session') await expectNothing(opensSession(scene, server))
  })
})

describe('a row that is put in', () => {
  const forged: readonly [string, string, RegExp][] = [
    [
      'an account',
      `insert into identity.account (tenant, id, name_key, person, roles, created, enrol_by, version, mac, round)
      select tenant, gen_random_uuid(), sha256('x'), person, roles, created, enrol_by, version, mac, round from identity.account limit 1`,
      /^account .* (not as it was written|no entry)/,
    ],
    [
      'a session',
      `insert into identity.session select tenant, gen_random_uuid(), sha256('x'), account, role, workstation, idle_seconds,
      started, seen, seen_mac, expires, locked, ended, round, version, mac from identity.session limit 1`,
      /^session .* not as it was written/,
    ],
    [
      'a token',
      `insert into identity.token (tenant, digest, client, scopes, issued, expires, mac)
      select tenant, sha256('x'), client, scopes, issued, expires, mac from identity.token limit 1`,
      /^token .* not as it was written/,
    ],
    [
      'a client',
      `insert into identity.client (tenant, id, name, scopes, created, version, mac)
      select tenant, gen_random_uuid(), name, scopes, created, version, mac from identity.client limit 1`,
      /^client .* not as it was written/,
    ],
    [
      'a key of a client',
      `insert into identity.client_key (tenant, client, kid, kty, jwk, added)
      select tenant, client, 'more', kty, jwk, added from identity.client_key limit 1`,
      /^client .* not as it was written/,
    ],
    [
      'a key of no client',
      `insert into identity.client_key (tenant, client, kid, kty, jwk, added)
      select tenant, gen_random_uuid(), kid, kty, jwk, added from identity.client_key limit 1`,
      /^client .* no row of its own/,
    ],
    [
      'a password of no account',
      `insert into identity.password
      select tenant, gen_random_uuid(), hash, salt, memory, passes, lanes, changed from identity.password limit 1`,
      /^account .* no row of its own/,
    ],
    [
      'a recovery code',
      `insert into identity.recovery_code (tenant, account, hash)
      select tenant, account, sha256('x') from identity.recovery_code limit 1`,
      /^account .* not as it was written/,
    ],
    [
      'a recovery code as if it were not used',
      `update identity.recovery_code set used = now()`,
      /^account .* not as it was written/,
    ],
    [
      'a ticket',
      `insert into identity.ticket (tenant, digest, account, tries, expires)
      select tenant, sha256('x'), id, 0, '2100-01-01' from identity.account limit 1`,
      /^ticket .* not as it was written/,
    ],
  ]

  test.for(forged)('is named: %s', async ([, sql, what], { practice, tampering }) => {
    await sceneOf(practice)
    await tampering.sql(sql)
    expect(await tampering.named()).toContainEqual(expect.stringMatching(what))
  })
})

test('a row that does not hold is named in the ledger once, with nothing else of it, and its session is over', async ({
  practice,
  tampering,
}) => {
  const scene = await sceneOf(practice)
  const { session } = scene.session.presence
  await tampering.sql(`update identity.session set role = 'administrator' where id = '${session}'`)
  const server = practice.open()
  for (let i = 0; i < 3; i++)
    await expect(server.findSession(scene.session.secret)).rejects.toMatchObject({
      code: 'session-damaged',
      status: 401,
    })
  await expect
    .poll(async () => (await practice.entries()).filter(({ action }) => action === 'identity-damaged'), {
      timeout: 20_000,
    })
    .toMatchObject([{ outcome: 'refused', details: { kind: 'session', id: session, fault: 'altered' } }])
  await tampering.sql(`update identity.session set role = 'clinician' where id = '${session}'`)
  await expect(practice.open().findSession(scene.session.secret)).rejects.toMatchObject({ code: 'session-damaged' })
})

test('whoever signs in to an account that does not hold gets the answer that a wrong password gets', async ({
  practice,
  tampering,
}) => {
  const scene = await sceneOf(practice)
  const { user, password, id } = scene.person
  await tampering.sql(`update identity.account set roles = '{administrator}' where id = '${id}'`)
  const server = practice.open()
  const refused = await server.signIn({ tenant: 1, user, password }, fromRoom3).catch((error: unknown) => error)
  const wrong = await server
    .signIn({ tenant: 1, user: 'nobody.here', password }, fromRoom3)
    .catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'sign-in-failed' })
  expect(refused).toEqual(wrong)
})
