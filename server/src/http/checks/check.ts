import type { Clock } from '#base'
import type { Identity } from '#identity'
import type { Limits } from '../limits.ts'
import type { Meters } from '../meters.ts'
import type { Route } from '../route.ts'
import type { Spending } from '../spending.ts'
import type { Visit } from '../visit.ts'

/** What the checks are made with; one for the whole listener. */
export interface Means {
  readonly identity: Pick<Identity, 'findSession' | 'findToken' | 'isWorkstation'>
  readonly clock: Clock
  readonly limits: Limits
  readonly meters: Meters
  /** Names the server may be called by; asked again after a certificate changed. */
  readonly isOurs: (host: string) => boolean
  /** When several processes listen on one port: what callers use up in all of them. */
  readonly spending?: Spending | undefined
  /** The bearer token for /metrics. */
  readonly metricsToken: Buffer
}

/** Throws a Refusal, or lets pass. Most checks answer at once; only looking up credentials takes a promise. */
export type Check = (visit: Visit) => void | Promise<void>

/** Makes the check for one route at start, so that per request nothing is decided that the route already tells. */
export type Prepare = (route: Route, means: Means) => Check
