import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createPrivateKey, randomBytes, randomUUID, sign } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { nodeFlags, heapSettings } from '../bootstrap/heap.mjs'

const chartkeep = join(import.meta.dirname, '../../server/bin/chartkeep.mjs')
const scope = 'system/*.cruds'

/** A practice of the benchmark's own, made by the same commands that anyone uses. */
export interface Practice {
  readonly data: string
  readonly clientId: string
  readonly keyFile: string
  command(...args: string[]): string
  remove(): void
}

export function makePractice(): Practice {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-bench-'))
  const data = join(folder, 'data')
  const passwords = join(folder, 'passwords')
  writeFileSync(passwords, `${randomBytes(18).toString('base64url')}\n${randomBytes(18).toString('base64url')}\n`, {
    mode: 0o600,
  })
  const command = (...args: string[]): string =>
    execFileSync(process.execPath, [chartkeep, ...args, '--data', data], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  command(
    ...[
      'init',
      '--practice',
      'Bench',
      '--password-file',
      passwords,
      '--administrator',
      'admin',
      '--administrator-name',
      'A',
    ],
    ...['--privacy-officer', 'privacy', '--privacy-officer-name', 'P'],
  )
  const keyFile = join(folder, 'client.jwk')
  const clientId = command('client', 'add', '--name', 'Bench', '--scope', scope, '--generate', keyFile).trim()
  return { data, clientId, keyFile, command, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export interface Running {
  readonly url: string
  readonly ca: string
  /** Resident memory now, bytes. */
  resident(): number
  /** An access token for everything, as any program gets it. */
  token(): Promise<string>
  stop(): Promise<void>
}

/** Starts the server (or another composition of the same parts) as a process of its own, within the same limits. */
export async function startServer(
  practice: Practice,
  script: readonly string[] = [chartkeep, 'serve'],
  ...more: readonly string[]
): Promise<Running> {
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const args = [...nodeFlags('serve'), ...script, '--data', practice.data, '--port', String(port), ...more]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...heapSettings },
  })
  const said: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const url = `https://localhost:${port}`
  const ca = join(practice.data, 'ca.pem')
  await untilReady(child, url, ca, said)
  return {
    url,
    ca,
    resident: () => processesOf(child.pid ?? 0).reduce((sum, pid) => sum + residentOf(pid), 0),
    token: () => fetchToken(practice, url, ca),
    async stop() {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}

async function untilReady(child: ChildProcess, url: string, ca: string, said: readonly string[]): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 100) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said.join('').slice(-2000)}`)
    if (
      existsSync(ca) &&
      (await ask(url, '/readyz', ca).then(
        ({ status }) => status === 200,
        () => false,
      ))
    )
      return
    await pause(100)
  }
  throw new Error('the server did not become ready')
}

/** A server's own processes: the keeper, the server below it, its workers where it has several. */
function processesOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  const children = existsSync(path) ? readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number) : []
  const own = children.filter((one) => /server\.mjs|worker\.ts/.test(readFileSync(`/proc/${one}/cmdline`, 'utf8')))
  return [pid, ...own.flatMap(processesOf)]
}

export function residentOf(pid: number): number {
  const pages = existsSync(`/proc/${pid}/statm`) ? readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1] : undefined
  return Number(pages ?? 0) * 4096
}

async function fetchToken({ clientId, keyFile }: Practice, url: string, ca: string): Promise<string> {
  const jwk = JSON.parse(readFileSync(keyFile, 'utf8')) as { kid: string }
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const signed = `${part({ alg: 'ES384', kid: jwk.kid, typ: 'JWT' })}.${part({ iss: clientId, sub: clientId, aud: `${url}/oauth/token`, exp: now + 240, iat: now, jti: randomUUID() })}`
  const signature = sign('sha384', Buffer.from(signed), {
    key: createPrivateKey({ key: jwk as never, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  })
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: `${signed}.${signature.toString('base64url')}`,
  })
  const { status, text } = await ask(url, '/oauth/token', ca, form.toString())
  if (status !== 200) throw new Error(`no token: ${status} ${text}`)
  return (JSON.parse(text) as { access_token: string }).access_token
}

function ask(url: string, path: string, ca: string, form?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers =
      form === undefined
        ? {}
        : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(form) }
    const asking = request(
      url + path,
      { ca: readFileSync(ca), method: form === undefined ? 'GET' : 'POST', headers, agent: false },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      },
    )
    asking.on('error', reject)
    asking.end(form)
  })
}
