import { Readable } from 'node:stream'
import { Refusal } from '#base'

/** Someone has some charts open at once; a script that opens streams without end takes connections from everyone. */
const mostOfSession = 12
/** What a reader who does not read may have waiting. */
const mostWaiting = 64 * 1024
const beatMs = 25_000

export interface EventStream {
  readonly body: Readable
  /** Calls back once, when the stream is over whatever ended it. */
  onOver(call: () => void): void
  send(event: string, value: unknown): void
  /** Ends it as a server does; the page asks again if it still may. */
  end(): void
}

/** Streams of server-sent events that are open, by session. */
export interface EventStreams {
  /** Throws 'rate-limited' when the session has too many. */
  open(session: string): EventStream
}

export function openEventStreams(): EventStreams {
  const bySession = new Map<string, Set<EventStream>>()
  return {
    open(session) {
      const streams = bySession.get(session) ?? new Set<EventStream>()
      if (streams.size >= mostOfSession) throw new Refusal('rate-limited')
      const stream = openStream()
      bySession.set(session, streams.add(stream))
      stream.onOver(() => {
        streams.delete(stream)
        if (streams.size === 0 && bySession.get(session) === streams) bySession.delete(session)
      })
      return stream
    },
  }
}

function openStream(): EventStream {
  const body = new Readable({ read: () => undefined })
  let over = false
  const push = (text: string | null): void => {
    if (over) return
    over = text === null
    body.push(text)
    // Not ended but cut: the page then knows that it may have missed something.
    if (body.readableLength > mostWaiting) body.destroy(new Error('the reader of a stream of events does not read'))
  }
  push(': open\n\n')
  const beat = setInterval(() => push(': beat\n\n'), beatMs)
  // Whoever sends it cuts the connection; before it is sent there is nothing to cut.
  body.on('error', () => undefined)
  body.once('close', () => {
    over = true
    clearInterval(beat)
  })
  return {
    body,
    onOver: (call) => void body.once('close', call),
    send: (event, value) => push(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`),
    end: () => push(null),
  }
}
