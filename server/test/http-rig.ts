import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { Secret as OtpSecret, TOTP } from 'otpauth'
import { expect } from 'vitest'
import { type Clock, newId, openLog, Secret, systemClock } from '#base'
import { type HttpOptions, type Listening, openOwnCertificates, type Route, startHttp } from '#http'
import { addClient, createAccount, type Identity, openIdentity } from '#identity'
import { type FoundEntry, type Ledger, openLedger } from '#ledger'
import { test as withDatabase } from './postgres.ts'
import { entryIdsIn } from './entries.ts'
import { scratchFolder } from './scratch.ts'

const by = { actor: { kind: 'system' }, workstation: 'test', request: newId(systemClock.now()) } as const
export const metricsToken = 'metrics-token-of-this-test'

export interface Ask {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

export interface Got {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  readonly bytes: Buffer
}

/** A server on a real socket, with the real identity and ledger on a database of the test's own. */
export interface Rig {
  readonly identity: Identity
  readonly ledger: Ledger
  readonly folder: string
  start(routes: readonly Route[], options?: Partial<HttpOptions>): Promise<Listening>
  ask(path: string, ask?: Ask): Promise<Got>
  /** A TLS connection, for what no HTTP client would send. */
  connect(): Promise<TLSSocket>
  /** Sends these bytes on a connection of their own; resolves to all that came back when it closed. */
  say(bytes: string): Promise<string>
  /** Cookie header of a new person's session. */
  signIn(role: string): Promise<{ cookie: string; workstation: string; secret: string; id: string }>
  /** Authorization header of a new client's token. */
  token(...scopes: string[]): Promise<{ authorization: string; id: string }>
  /** Every entry of outcome 'refused' or 'failed', oldest first. */
  refusals(): Promise<readonly FoundEntry[]>
}

export const test = withDatabase.extend<{ rig: Rig }>({
  rig: async ({ db, keys, owner }, use) => {
    const folder = scratchFolder('http')
    const log = openLog('silent')
    const clock: Clock = systemClock
    const ledger = openLedger({ db, keys, clock, log, witnesses: [], origin: 'test.example/ledger' })
    const cost = { memory: 1024, passes: 1, lanes: 1 }
    const identity = openIdentity({ db, keys, ledger, clock, log, practice: 'Test practice', cost })
    const tls = openOwnCertificates({ keysFolder: join(folder, 'keys'), dataFolder: folder, names: [], clock, log })
    const ca = readFileSync(join(folder, 'ca.pem'), 'utf8')
    const agent = new Agent({ ca, keepAlive: true })
    const started: Listening[] = []
    let port = 0

    const connectTo = async (): Promise<TLSSocket> => {
      const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca })
      await once(socket, 'secureConnect')
      return socket
    }

    await use({
      identity,
      ledger,
      folder,
      async start(routes, options = {}) {
        const secret = new Secret(Buffer.from(metricsToken))
        const ready = async () => ({ database: true })
        const fixed = {
          port: 0,
          host: '127.0.0.1',
          tls,
          identity,
          ledger,
          log,
          clock,
          tenant: 1,
          ready,
          metricsToken: secret,
        }
        const listening = await startHttp({ ...fixed, routes, ...options })
        port = Number(new URL(listening.url).port)
        started.push(listening)
        return listening
      },
      ask: (path, { method = 'GET', headers = {}, body } = {}) =>
        new Promise((resolve, reject) => {
          const asking = request({ agent, port, host: 'localhost', path, method, headers }, (answer) => {
            const chunks: Buffer[] = []
            answer.on('data', (chunk: Buffer) => chunks.push(chunk))
            answer.on('error', reject)
            answer.on('end', () => {
              const bytes = Buffer.concat(chunks)
              const { statusCode: status = 0, headers: answered } = answer
              resolve({ status, headers: answered, text: bytes.toString('utf8'), bytes })
            })
          })
          asking.on('error', reject)
          asking.end(body)
        }),
      connect: connectTo,
      async say(bytes) {
        const socket = await connectTo()
        const chunks: Buffer[] = []
        socket.on('data', (chunk: Buffer) => chunks.push(chunk))
        socket.on('error', () => undefined)
        socket.write(bytes)
        await once(socket, 'close')
        return Buffer.concat(chunks).toString('latin1')
      },
      async signIn(role) {
        const totpSecret = randomBytes(20)
        const user = `user-${randomBytes(4).toString('hex')}`
        const password = `${randomBytes(12).toString('base64url')} horse`
        const account = { tenant: 1, user, name: 'Synthetic Person', roles: [role], password, totpSecret }
        await createAccount(identity.parts, account, by)
        const from = { address: '127.0.0.1', workstation: 'desk-1', request: newId(clock.now()) }
        const { ticket } = await identity.signIn({ tenant: 1, user, password }, from)
        const code = new TOTP({ secret: new OtpSecret({ buffer: new Uint8Array(totpSecret).buffer }) }).generate()
        const { secret, presence, device } = await identity.confirm(ticket, code, from)
        const workstation = `__Host-chartkeep-workstation=${device}`
        return { cookie: `__Host-chartkeep=${secret}`, workstation, secret, id: presence.id }
      },
      async token(...scopes) {
        const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
        const jwk = {
          ...publicKey.export({ format: 'jwk' }),
          alg: 'ES384',
          use: 'sig',
          kid: randomBytes(6).toString('hex'),
        }
        const id = await addClient(identity.parts, { tenant: 1, name: 'Test program', scopes, jwk }, by)
        const from = { workstation: '127.0.0.1', request: newId(clock.now()) }
        const { token } = await identity.issueToken({ tenant: 1, id }, scopes, from)
        return { authorization: `Bearer ${token}`, id }
      },
      async refusals() {
        const entries = await Promise.all((await entryIdsIn(owner)).map((id) => ledger.find(1, id)))
        return entries.filter((entry) => entry !== undefined).filter(({ outcome }) => outcome !== 'done')
      },
    })

    for (const listening of started) await listening.stop().catch(() => undefined)
    agent.destroy()
    await identity.stop().catch(() => undefined)
    await ledger.stop().catch(() => undefined)
    rmSync(folder, { recursive: true, force: true })
  },
})

/** A route that answers with fixed bytes and touches nothing. */
export function route(more: Partial<Route> & Pick<Route, 'path'>): Route {
  return { method: 'GET', class: 'read', surface: 'fhir', handle: async () => ({ status: 200, body: '{}' }), ...more }
}

/** The OperationOutcome, `Refused` or OAuth error of an answer. */
export function parsed(got: Got): Record<string, unknown> {
  expect(got.headers['content-type']).toMatch(/json/)
  return JSON.parse(got.text) as Record<string, unknown>
}
