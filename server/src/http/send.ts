import { Readable } from 'node:stream'
import { hasBody } from './body.ts'
import { answerHeaders, contentTypes, type FlatHeaders } from './headers.ts'
import type { Answer } from './route.ts'
import type { Visit } from './visit.ts'

interface Sending {
  /** Tell the caller not to use this connection again. */
  readonly last: boolean
  /** Called once, when the body is on its way whole or was broken off. */
  onSent(whole: boolean): void
}

/** Writes the answer: the first byte on this connection for this request. Throws when a header is not fit to be sent. */
export function send(visit: Visit, answer: Answer, sending: Sending): void {
  const { outgoing } = visit
  const { body, status } = answer
  const last = sending.last || (visit.awaitsContinue && hasBody(visit.incoming))
  const headers = headersOf(visit, answer)
  if (last) headers.push('connection', 'close')

  if (body instanceof Readable) {
    outgoing.writeHead(status, headers)
    outgoing.flushHeaders()
    if (visit.incoming.method === 'HEAD') {
      body.destroy()
      outgoing.end()
      sending.onSent(true)
    } else flow(visit, body, sending)
    return
  }
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  const counted = status === 204 || status === 304 || answer.headers?.['content-length'] !== undefined
  if (!counted) headers.push('content-length', String(bytes?.length ?? 0))
  outgoing.writeHead(status, headers)
  if (visit.incoming.method === 'HEAD') outgoing.end()
  else outgoing.end(bytes)
  sending.onSent(true)
}

/** With backpressure; a body that fails cuts the connection, so that a part is never taken for the whole. */
function flow(visit: Visit, body: Readable, sending: Sending): void {
  const { outgoing } = visit
  visit.flowing = body
  body.on('error', () => outgoing.destroy())
  outgoing.on('close', () => {
    body.destroy()
    sending.onSent(outgoing.writableFinished)
  })
  body.pipe(outgoing)
  // The server is stopping, and events would never end.
  if (sending.last && visit.events) outgoing.end()
}

/** The defaults, with what the route says in their place where it does. */
function headersOf(visit: Visit, answer: Answer): string[] {
  const given = answer.headers
  const headers = ['x-request-id', visit.request]
  if (given === undefined) append(headers, answerHeaders)
  else {
    append(headers, answerHeaders, given)
    for (const [name, value] of Object.entries(given)) {
      if (typeof value === 'string') headers.push(name, value)
      else for (const each of value) headers.push(name, each)
    }
  }
  const empty = answer.body === undefined || answer.body === ''
  if (!empty && given?.['content-type'] === undefined)
    headers.push('content-type', contentTypes[visit.route.route.surface])
  if (given?.['content-type']?.includes('text/event-stream') === true) visit.events = true
  return headers
}

function append(headers: string[], defaults: FlatHeaders, given?: Answer['headers']): void {
  for (let at = 0; at < defaults.length; at += 2) {
    const name = defaults[at] ?? ''
    if (given?.[name] === undefined) headers.push(name, defaults[at + 1] ?? '')
  }
}
