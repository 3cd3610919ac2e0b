import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { expect, test as plain } from 'vitest'
import { resetPassword } from '#identity'
import { clientOf, fromRoom3, operator, type Practice, test } from './identity.ts'

// A trigger or a rule that takes a row away while PostgreSQL says that all went well: whoever asked for the change must not
// believe that it was made. Every statement of the module states how many rows have to come of it, or stands here with the
// reason why no harm comes of a row too few; and every kind of write is tried with a trigger that swallows it.

const folder = join(import.meta.dirname, '..', 'src', 'identity')

/** By file and first line: what says that nothing came of it, or why it need not be known. */
const uncounted: Readonly<Record<string, string>> = {
  'account-rows.ts: insert into identity.account (tenant, id, name_key, person, roles, created, enrol_by, round, version, mac)':
    'no row is a user name that is taken: nobody was added',
  'client-rows.ts: insert into identity.assertion (tenant, client, jti, expires) values ($1, $2, $3, $4)':
    'no row is an assertion that was used before: refused',
  'session-rows.ts: update identity.session set seen = case when seen < $3 then $3 else seen end,':
    'no row is a session that is locked or over: looked up again',
  'tickets.ts: update identity.ticket set tries = tries + 1': 'no row is no ticket: refused',
  'tickets.ts: delete from identity.ticket where tenant = $1 and account = $2':
    'tickets go with the credentials that they were given for, and open nothing of a disabled account',
  'lanes.ts: update identity.throttle set in_a_row = greatest(in_a_row - 1, 0),':
    'a failure too many delays, and lets nobody in',
  'lanes.ts: delete from identity.throttle where tenant = $1 and lane = any($2::bytea[])': 'the same',
  'lanes.ts: update identity.throttle set in_a_row = 0 where tenant = $1 and account = $2 and in_a_row > 0': 'the same',
  'lanes.ts: delete from identity.throttle where tenant = $1 and account = $2': 'the same',
}
const purging = 'purge.ts: '

interface Statement {
  readonly name: string
  readonly kind: string
  readonly counted: boolean
}

/** Every statement of the module that writes, by the object literal that it stands in. */
function statements(): Statement[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  return files.flatMap((file) => {
    const code = readFileSync(join(folder, file), 'utf8')
    return [...code.matchAll(/['`(]\s*(?<text>(?<kind>insert into|update|delete from) identity\.\w+[^\n]*)/g)].map(
      (match) => {
        const { text = '', kind = '' } = match.groups ?? {}
        const rest = literalFrom(code, match.index + 1)
        const table = /identity\.(\w+)/.exec(text)?.[1] ?? ''
        const insertsValues = kind === 'insert into' && / values\b/.test(rest) && !/do nothing|\bselect\b/.test(rest)
        const name = `${file}: ${text.replace(/['`],?.*$/, '')}`
        return { name, kind: `${kind.split(' ')[0]} ${table}`, counted: insertsValues || /\bchanges: /.test(rest) }
      },
    )
  })
}

/** Up to where the literal around this place ends. */
function literalFrom(code: string, from: number): string {
  let depth = 0
  for (let at = from; at < code.length; at++) {
    if (code[at] === '{') depth++
    if (code[at] === '}' && depth-- === 0) return code.slice(from, at)
  }
  return code.slice(from)
}

plain('every statement that writes says how many rows have to come of it, or why that need not be known', () => {
  const all = statements()
  expect(all.length).toBeGreaterThan(25)
  const silent = all.filter(({ counted, name }) => !counted && !name.startsWith(purging)).map(({ name }) => name)
  expect(silent.toSorted()).toEqual(Object.keys(uncounted).toSorted())
})

type Act = (practice: Practice) => Promise<() => Promise<unknown>>

const inSession =
  (act: (practice: Practice, session: Awaited<ReturnType<Practice['signIn']>>) => Promise<unknown>): Act =>
  async (practice) => {
    const session = await practice.signIn(await practice.hire({ roles: ['nurse', 'biller'] }))
    return () => act(practice, session)
  }

const signingIn: Act = async (practice) => {
  const person = await practice.hire()
  await practice.signIn(person)
  return () => practice.signIn(person)
}

const enrolling: Act = async (practice) => {
  const person = await practice.hire()
  return () => practice.signIn(person)
}

const onAccount =
  (act: (practice: Practice, account: string) => Promise<unknown>): Act =>
  async (practice) => {
    const person = await practice.hire()
    await practice.signIn(person)
    return () => act(practice, person.id)
  }

const onClient =
  (act: (practice: Practice, client: Awaited<ReturnType<typeof clientOf>>) => Promise<unknown>): Act =>
  async (practice) => {
    const client = await clientOf(practice)
    return () => act(practice, client)
  }

/** Each kind of write, by something that people or programs do. */
const acts: readonly [string, string, Act][] = [
  [
    'update account',
    'roles are changed',
    onAccount(({ identity }, id) => identity.changeRoles(1, id, ['biller'], operator)),
  ],
  [
    'update account',
    'an account is disabled',
    onAccount(({ identity }, id) => identity.disableAccount(1, id, operator)),
  ],
  ['insert password', 'an account is made', async (practice) => () => practice.hire()],
  [
    'update password',
    'a password is reset',
    onAccount(({ identity }, id) => resetPassword(identity.parts, 1, id, 'a lantern by the wet harbour', operator)),
  ],
  ['insert second_factor', 'somebody enrols', enrolling],
  ['update second_factor', 'somebody signs in by a code', signingIn],
  [
    'delete second_factor',
    'a second factor is reset',
    onAccount(({ identity }, id) => identity.resetSecondFactor(1, id, operator)),
  ],
  ['insert recovery_code', 'somebody enrols', enrolling],
  [
    'delete recovery_code',
    'a second factor is reset',
    onAccount(({ identity }, id) => identity.resetSecondFactor(1, id, operator)),
  ],
  ['insert ticket', 'somebody signs in', signingIn],
  ['delete ticket', 'somebody signs in', signingIn],
  ['insert known_workstation', 'somebody signs in', enrolling],
  ['insert throttle', 'somebody signs in', enrolling],
  ['update throttle', 'somebody signs in', enrolling],
  ['insert session', 'somebody signs in', signingIn],
  [
    'update session',
    'somebody takes another role',
    inSession(({ identity }, { secret }) => identity.takeRole(secret, 'biller', fromRoom3)),
  ],
  [
    'update session',
    'a session is locked',
    inSession(({ identity }, { presence }) => identity.lock(presence, randomUUID())),
  ],
  [
    'update session',
    'somebody signs out',
    inSession(({ identity }, { presence }) => identity.signOut(presence, randomUUID())),
  ],
  ['insert client', 'a client is registered', async (practice) => () => clientOf(practice)],
  ['insert client_key', 'a client is registered', async (practice) => () => clientOf(practice)],
  [
    'update client',
    'a client is disabled',
    onClient(({ identity }, { id }) => identity.disableClient(1, id, operator)),
  ],
  [
    'insert token',
    'a token is issued',
    onClient(({ identity }, { id }) => identity.issueToken({ tenant: 1, id }, [], from)),
  ],
  [
    'update token',
    'a token is given back',
    onClient(({ identity }, { id, token }) => identity.revokeToken(token, { tenant: 1, id }, from)),
  ],
  [
    'insert revision',
    'an account is disabled',
    onAccount(({ identity }, id) => identity.disableAccount(1, id, operator)),
  ],
]

const from = { workstation: '10.1.1.9', request: randomUUID() }

/** Of these, a row too few is a no that the caller sees. */
const refusals: readonly [string, string, Act, string][] = [
  ['insert account', 'an account is made', async (practice) => () => practice.hire(), 'user-name-taken'],
  ['update ticket', 'somebody signs in', signingIn, 'sign-in-failed'],
  [
    'insert assertion',
    'a client signs in',
    onClient(({ identity }, client) => client.authenticate(identity)),
    'client-invalid',
  ],
]

plain('each kind of write is tried', () => {
  const tried = new Set([...acts, ...refusals].map(([kind]) => kind))
  const harmless = ['delete throttle', 'delete assertion', 'delete known_workstation', 'delete session', 'delete token']
  const all = new Set(statements().map(({ kind }) => kind))
  expect([...all].filter((kind) => !tried.has(kind)).toSorted()).toEqual(harmless.toSorted())
})

async function swallow(owner: { query(text: string): Promise<unknown> }, kind: string): Promise<void> {
  const [operation, table] = kind.split(' ')
  await owner.query(`create function swallow() returns trigger language plpgsql as 'begin return null; end';
    create trigger swallow before ${operation} on identity.${table} for each row execute function swallow()`)
}

test.for(acts)(
  'when a trigger swallows each %s, it is an error that %s',
  async ([kind, , act], { practice, owner }) => {
    const carryOut = await act(practice)
    await swallow(owner, kind)
    await expect(carryOut()).rejects.toMatchObject({ code: 'storage-unavailable' })
  },
)

test.for(refusals)(
  'when a trigger swallows each %s, it is refused that %s',
  async ([kind, , act, code], { practice, owner }) => {
    const carryOut = await act(practice)
    await swallow(owner, kind)
    await expect(carryOut()).rejects.toMatchObject({ code })
  },
)

test('a damaged row that cannot be marked as disabled stays an error too', async ({ practice, owner }) => {
  const person = await practice.hire()
  const client = await clientOf(practice)
  await owner.query(`update identity.account set roles = '{}'; update identity.client set scopes = '{}'`)
  await swallow(owner, 'update account')
  await owner.query('create trigger swallow before update on identity.client for each row execute function swallow()')
  await expect(practice.identity.disableAccount(1, person.id, operator)).rejects.toMatchObject({
    code: 'storage-unavailable',
  })
  await expect(practice.identity.disableClient(1, client.id, operator)).rejects.toMatchObject({
    code: 'storage-unavailable',
  })
  await owner.query('drop function swallow() cascade')
  await practice.identity.disableAccount(1, person.id, operator)
  await practice.identity.disableClient(1, client.id, operator)
})
