import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import type { InFlight } from './in-flight.ts'
import type { Limits } from './limits.ts'
import type { Meters } from './meters.ts'
import type { Certificates } from './tls/certificates.ts'
import type { TicketKeys } from './tls/tickets.ts'
import { listenerProtocol, protocol } from './tls/suites.ts'

interface Listening {
  readonly certificates: Certificates
  readonly limits: Limits
  readonly meters: Meters
  readonly inFlight: InFlight
  readonly onRequest: RequestListener
  /** The same, for a caller who waits to be told before sending the body. */
  readonly onExpectation: RequestListener
}

/**
 * The HTTPS server and its limits; nothing listens yet. What is not TLS, not HTTP, too large or too slow ends here:
 * a parser stricter than any proxy in front (RFC 9112, 11.2), with times for the head and for silence.
 */
export function makeListener({ certificates, limits, meters, inFlight, onRequest, onExpectation }: Listening): Server {
  const server = createServer(
    {
      ...protocol,
      ...listenerProtocol,
      ...certificates.pair(),
      insecureHTTPParser: false,
      requireHostHeader: true,
      maxHeaderSize: limits.headerBytes,
      handshakeTimeout: limits.handshakeSeconds * 1000,
      // From the end of the handshake, so that a connection which says nothing is cut as well.
      headersTimeout: limits.headerSeconds * 1000,
      // The body has the time of its class (limitTime); this bounds the longest of them.
      requestTimeout: (limits.seconds.upload + 60) * 1000,
      keepAliveTimeout: limits.keepAliveSeconds * 1000,
      connectionsCheckingInterval: Math.min(2000, limits.headerSeconds * 500),
    },
    onRequest,
  )
  server.timeout = limits.silentSeconds * 1000
  server.maxConnections = limits.connections
  // Node drops those beyond its count without a word: requireHost refuses instead.
  server.maxHeadersCount = 0
  server.on('checkContinue', onExpectation)
  server.on('tlsClientError', () => meters.handshakeFailed())
  server.on('clientError', (error: Error, socket: Duplex) => {
    const refusal = malformed('code' in error ? String(error.code) : '')
    if (refusal !== undefined) meters.malformed()
    // Bytes written in the midst of another answer on this connection would be read as part of it.
    if (refusal === undefined || !socket.writable || inFlight.occupies(socket)) socket.destroy()
    else socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  })
  return server
}

/** The status line for what the parser made of it; undefined when it never was HTTP over TLS. */
function malformed(code: string): string | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large'
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout'
  return code.startsWith('HPE_') ? '400 Bad Request' : undefined
}

/** Marks requests that wait for `100 Continue`, between the listener and the visit. */
export class Expectations {
  readonly #waiting = new WeakSet<IncomingMessage>()

  waiting(next: (incoming: IncomingMessage, outgoing: ServerResponse) => void): RequestListener {
    return (incoming, outgoing) => {
      this.#waiting.add(incoming)
      next(incoming, outgoing)
    }
  }

  has(incoming: IncomingMessage): boolean {
    return this.#waiting.has(incoming)
  }
}

const minute = 60_000

interface Kept {
  readonly certificates: Certificates
  readonly tickets: TicketKeys
  readonly onFault: (error: unknown) => void
}

/** Now and every minute: new certificates and new keys for session tickets into use, for new connections. */
export function keepFresh(server: Server, { certificates, tickets, onFault }: Kept): () => void {
  let used = tickets.current()
  server.setTicketKeys(used)
  const timer = setInterval(() => {
    const next = tickets.current()
    if (!next.equals(used)) server.setTicketKeys(next)
    used = next
    refresh(server, certificates).catch(onFault)
  }, minute)
  timer.unref()
  return () => clearInterval(timer)
}

/** Takes a renewed certificate into use. Connections that are open go on with the old one. */
export async function refresh(server: Server, certificates: Certificates): Promise<void> {
  if (await certificates.refresh()) server.setSecureContext({ ...protocol, ...certificates.pair() })
}
