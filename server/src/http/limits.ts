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
  readonly headerSeconds: number
  readonly keepAliveSeconds: number
  /** A connection on which nothing moves for this long is cut: slow readers and slow writers too. */
  readonly silentSeconds: number
  readonly connections: number
  /** Requests at work at once; more are refused. */
  readonly inFlight: number
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
  headerSeconds: 10,
  keepAliveSeconds: 65,
  silentSeconds: 75,
  connections: 4000,
  inFlight: 2000,
  heldBytes: 256 * MiB,
  stopSeconds: 10,
}
