import { authenticate, recogniseSession } from './checks/authenticate.ts'
import { checkOrigin } from './checks/check-origin.ts'
import type { Check, Means, Prepare } from './checks/check.ts'
import { limitBody } from './checks/limit-body.ts'
import { limitActorRate, limitAddressRate } from './checks/limit-rate.ts'
import { limitTime } from './checks/limit-time.ts'
import { recordRefusals } from './checks/record-refusals.ts'
import { requireHost } from './checks/require-host.ts'
import { requireMedia } from './checks/require-media.ts'
import { requireMetricsToken } from './checks/require-metrics-token.ts'
import { requireUnlocked } from './checks/require-unlocked.ts'
import type { Answer, Route, RouteClass } from './route.ts'
import type { Visit } from './visit.ts'

type Row = readonly [Prepare, ...RouteClass[]]

/** Every check on every route, in the order they run. A route's protection is its column. */
// oxfmt-ignore
export const pipeline: readonly Row[] = [
  [limitTime,           'public', 'unmatched', 'sign-in', 'token', 'metrics', 'read', 'search', 'operation', 'write', 'upload', 'stream'],
  [requireHost,         'public', 'unmatched', 'sign-in', 'token', 'metrics', 'read', 'search', 'operation', 'write', 'upload', 'stream'],
  [recogniseSession,                           'sign-in'                                                                                ],
  [limitAddressRate,    'public', 'unmatched', 'sign-in', 'token', 'metrics'                                                            ],
  [recordRefusals,                                                 'metrics', 'read', 'search', 'operation', 'write', 'upload', 'stream'],
  [checkOrigin,                                'sign-in',                     'read', 'search', 'operation', 'write', 'upload', 'stream'],
  [requireMetricsToken,                                            'metrics'                                                            ],
  [authenticate,                                                              'read', 'search', 'operation', 'write', 'upload', 'stream'],
  [requireUnlocked,                                                           'read', 'search', 'operation', 'write', 'upload', 'stream'],
  [limitActorRate,                                                            'read', 'search', 'operation', 'write', 'upload', 'stream'],
  [limitBody,           'public',              'sign-in', 'token', 'metrics', 'read', 'search', 'operation', 'write', 'upload', 'stream'],
  [requireMedia,        'public',              'sign-in', 'token',            'read', 'search', 'operation', 'write'                    ],
]

/** The checks of one class, by name, in order. */
export function columnOf(routeClass: RouteClass): readonly string[] {
  return rowsOf(routeClass).map((prepare) => prepare.name)
}

/** A route with the checks of its column, ready to run. */
export interface CompiledRoute {
  readonly route: Route
  /** `GET /fhir/R4/:type/:id`: what logs and metrics call it. */
  readonly pattern: string
  readonly column: readonly Check[]
  readonly handle: (visit: Visit) => Promise<Answer>
}

export function compile(route: Route, means: Means): CompiledRoute {
  const column = rowsOf(route.class).map((prepare) => prepare(route, means))
  return { route, pattern: `${route.method} ${route.path}`, column, handle: (visit) => route.handle(visit) }
}

function rowsOf(routeClass: RouteClass): readonly Prepare[] {
  return pipeline.filter(([, ...classes]) => classes.includes(routeClass)).map(([prepare]) => prepare)
}
