import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Id, Refusal } from '#base'
import type { Presence } from '#identity'
import type { Actor, Purpose } from '#policy'

/** Which column of the pipeline protects a route. */
export type RouteClass =
  | 'public'
  // Where nothing is: that is said before anything is said of the body.
  | 'unmatched'
  | 'sign-in'
  | 'token'
  | 'metrics'
  | 'read'
  | 'search'
  // Asked with a body, but nothing is changed by it.
  | 'operation'
  | 'write'
  | 'upload'
  | 'stream'

/** Whose words an answer is in: OperationOutcome, `Refused`, an OAuth error, or our own. */
export type Surface = 'fhir' | 'office' | 'smart' | 'system'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Route {
  readonly method: Method
  /** Segments, with `:name` for one that varies: `/fhir/R4/:type/:id`. */
  readonly path: string
  readonly class: RouteClass
  readonly surface: Surface
  /** Always JSON: what Accept says does not matter (SMART App Launch 2.2, discovery). */
  readonly anyAccept?: true
  /** Not one byte is sent before this resolves, so whatever it releases can be recorded first. */
  handle(exchange: Exchange): Promise<Answer>
  /** What a refusal on this route was about, for its ledger entry. Without it: the action that the method suggests. */
  concerns?(params: Readonly<Record<string, string>>): Concern
}

export interface Concern {
  readonly action?: string
  readonly types?: readonly string[]
  readonly patients?: readonly Id<'patient'>[]
}

/** One request as a route sees it, after every check of its column. */
export interface Exchange {
  /** UUID of this request: in the ledger entry, in the log, in `X-Request-Id`. */
  readonly request: string
  /** Throws 'not-signed-in' when nobody is, 'session-locked' when their session is locked. */
  readonly actor: Actor
  /** The session of the cookie, locked or not; undefined for programs and strangers. */
  readonly session: Presence | undefined
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Value of a cookie, or undefined; also when it was sent twice. */
  cookie(name: string): string | undefined
  /** The whole body, within the limit of the route's class. Throws 'too-large'; 'body-malformed' when it breaks off. */
  body(): Promise<Buffer>
  /** The body as it arrives, for class 'upload'; fails with 'too-large' past its limit. */
  readonly stream: Readable
  /** The workstation's id, or the network address. */
  readonly workstation: string
  /** Network address of the caller; that of the last proxy we do not trust when proxies are configured. */
  readonly address: string
  readonly purpose: Purpose
  /**
   * A refusal of one part of a request whose other parts go on, such as an entry of a batch: its status and its body in
   * the words of the surface. It is recorded, before the answer leaves, like a refusal of the whole.
   */
  refuse(refusal: Refusal): { readonly status: number; readonly body: string }
  /**
   * Counts requests that came within this one, such as the entries of a bundle, against the actor's rate: so many that
   * stand or fall together. Throws 'rate-limited'.
   */
  readonly spend: (requests: number) => void
  /** Aborted when the caller is gone or the time is up. */
  readonly signal: AbortSignal
}

/**
 * What goes back. A Readable is sent with backpressure and destroyed when the caller goes; events (`text/event-stream`)
 * need some bytes, such as a comment, at least each minute. `content-type` may be left out where the surface tells it.
 */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Buffer | Readable | undefined
}

/** FHIR asks for HEAD where there is GET (R4 http, 3.1.0.1.3): the same work, entries included, and no body. */
export function methodsOf({ surface, method }: Pick<Route, 'surface' | 'method'>): string[] {
  return surface === 'fhir' && method === 'GET' ? ['GET', 'HEAD'] : [method]
}
