import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { Refusal } from '#base'
import type { Presence } from '#identity'
import type { Actor, Purpose } from '#policy'
import { purposeOf } from './actors.ts'
import { hasBody, type Held, readBody, streamBody } from './body.ts'
import type { CompiledRoute } from './pipeline.ts'
import { answerRefusal } from './refused.ts'
import type { Exchange } from './route.ts'

const noBody = Buffer.alloc(0)

/** One request on its way through the pipeline: what a route sees of it, and what the checks found out. */
export class Visit implements Exchange {
  readonly request: string
  readonly route: CompiledRoute
  readonly params: Readonly<Record<string, string>>
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly address: string
  /** performance.now() when the head had arrived. */
  readonly began: number

  // Set by the checks of the route's column.
  found: Actor | undefined
  session: Presence | undefined
  bodyLimit = 0
  /** performance.now() at which 'timed-out' is answered. */
  deadline = Number.POSITIVE_INFINITY
  /** By limitActorRate; where nobody's rate is counted, nothing is spent. */
  spend: (requests: number) => void = () => undefined
  /** From here on each refusal has a ledger entry. */
  recorded = false

  /** Gives back what this request takes of the requests that its actor may have at work. */
  leaveShare: (() => void) | undefined
  /** Refusals of parts of the request, to be recorded before the answer leaves. */
  declined: Refusal[] | undefined

  /** The answer is decided; nothing that comes later counts. */
  settled = false
  /** The answer's body while it is being streamed. */
  flowing: Readable | undefined
  /** That body is a stream of events, which does not end by itself. */
  events = false
  /** The caller waits for `100 Continue` before sending the body. */
  awaitsContinue = false

  readonly #held: Held
  #heldBytes = 0
  #body: Promise<Buffer> | undefined
  #stream: Readable | undefined
  #abort: AbortController | undefined
  #query: URLSearchParams | undefined

  constructor(
    facts: Pick<Visit, 'request' | 'route' | 'params' | 'incoming' | 'outgoing' | 'address' | 'began'>,
    held: Held,
  ) {
    this.request = facts.request
    this.route = facts.route
    this.params = facts.params
    this.incoming = facts.incoming
    this.outgoing = facts.outgoing
    this.address = facts.address
    this.began = facts.began
    this.#held = held
  }

  get headers(): IncomingHttpHeaders {
    return this.incoming.headers
  }

  get actor(): Actor {
    if (this.session?.locked === true) throw new Refusal('session-locked')
    if (this.found === undefined) throw new Refusal('not-signed-in')
    return this.found
  }

  get workstation(): string {
    return this.found?.workstation ?? this.address
  }

  get purpose(): Purpose {
    return purposeOf(this.found)
  }

  get query(): URLSearchParams {
    if (this.#query === undefined) {
      const url = this.incoming.url ?? ''
      const at = url.indexOf('?')
      this.#query = new URLSearchParams(at < 0 ? '' : url.slice(at + 1))
    }
    return this.#query
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController()
      this.#abort = abort
      if (this.outgoing.destroyed) abort.abort()
      else this.outgoing.once('close', () => this.outgoing.writableFinished || abort.abort())
    }
    return this.#abort.signal
  }

  get stream(): Readable {
    if (this.#stream === undefined) {
      this.#invite()
      this.#stream = streamBody(this.incoming, this.bodyLimit)
    }
    return this.#stream
  }

  body(): Promise<Buffer> {
    if (this.#body === undefined) {
      this.#invite()
      this.#body = hasBody(this.incoming)
        ? readBody(this.incoming, this.bodyLimit, this.#held, (bytes) => (this.#heldBytes += bytes))
        : Promise.resolve(noBody)
    }
    return this.#body
  }

  cookie(name: string): string | undefined {
    const header = this.incoming.headers.cookie
    if (header === undefined) return undefined
    const found = header
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${name}=`))
    return found.length === 1 ? found[0]?.slice(name.length + 1) : undefined
  }

  refuse(refusal: Refusal): { readonly status: number; readonly body: string } {
    this.declined ??= []
    this.declined.push(refusal)
    return answerRefusal(refusal, this.route.route.surface, this.request)
  }

  /** Stops whatever still works for this request. */
  abandon(): void {
    this.#abort?.abort()
    this.flowing?.destroy()
  }

  /** The request is over: its body is no longer counted as held. */
  release(): void {
    this.#held.release(this.#heldBytes)
    this.#heldBytes = 0
  }

  #invite(): void {
    if (!this.awaitsContinue) return
    this.awaitsContinue = false
    this.outgoing.writeContinue()
  }
}
