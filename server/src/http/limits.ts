import type { Actor } from '#policy'
import type { RouteClass } from './route.ts'

/** A token bucket: `burst` at once, then `perSecond`. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

export interface Limits {
  /** Bytes of a request body, by class; classes that take none are 0. */
  readonly body: Readonly<Record<RouteClass, number>>
  /** Seconds until a request is answered with 'timed-out', by class; a streamed answer is not cut off. */
  readonly seconds: Readonly<Record<RouteClass, number>>
  /** By address, for classes that need no credentials. A practice often has one address for all its workstations. */
  readonly addressRate: Readonly<Record<'public' | 'sign-in' | 'token' | 'metrics', Rate>>
  /** By actor, for all else: a person who asks faster than this is a script. */
  readonly actorRate: Readonly<Record<'person' | 'client' | 'job', Rate>>
  readonly headerBytes: number
  readonly headers: number
  /** From the connection to the end of the TLS handshake. */
  readonly handshakeSeconds: number
  /** From there, or from a request's first byte, to the end of its head. */
  readonly headerSeconds: number
  readonly keepAliveSeconds: number
  /** A connection on which nothing moves for this long is cut: slow readers and slow writers too. */
  readonly silentSeconds: number
  readonly connections: number
  /** Connections on which nobody has been authenticated: of one address (/64 of IPv6), and in all. */
  readonly strangers: { readonly ofAddress: number; readonly inAll: number }
  /** Connections of one actor that are kept when strangers crowd. */
  readonly actorConnections: Readonly<Record<Actor['kind'], number>>
  /** Requests at work at once on one connection, sent ahead of the answers. */
  readonly pipelined: { readonly stranger: number; readonly known: number }
  /** Requests at work at once; more are refused. Of them, those of all strangers together, and of one actor. */
  readonly inFlight: number
  readonly inFlightOf: Readonly<Record<'strangers' | Actor['kind'], number>>
  /** Bytes of request bodies held in memory at once, over all requests. */
  readonly heldBytes: number
  /** How long a stop waits for requests at work. */
  readonly stopSeconds: number
}

const KiB = 1024
const MiB = 1024 * KiB

// oxfmt-ignore
export const defaultLimits: Limits = {
  body:    { public: 0,  unmatched: 0,  'sign-in': 16 * KiB, token: 64 * KiB, metrics: 0,  read: 0,  search: 64 * KiB, operation: 32 * MiB, write: 32 * MiB, upload: 1024 * MiB, stream: 0  },
  // Signing in waits for argon2id, possibly behind others; an upload may come over a slow line.
  seconds: { public: 10, unmatched: 10, 'sign-in': 20,       token: 10,       metrics: 10, read: 15, search: 30,       operation: 60,       write: 60,       upload: 3600,       stream: 30 },
  addressRate: {
    public:    { perSecond: 500, burst: 2000 },
    'sign-in': { perSecond: 20,  burst: 100  },
    token:     { perSecond: 20,  burst: 100  },
    metrics:   { perSecond: 2,   burst: 20   },
  },
  actorRate: {
    person: { perSecond: 50,     burst: 500    },
    // More than one server can answer: programs are held back by their number of requests at work, not by rate.
    client: { perSecond: 20_000, burst: 40_000 },
    job:    { perSecond: 20_000, burst: 40_000 },
  },
  headerBytes: 16 * KiB,
  headers: 100,
  handshakeSeconds: 5,
  headerSeconds: 10,
  keepAliveSeconds: 65,
  silentSeconds: 75,
  connections: 4000,
  // A ward behind one address has 30 browsers that have not signed in yet; those that have count no more.
  strangers: { ofAddress: 200, inAll: 1500 },
  // Three sessions of one person: twelve streams of events and six connections each.
  actorConnections: { person: 64, client: 1000, job: 1000 },
  pipelined: { stranger: 2, known: 32 },
  inFlight: 2000,
  inFlightOf: { strangers: 1000, person: 64, client: 1000, job: 1000 },
  heldBytes: 256 * MiB,
  stopSeconds: 10,
}
