// An HTTPS caller that keeps what it received, also of answers that were cut off.
import type { IncomingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:https'

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answered {
  /** 0: no head of an answer came. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The body came to its end. */
  readonly whole: boolean
  /** Milliseconds until the end, or until the connection broke. */
  readonly took: number
}

export interface Caller {
  /** Never rejects: a connection that breaks is an answer too. */
  ask(path: string, asked?: Asked): Promise<Answered>
  close(): void
}

// Above every limit of the server, so that whoever hangs is seen to hang.
const patienceMs = 90_000

export function openCaller(url: string, ca: Buffer): Caller {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 1 })
  return {
    close: () => agent.destroy(),
    ask: (path, { method = 'GET', headers = {}, body } = {}) =>
      new Promise((resolve) => {
        const began = performance.now()
        const chunks: Buffer[] = []
        const answer = (status: number, incoming: IncomingHttpHeaders, whole: boolean): void =>
          resolve({
            ...{ status, headers: incoming, whole, body: Buffer.concat(chunks).toString() },
            took: performance.now() - began,
          })
        const outgoing = request(new URL(path, url), { agent, method, headers, timeout: patienceMs }, (incoming) => {
          const { statusCode = 0, headers: received } = incoming
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.on('error', () => undefined)
          incoming.on('close', () => answer(statusCode, received, incoming.complete))
        })
        outgoing.on('timeout', () => outgoing.destroy())
        outgoing.on('error', () => answer(0, {}, false))
        outgoing.end(body)
      }),
  }
}
