// A practice of invented people on a server of its own, started as `npm run demo` starts it: for tests that go through
// the front door. One per test file; it takes some seconds to make.
import { type ChildProcess, spawn } from 'node:child_process'
import { createPrivateKey, type JsonWebKey, randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { TOTP } from 'otpauth'
import { socketFolderFor } from '#db'
import { root } from './repository.ts'
import { scratchFolder } from './scratch.ts'

export interface Account {
  readonly user: string
  readonly role: string
  readonly password: string
  readonly totpSecret: string
}

/** What the ready file says: the public contract of the demonstration. */
interface Ready {
  readonly url: string
  readonly fhir: string
  readonly ca: string
  readonly accounts: readonly Account[]
  readonly client: { readonly id: string; readonly keyFile: string; readonly scope: string }
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface Practice extends Ready {
  /** The data folder. Keys and checkpoints are beside it, under its name with `.keys` and `.witness`. */
  readonly data: string
  /** The server process. */
  readonly pid: number
  /** The first account of a role. Throws when there is none. */
  account(role: string): Account
  /** The six digits that an authenticator shows for the account now. */
  code(account: Account): string
  /** An access token of the client, for some scopes or all of its own. */
  token(scope?: string): Promise<string>
  /** A request to a path of the server, or to a whole address. */
  ask(path: string, asked?: Asked): Promise<Answered>
  /** Ends the server, without warning by default, and starts it again on the same data; its port may be another. */
  restart(signal?: NodeJS.Signals): Promise<Practice>
  /** Ends the server and removes everything it made. */
  stop(): Promise<void>
}

export interface PracticeOptions {
  /** How many patients; 12 by default. */
  readonly patients?: number
}

const startupMs = 240_000

export async function startPractice({ patients = 12 }: PracticeOptions = {}): Promise<Practice> {
  return serve(scratchFolder('practice'), patients)
}

async function serve(folder: string, patients: number): Promise<Practice> {
  const data = join(folder, 'data')
  const readyFile = join(folder, 'ready.json')
  rmSync(readyFile, { force: true })
  const options = ['--data', data, '--port', '0', '--patients', String(patients), '--ready-file', readyFile]
  const child = spawn(process.execPath, [join(root, 'tools/demo/index.ts'), ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = endWithUs(child)
  const removeAll = (): void => {
    end.cancel()
    rmSync(socketFolderFor(data), { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
  const ready = await untilReady(child, readyFile).catch(async (error: unknown) => {
    await ended(child, 'SIGTERM')
    removeAll()
    throw error
  })
  const ask = asker(ready)
  return {
    ...ready,
    ...{ data, pid: child.pid ?? 0, ask, code: codeFor },
    account(role) {
      const account = ready.accounts.find((one) => one.role === role)
      if (account === undefined) throw new Error(`the practice has no ${role}`)
      return account
    },
    token: (scope = ready.client.scope) => fetchToken(ready, ask, scope),
    async restart(signal = 'SIGKILL') {
      await ended(child, signal)
      end.cancel()
      return serve(folder, patients)
    },
    async stop() {
      await ended(child, 'SIGTERM')
      removeAll()
    },
  }
}

/** A run of tests that is interrupted leaves no server behind. */
function endWithUs(child: ChildProcess): { cancel(): void } {
  const end = (): void => void child.kill('SIGTERM')
  process.once('exit', end)
  return { cancel: () => process.off('exit', end) }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

async function untilReady(child: ChildProcess, readyFile: string): Promise<Ready> {
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4000)))
  for (const began = performance.now(); performance.now() - began < startupMs; await pause(50)) {
    if (existsSync(readyFile)) return JSON.parse(readFileSync(readyFile, 'utf8')) as Ready
    if (child.exitCode !== null) break
  }
  throw new Error(`the practice did not start:\n${said}`)
}

function asker({ url, ca }: Ready): Practice['ask'] {
  const authority = readFileSync(ca)
  return async (path, { method = 'GET', headers = {}, body } = {}) => {
    const outgoing = request(new URL(path, url), { method, headers, ca: authority, agent: false })
    outgoing.end(body)
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks).toString() }
  }
}

/** SMART Backend Services: an assertion signed with the client's key, for an access token. */
async function fetchToken({ url, client }: Ready, ask: Practice['ask'], scope: string): Promise<string> {
  const jwk = JSON.parse(readFileSync(client.keyFile, 'utf8')) as JsonWebKey & { kid: string }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 240
  const claims = { iss: client.id, sub: client.id, aud: `${url}/oauth/token`, exp, jti: randomUUID() }
  const text = `${part({ alg: 'ES384', kid: jwk.kid, typ: 'JWT' })}.${part(claims)}`
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const signature = sign('sha384', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
  const { status, body } = await ask('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      ...{ grant_type: 'client_credentials', scope, client_assertion: `${text}.${signature}` },
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }).toString(),
  })
  if (status !== 200) throw new Error(`no token: ${status} ${body}`)
  return (JSON.parse(body) as { access_token: string }).access_token
}

function codeFor({ totpSecret }: Account): string {
  return new TOTP({ secret: totpSecret }).generate()
}
