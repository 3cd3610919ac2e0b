// The listener and the request pipeline: TLS, who asks, limits, refusals → answers, entries of what was refused. Knows no
// feature: interface modules give it routes, and a route is protected by the column of its class.
export { sessionCookie } from './checks/authenticate.ts'
export type { Readiness } from './health.ts'
export { defaultLimits, type Limits } from './limits.ts'
export { openMetricsToken } from './metrics-token.ts'
export type { Collector } from './meters.ts'
export type { Answer, Concern, Exchange, Method, Route, RouteClass, Surface } from './route.ts'
export { columnOf } from './pipeline.ts'
export { type HttpOptions, type Listening, startHttp } from './start.ts'
export type { Certificates } from './tls/certificates.ts'
export { openGivenCertificates } from './tls/given.ts'
export { openOwnCertificates } from './tls/own.ts'
export { CertificateFault } from './tls/store.ts'
