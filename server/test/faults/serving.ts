// The real `chartkeep` command in folders of the test's own, and a server that can be killed and started again.
import { type ChildProcess, spawn } from 'node:child_process'
import { createPrivateKey, type JsonWebKey, randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { socketFolderFor } from '#db'
import { patience } from '../eventually.ts'
import { root } from '../repository.ts'
import { type Answered, type Caller, openCaller } from './caller.ts'

const program = join(root, 'server/bin/chartkeep.mjs')

export interface Said {
  readonly code: number | null
  readonly said: string
}

export interface Serving {
  readonly url: string
  /** The certificate to trust. */
  readonly ca: Buffer
  /** The server process. */
  readonly pid: number
  /** The process above it, which starts it again. */
  readonly keeper: number
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
  /** Sends the signal and waits until it has ended. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** A server that may or may not come to serve. */
export interface Beginning {
  readonly pid: number
  said(): string
  /** Resolves when it has ended, with its exit code. */
  readonly ended: Promise<number | null>
}

export interface Chartkeep {
  readonly folder: string
  readonly data: string
  readonly clientId: string
  /** Everything that servers and PostgreSQL have logged so far. */
  logged(): string
  command(...args: string[]): Promise<Said>
  /** Starts the server on the port of `serve`, and waits for nothing. */
  begin(...args: string[]): Beginning
  /** Where the server listens when it does. */
  readonly port: number
  /** Starts the server, on the same port each time, and waits until it is ready. */
  serve(...args: string[]): Promise<Serving>
  /** What a program sends once for an access token to everything. */
  tokenForm(serving: Pick<Serving, 'url'>): string
  /** An access token for everything. */
  token(serving: Pick<Serving, 'url' | 'ca'>): Promise<string>
}

/** A new practice with one client, on a database of its own if not said otherwise. `unmount` is called when nothing runs any more, before the folder is removed. */
export async function newChartkeep(
  folder = mkdtempSync(join(tmpdir(), 'chartkeep-faults-')),
  unmount: () => void = () => undefined,
  databaseUrl?: string,
): Promise<Chartkeep> {
  const data = join(folder, 'data')
  const keyFile = join(folder, 'client.jwk')
  const passwords = join(folder, 'passwords')
  const running = new Set<ChildProcess>()
  let log = ''
  mkdirSync(folder, { recursive: true })
  writeFileSync(passwords, 'plinth-ocarina-wombat-feldspar\nmarzipan:gantry:oboe:thistle\n', { mode: 0o600 })
  onTestFinished(async () => {
    for (const child of running) {
      const below = childrenOf(child.pid ?? 0)
      await kill(child, 'SIGKILL')
      for (const pid of below) signal(pid, 'SIGKILL')
    }
    const postmaster = postmasterOf(data)
    if (postmaster !== undefined) {
      // One that was stopped by a test takes no signal until it goes on.
      signal(postmaster, 'SIGCONT')
      signal(postmaster, 'SIGQUIT')
    }
    for (let waited = 0; postmasterOf(data) !== undefined && waited < patience; waited += 50) await pause(50)
    const left = postmasterOf(data)
    if (left !== undefined) signal(left, 'SIGKILL')
    rmSync(socketFolderFor(data), { recursive: true, force: true })
    unmount()
    rmSync(folder, { recursive: true, force: true })
  })
  const environment: NodeJS.ProcessEnv = { ...process.env }
  delete environment['DATABASE_URL']
  if (databaseUrl !== undefined) environment['DATABASE_URL'] = databaseUrl

  function start(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [program, ...args, '--data', data], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    child.once('exit', () => running.delete(child))
    return child
  }

  async function command(...args: string[]): Promise<Said> {
    const child = start(args)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await once(child, 'close')
    return { code: child.exitCode, said: said.trim() }
  }

  async function mustSay(...args: string[]): Promise<string> {
    const { code, said } = await command(...args)
    if (code !== 0) throw new Error(`chartkeep ${args[0]} ended with ${code}: ${said}`)
    return said
  }

  await mustSay(
    ...['init', '--practice', 'Fenwick', '--password-file', passwords, '--administrator', 'ada'],
    ...['--administrator-name', 'Ada Nim', '--privacy-officer', 'pia', '--privacy-officer-name', 'Pia Orr'],
  )
  const client = ['client', 'add', '--name', 'Load', '--scope', 'system/*.cruds', '--generate', keyFile]
  const clientId = (await mustSay(...client)).split('\n').at(-1) ?? ''
  const port = await freePort()

  return {
    ...{ folder, data, clientId, command, port },
    begin(...args) {
      const child = start(['serve', '--port', String(port), ...args])
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += String(chunk)))
      return { pid: child.pid ?? 0, said: () => said, ended: once(child, 'close').then(() => child.exitCode) }
    },
    logged: () => `${log}${databaseUrl === undefined ? readFileSync(join(data, 'postgres.log'), 'utf8') : ''}`,
    async serve(...args) {
      const child = start(['serve', '--port', String(port), ...args])
      const since = log.length
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk: Buffer) => (log += chunk.toString()))
      const url = `https://localhost:${port}`
      const ended = once(child, 'exit').then(() => undefined)
      const ca = await untilReady(child, url, join(data, 'ca.pem'), () => log.slice(since))
      const [pid = 0] = childrenOf(child.pid ?? 0)
      return { url, ca, ended, pid, keeper: child.pid ?? 0, end: async (how) => endServer(child, pid, how) }
    },
    tokenForm: ({ url }) => tokenForm(url, clientId, keyFile),
    token: async (serving) => fetchToken(serving, tokenForm(serving.url, clientId, keyFile)),
  }
}

async function kill(child: ChildProcess, how: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(how)
  await exit
}

/** A kill is of both: the keeper's first, so that it starts no other, and the server's, which dies of it and not in order. */
async function endServer(keeper: ChildProcess, server: number, how: NodeJS.Signals): Promise<void> {
  const ended = kill(keeper, how)
  if (how === 'SIGKILL') signal(server, how)
  await ended
  while (isAlive(server)) await pause(5)
}

async function untilReady(child: ChildProcess, url: string, ca: string, said: () => string): Promise<Buffer> {
  for (const began = performance.now(); performance.now() - began < 120_000; await pause(50)) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said().slice(-3000)}`)
    if (!existsSync(ca)) continue
    const authority = readFileSync(ca)
    const caller = openCaller(url, authority)
    const { status } = await caller.ask('/readyz')
    caller.close()
    if (status === 200) return authority
  }
  throw new Error(`the server did not become ready: ${said().slice(-3000)}`)
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  listener.close()
  await once(listener, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The first line of PostgreSQL's pid file, while that process is alive. */
export function postmasterOf(data: string): number | undefined {
  const file = join(data, 'pg', 'postmaster.pid')
  const pid = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : Number.NaN
  return Number.isInteger(pid) && isAlive(pid) ? pid : undefined
}

/** A zombie is not alive. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Processes that this one has started and that still run. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** How a process calls itself; empty when it has ended. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** Who has ended meanwhile is not missed. */
export function signal(pid: number, how: NodeJS.Signals): void {
  // 0 and below would be a group, ours among them.
  if (!(pid > 1)) throw new Error('not a process')
  try {
    process.kill(pid, how)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function tokenForm(url: string, client: string, keyFile: string): string {
  const jwk = JSON.parse(readFileSync(keyFile, 'utf8')) as JsonWebKey & { kid: string }
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 240
  const claims = { iss: client, sub: client, aud: `${url}/oauth/token`, exp, jti: randomUUID() }
  const text = `${part({ alg: 'ES384', kid: jwk.kid, typ: 'JWT' })}.${part(claims)}`
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const signature = sign('sha384', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
  return new URLSearchParams({
    ...{ grant_type: 'client_credentials', scope: 'system/*.cruds', client_assertion: `${text}.${signature}` },
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }).toString()
}

async function fetchToken({ url, ca }: Pick<Serving, 'url' | 'ca'>, form: string): Promise<string> {
  const caller = openCaller(url, ca)
  const answer = await askForToken(caller, form)
  caller.close()
  if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.body}`)
  return (JSON.parse(answer.body) as { access_token: string }).access_token
}

export function askForToken(caller: Caller, form: string): Promise<Answered> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return caller.ask('/oauth/token', { method: 'POST', headers, body: form })
}

/** Worker processes below a primary. */
export function workersOf(primary: number): number[] {
  return childrenOf(primary).filter((pid) => commandOf(pid).includes('worker.ts'))
}
