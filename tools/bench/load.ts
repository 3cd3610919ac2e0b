import { readFileSync } from 'node:fs'
import tls from 'node:tls'

/** One request of a load, made ready beforehand so that making it costs nothing while it is measured. */
export interface Shot {
  readonly bytes: Buffer
}

export interface Target {
  readonly host: string
  readonly port: number
  readonly ca: Buffer
  readonly token: string
}

export function targetOf(url: string, caFile: string, token: string): Target {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port), ca: readFileSync(caFile), token }
}

export function shot(
  { host, port, token }: Target,
  method: string,
  path: string,
  body?: string | Buffer,
  headers: readonly string[] = [],
): Shot {
  const content = body === undefined ? undefined : Buffer.from(body)
  const head = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}:${port}`,
    `authorization: Bearer ${token}`,
    'accept: application/fhir+json',
    ...headers,
    ...(content === undefined
      ? []
      : ['content-type: application/fhir+json', `content-length: ${content.length}`, 'prefer: return=minimal']),
  ]
  return {
    bytes: Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), ...(content === undefined ? [] : [content])]),
  }
}

export interface Reply {
  readonly status: number
  readonly head: string
  readonly body: Buffer
}

/** A kept-alive TLS connection that has one request under way at a time: a caller, as the tables count them. */
export class Caller {
  readonly #socket: tls.TLSSocket
  #received: Buffer[] = []
  #length = 0
  #needed = 0
  #head = ''
  #bodyStart = 0
  #done: ((reply: Reply) => void) | undefined
  #failed: ((error: Error) => void) | undefined

  private constructor(socket: tls.TLSSocket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#take(chunk))
    socket.on('error', (error) => this.#failed?.(error))
    socket.on('close', () => this.#failed?.(new Error('the server closed the connection')))
  }

  static open({ host, port, ca }: Target): Promise<Caller> {
    return new Promise((resolve, reject) => {
      const socket = tls.connect({ host, port, ca, servername: host === '127.0.0.1' ? '' : host }, () => {
        socket.off('error', reject)
        resolve(new Caller(socket))
      })
      socket.once('error', reject)
    })
  }

  send({ bytes }: Shot): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#done = resolve
      this.#failed = reject
      this.#socket.write(bytes)
    })
  }

  close(): void {
    this.#failed = undefined
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk)
    this.#length += chunk.length
    if (this.#needed === 0 && !this.#readHead()) return
    if (this.#length < this.#needed) return
    const all = Buffer.concat(this.#received)
    const reply = {
      status: Number(this.#head.slice(9, 12)),
      head: this.#head,
      body: all.subarray(this.#bodyStart, this.#needed),
    }
    this.#received = []
    this.#length = 0
    this.#needed = 0
    const done = this.#done
    this.#done = undefined
    this.#failed = undefined
    done?.(reply)
  }

  #readHead(): boolean {
    const all =
      this.#received.length === 1 && this.#received[0] !== undefined ? this.#received[0] : Buffer.concat(this.#received)
    const end = all.indexOf('\r\n\r\n')
    if (end < 0) return false
    this.#head = all.toString('latin1', 0, end)
    const length = /content-length: (\d+)/i.exec(this.#head)?.[1]
    this.#bodyStart = end + 4
    this.#needed = this.#bodyStart + Number(length ?? 0)
    return true
  }
}

export interface Measured {
  /** Requests a second. */
  readonly rate: number
  /** Milliseconds. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly failures: number
}

// What runs for the first time is being compiled: none of it is counted.
const warmUpSeconds = 2

/** What is asked, by how many at once. */
export interface Load {
  readonly callers: number
  next(index: number): Shot
}

/** Keeps the callers busy until `seconds` are over, once they have been for a while; each answer must be 2xx. */
export async function load(target: Target, { callers, next }: Load, seconds: number): Promise<Measured> {
  let index = 0
  const shots = (): Shot => next(index++)
  await keepBusy(target, callers, warmUpSeconds, shots)
  return keepBusy(target, callers, seconds, shots)
}

async function keepBusy(target: Target, callers: number, seconds: number, next: () => Shot): Promise<Measured> {
  const open = await Promise.all(Array.from({ length: callers }, () => Caller.open(target)))
  const times: number[] = []
  let failures = 0
  const start = performance.now()
  const end = start + seconds * 1000
  await Promise.all(
    open.map(async (caller) => {
      for (;;) {
        const began = performance.now()
        if (began >= end) return
        const { status } = await caller.send(next())
        if (status >= 300) failures++
        times.push(performance.now() - began)
      }
    }),
  )
  const elapsed = (performance.now() - start) / 1000
  for (const caller of open) caller.close()
  times.sort((a, b) => a - b)
  const at = (part: number): number => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0
  return { rate: times.length / elapsed, p50: at(0.5), p95: at(0.95), p99: at(0.99), failures }
}
