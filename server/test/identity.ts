import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { TOTP } from 'otpauth'
import { type Clock, type Id, openLog } from '#base'
import { addClient, type By, createAccount, type From, type Identity, openIdentity, type SignedIn } from '#identity'
import { type FoundEntry, type Ledger, openLedger } from '#ledger'
import { test as base } from './postgres.ts'
import { entryIdsIn } from './entries.ts'

/** Time that stands until a test moves it, forward or back. */
export interface MovedClock extends Clock {
  move(ms: number): void
  /** Time really passes, by the machine's own count, whatever the wall clock says. */
  pass(ms: number): void
  elapsed(): number
}

export function movedClock(start = Date.parse('2026-03-02T08:00:00Z')): MovedClock {
  let now = start
  let machine = 0
  return { now: () => now, move: (ms) => void (now += ms), pass: (ms) => void (machine += ms), elapsed: () => machine }
}

export interface TestPerson {
  readonly id: Id<'account'>
  readonly user: string
  readonly password: string
}

/** A practice with a server, a clock of its own, and people who can sign in. */
export interface Practice {
  readonly tenant: number
  readonly clock: MovedClock
  readonly ledger: Ledger
  readonly identity: Identity
  /** Another process on the same database. */
  open(cost?: { memory: number; passes: number; lanes: number }): Identity
  hire(over?: Partial<{ user: string; name: string; roles: string[]; password: string }>): Promise<TestPerson>
  /** Through both steps, enrolling when asked; the codes come from the clock. */
  signIn(person: TestPerson, from?: Partial<From>): Promise<SignedIn>
  /** The code that this person's authenticator shows now. */
  codeOf(person: TestPerson): string
  /** What the person's authenticator holds. */
  readonly authenticators: Map<string, string>
  /** Every entry of the ledger so far, oldest first, with its details opened. */
  entries(): Promise<FoundEntry[]>
}

export const operator: By = { actor: { kind: 'system' }, workstation: 'console', request: randomUUID() }
export const fromRoom3: From = { address: '10.20.3.44', workstation: 'room-3', request: randomUUID() }
export const fromOutside: From = { address: '203.0.113.9', workstation: '203.0.113.9', request: randomUUID() }

/** Argon2id at a cost that a test can pay a hundred times. */
export const lightCost = { memory: 64, passes: 1, lanes: 1 }

const oneStep = 30_000

export const test = base.extend<{ practice: Practice }>({
  practice: async ({ db, keys, owner }, use) => {
    const clock = movedClock()
    const log = openLog('silent')
    const ledger = openLedger({ db, keys, clock, log, witnesses: [], origin: 'test.example/ledger' })
    const open: Practice['open'] = (cost = lightCost) =>
      openIdentity({ db, keys, ledger, clock, elapsed: clock.elapsed, log, cost, practice: 'Riverbend Family Clinic' })
    const identity = open()
    const authenticators = new Map<string, string>()
    const tenant = 1
    let hired = 0

    const codeOf = ({ id }: TestPerson): string => codeAt(authenticators.get(id) ?? '', clock.now())

    await use({
      ...{ tenant, clock, ledger, identity, open, authenticators, codeOf },
      async hire(over = {}) {
        const user = over.user ?? `nora.lind${++hired}`
        const password = over.password ?? 'marigold kettle under fog'
        const account = { tenant, user, password, name: over.name ?? 'Nora Lindqvist', roles: over.roles ?? ['nurse'] }
        return { id: await createAccount(identity.parts, account, operator), user, password }
      },
      async signIn(person, from = {}) {
        // A code opens once, so the next sign-in takes the next one.
        clock.move(oneStep)
        const place = { ...fromRoom3, ...from }
        const { ticket, step } = await identity.signIn({ tenant, user: person.user, password: person.password }, place)
        if (step.step === 'enrol') authenticators.set(person.id, step.secret)
        return identity.confirm(ticket, codeOf(person), place)
      },
      async entries() {
        const found = await Promise.all((await entryIdsIn(owner)).map((id) => ledger.find(tenant, id)))
        return found.filter((entry) => entry !== undefined)
      },
    })
    await ledger.stop()
  },
})

/** A six-digit code, as an authenticator app shows it. @param secret base 32 */
export function codeAt(secret: string, now: number): string {
  return new TOTP({ secret }).generate({ timestamp: now })
}

const endpoint = { tenant: 1, url: 'https://ehr.example/oauth/token' }
const from = { workstation: '10.1.1.9', request: randomUUID() }

/** A program with a key of its own, and a token that it got. */
export async function clientOf({ identity, clock, tenant }: Practice) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1' }
  const scopes = ['system/Observation.rs']
  const id = await addClient(identity.parts, { tenant, name: 'Lab bridge', scopes, jwk }, operator)
  const { token } = await identity.issueToken({ tenant, id }, scopes, from)
  return {
    id,
    token,
    async authenticate(server: Identity): Promise<unknown> {
      const claims = {
        iss: id,
        sub: id,
        aud: endpoint.url,
        jti: randomUUID(),
        exp: Math.floor(clock.now() / 1000) + 60,
      }
      const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES384', kid: 'k1' }).sign(privateKey)
      const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
      return server.authenticateClient({ assertionType, assertion, clientId: undefined }, endpoint, from)
    },
  }
}
