import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { expect } from 'vitest'
import { type Id, Refusal } from '#base'
import { addClient, disableAccount, type Identity, verifyIdentity } from '#identity'
import { codeAt, fromRoom3, operator, type Practice, test, type TestPerson } from './identity.ts'
import { type Column, columnsOf, dropRules, mutate, valuesFor } from './mutations.ts'

// Every column of every table of the identity schema, as the catalogue has them, is given other values by SQL. Nobody may
// be let in who was not, or as anyone else, or to more; and verification names the row. A column that grants nothing stands
// here with its reason; one that is new and protects nothing fails.

const grantsNothing: Readonly<Record<string, string>> = {
  'ticket.tries': 'a count of wrong codes; each is counted against the account too',
  'ticket.tenant': 'it is then nobody’s: what it was given for is in its code',
  'token.tenant': 'it is then nobody’s: what it was given for is in its code',
  'known_workstation.*': 'chooses which counter an attempt is counted by',
  'throttle.*': 'counts of failures: they let nobody in, and delay guesses',
  'assertion.*': 'what was used already: it is of use only to who holds the signed assertion, until that is over',
  'revision.*': 'a count that shows that a notice was missed',
}

const endpoint = { tenant: 1, url: 'https://ehr.example/oauth/token' }
const from = { workstation: '10.1.1.9', request: randomUUID() }

interface World {
  readonly nora: TestPerson
  readonly doctor: TestPerson
  readonly gone: TestPerson
  readonly client: Id<'client'>
  readonly secrets: Secrets
}

/** What people and programs hold; it is renewed as time goes on. */
interface Secrets {
  readonly sessions: Readonly<Record<'nora' | 'doctor' | 'ended', string>>
  readonly tokens: Readonly<Record<'good' | 'revoked', string>>
  readonly ticket: string
}

const own = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const foreign = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const scopes = ['system/Observation.rs']

async function populate(practice: Practice): Promise<World> {
  const { identity, tenant } = practice
  const nora = await practice.hire({ roles: ['nurse'] })
  const doctor = await practice.hire({ roles: ['clinician', 'biller'], password: 'quarry lamp seven otters' })
  const gone = await practice.hire({ roles: ['administrator'], password: 'harbour goat twelve cans' })
  const [client] = await Promise.all(
    [own, foreign].map(async ({ publicKey }) => {
      const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1' }
      return addClient(identity.parts, { tenant, name: 'Lab bridge', scopes, jwk }, operator)
    }),
  )
  if (client === undefined) throw new Error('a client was added')
  await practice.signIn(gone)
  await disableAccount(identity.parts, tenant, gone.id, operator)
  const people = { nora, doctor, gone, client }
  return { ...people, secrets: await secretsOf(practice, people) }
}

async function secretsOf(practice: Practice, { nora, doctor, client }: Omit<World, 'secrets'>): Promise<Secrets> {
  const { identity, tenant } = practice
  const ended = await practice.signIn(doctor)
  await identity.signOut(ended.presence, randomUUID())
  const sessions = {
    nora: (await practice.signIn(nora)).secret,
    doctor: (await practice.signIn(doctor)).secret,
    ended: ended.secret,
  }
  const issue = async () => (await identity.issueToken({ tenant, id: client }, scopes, from)).token
  const tokens = { good: await issue(), revoked: await issue() }
  await identity.revokeToken(tokens.revoked, { tenant, id: client }, from)
  const { ticket } = await identity.signIn({ tenant, user: nora.user, password: nora.password }, fromRoom3)
  return { sessions, tokens, ticket }
}

/** All that anyone's secrets open now, in a server that has just started. A refusal is nothing; an error is a failure. */
async function powersOf(practice: Practice, { nora, doctor, gone, client, secrets }: World): Promise<Powers> {
  const { clock, authenticators } = practice
  const server = practice.open()
  const powers: Powers = {}
  for (const [name, secret] of Object.entries(secrets.sessions)) {
    const { id, role, idleSeconds, started, expires, locked } = (await refusable(server.findSession(secret))) ?? {}
    powers[`session ${name}`] =
      id === undefined || locked === true ? undefined : { id, role, idleSeconds, life: (expires ?? 0) - (started ?? 0) }
  }
  for (const [name, token] of Object.entries(secrets.tokens)) {
    const { id, scopes: granted, issued = 0, expires = 0 } = (await refusable(server.findToken(token))) ?? {}
    powers[`token ${name}`] = id && { id, granted, life: expires - issued }
  }
  clock.move(30_000)
  const factorOf = ({ id }: TestPerson): string => authenticators.get(id) ?? ''
  const noras = { password: nora.password, secret: factorOf(nora) }
  powers['ticket of nora, code of the doctor'] = await refusable(
    server.confirm(secrets.ticket, practice.codeOf(doctor), fromRoom3),
  )
  powers['nora'] = await enter(server, practice, { user: nora.user, ...noras })
  powers['nora as the doctor'] = await enter(server, practice, { user: doctor.user, ...noras })
  powers['doctor without the second factor'] = await enter(server, practice, { ...doctor, secret: '' })
  powers['who was disabled'] = await enter(server, practice, { ...gone, secret: factorOf(gone) })
  for (const [name, { privateKey }] of Object.entries({ own, foreign })) {
    const exp = Math.floor(clock.now() / 1000) + 60
    const assertion = await new SignJWT({ iss: client, sub: client, aud: endpoint.url, jti: randomUUID(), exp })
      .setProtectedHeader({ alg: 'ES384', kid: 'k1' })
      .sign(privateKey)
    const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const form = { assertionType, assertion, clientId: undefined }
    powers[`client by ${name} key`] = await refusable(server.authenticateClient(form, endpoint, from))
  }
  return powers
}

type Powers = Record<string, unknown>

async function enter(
  server: Identity,
  { clock, tenant }: Practice,
  { user, password, secret }: { user: string; password: string; secret: string },
): Promise<unknown> {
  const signIn = async () => {
    const { ticket, step } = await server.signIn({ tenant, user, password }, fromRoom3)
    const held = step.step === 'enrol' ? step.secret : secret
    return server.confirm(ticket, held === '' ? '000000' : codeAt(held, clock.now()), fromRoom3)
  }
  const signedIn = await refusable(signIn())
  return signedIn && { id: signedIn.presence.id, role: signedIn.presence.role }
}

async function refusable<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal)
    expect(error instanceof Refusal ? error.status : 500).toBeLessThan(500)
    return undefined
  }
}

/** Each is what it was, or nothing. */
function expectNoMore(after: Powers, before: Powers, why: string): void {
  for (const [name, power] of Object.entries(after))
    if (power !== undefined) expect(power, `${why}: ${name}`).toEqual(before[name])
}

function reasonFor({ table, column }: Column): string | undefined {
  return grantsNothing[`${table}.${column}`] ?? grantsNothing[`${table}.*`]
}

const tables = [
  ...['account', 'assertion', 'client', 'client_key', 'known_workstation', 'password', 'recovery_code', 'revision'],
  ...['second_factor', 'session', 'throttle', 'ticket', 'token'],
]

test('the tables of the identity schema are these', async ({ owner }) => {
  const found = new Set((await columnsOf(owner, 'identity')).map(({ table }) => table))
  expect([...found].toSorted()).toEqual(tables)
})

test.for(tables)(
  'no column of identity.%s that is changed by SQL lets anyone in, and each is named',
  { timeout: 300_000 },
  async (table, { practice, owner, db, keys }) => {
    let world = await populate(practice)
    const verify = async () => (await verifyIdentity({ db, keys, clock: practice.clock, tenant: 1 })).faults
    const columns = (await columnsOf(owner, 'identity')).filter((column) => column.table === table)
    const primary = columns.filter(({ key }) => key).map(({ column }) => column)
    await dropRules(owner, columns, 'identity')
    expect(await verify()).toEqual([])
    const before = await powersOf(practice, world)
    const works = ['session nora', 'session doctor', 'token good', 'nora', 'client by own key']
    expect(works.filter((name) => before[name] === undefined)).toEqual([])
    expect(Object.keys(before).filter((name) => !works.includes(name) && before[name] !== undefined)).toEqual([])
    let probes = 0
    for (const column of columns) {
      let changes = 0
      for (const value of valuesFor(column, 'identity')) {
        // Time goes on by every sign-in; and a session that was found to be damaged is over for good.
        if (probes++ % 6 === 0 || table === 'session' || table === 'ticket') {
          await owner.query('delete from identity.session where ended is null; delete from identity.throttle')
          world = { ...world, secrets: await secretsOf(practice, world) }
        }
        const why = `${table}.${column.column} = ${value}`
        const { changed, undo } = await mutate(owner, 'identity', column, { value, keys: primary })
        if (changed === 0) continue
        changes++
        if (reasonFor(column) === undefined) expect(await verify(), why).not.toEqual([])
        expectNoMore(await powersOf(practice, world), before, why)
        // Where nothing is protected the rows come and go, and nothing has to be as it was.
        if (reasonFor(column) === undefined) await undo()
      }
      expect(changes, `${table}.${column.column}`).toBeGreaterThan(0)
    }
  },
)
