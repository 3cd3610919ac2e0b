import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { Server } from 'node:https'
import { type Clock, type Log, newId, type Secret } from '#base'
import type { Identity } from '#identity'
import type { Ledger } from '#ledger'
import { addressFinder, proxyMatcher } from './address.ts'
import { Held } from './body.ts'
import type { Means } from './checks/check.ts'
import { Connections } from './connections.ts'
import { healthRoutes, type Readiness } from './health.ts'
import { hostMatcher } from './hosts.ts'
import { InFlight } from './in-flight.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { Expectations, keepFresh, makeListener } from './listener.ts'
import { type Collector, Meters } from './meters.ts'
import { compile, type CompiledRoute } from './pipeline.ts'
import { RefusalRecord } from './refusal-record.ts'
import type { Route } from './route.ts'
import { makeRouter } from './router.ts'
import { expire, type Scene, serve } from './serve.ts'
import { Site } from './site.ts'
import type { Certificates } from './tls/certificates.ts'
import type { Spending } from './spending.ts'
import { openTicketKeys, type TicketKeys } from './tls/tickets.ts'
import { unmatchedRoutes } from './unmatched.ts'
import { Visit } from './visit.ts'

export interface HttpOptions {
  /** 0: any free one. */
  readonly port: number
  /** Address to listen on: `127.0.0.1` for this machine alone, `::` for all. */
  readonly host: string
  readonly tls: Certificates
  readonly routes: readonly Route[]
  readonly identity: Pick<Identity, 'findSession' | 'findToken' | 'isWorkstation'>
  readonly ledger: Pick<Ledger, 'record'>
  readonly log: Log
  readonly clock: Clock
  /** What `vite build` wrote; without it no web app is served. */
  readonly static?: string
  readonly limits?: Limits
  readonly ready: Readiness
  readonly collectors?: readonly Collector[]
  /** What a collector sends as `Authorization: Bearer …` to /metrics. */
  readonly metricsToken: Secret
  /** Addresses or `address/length` of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[]
  /** Whose ledger takes the entries about strangers. */
  readonly tenant: number
  /** When several processes listen on one port: what they share. */
  readonly shared?: Shared
}

/** Of processes on one port, a caller comes to any. */
export interface Shared {
  /** This process among them, from 1. */
  readonly worker: number
  /** A session of TLS that one began is resumed by another. */
  readonly tickets: TicketKeys
  /** A caller has one rate at all of them. */
  readonly spending: Spending
  /** The metrics of all, in the text format of Prometheus. */
  exposeAll(): Promise<string>
}

export interface Listening {
  readonly url: string
  /** Everything that is answered, health included. */
  readonly routes: readonly Route[]
  /** The metrics of this process, in the text format of Prometheus. */
  expose(): Promise<string>
  /** No new requests; those at work finish, streams of events end, then resolves. What takes too long is cut off. */
  stop(): Promise<void>
}

/** Listens, and serves until stopped. Rejects when the port cannot be had (`code` EADDRINUSE, EACCES). */
export async function startHttp(options: HttpOptions): Promise<Listening> {
  const { clock, log, ledger, identity, tls, tenant, shared } = options
  const limits = options.limits ?? defaultLimits
  const meters = new Meters(options.collectors ?? [], shared?.worker)
  const record = new RefusalRecord({ ledger, clock, log, tenant })
  const inFlight: InFlight = new InFlight((visit, refusal) => expire(visit, refusal, scene))
  const trustedProxies = options.trustedProxies ?? []
  const connections = new Connections(limits, proxyMatcher(trustedProxies))
  const scene: Scene = { inFlight, connections, record, meters, limits, log, stopping: false }

  const isOurs = hostMatcher(() => tls.names())
  const means: Means = {
    spending: shared?.spending,
    identity,
    clock,
    limits,
    meters,
    isOurs,
    metricsToken: options.metricsToken.reveal(),
  }
  const site = options.static === undefined ? undefined : new Site(options.static)
  const routes = [...healthRoutes(meters, options.ready, shared?.exposeAll), ...options.routes]
  const expectations = new Expectations()
  const arrive = arrivals({ scene, clock, expectations, findAddress: addressFinder(trustedProxies) })
  const route = await makeRouter(
    routes.map((each) => compile(each, means)),
    unmatchedRoutes(routes, site, means),
    arrive,
  )
  const onExpectation = expectations.waiting(route)
  const server = makeListener({ certificates: tls, limits, meters, inFlight, onRequest: route, onExpectation })

  connections.watch(server)
  const port = await listen(server, options.port, options.host)
  const stopFreshness = keepFresh(server, {
    certificates: tls,
    tickets: shared?.tickets ?? openTicketKeys(),
    onFault: (error) => log.error({ err: error }, 'certificate'),
  })
  const sweeping = setInterval(() => inFlight.sweep(performance.now()), 250)
  const flushing = setInterval(() => void record.flush(), 60_000)
  for (const timer of [sweeping, flushing]) timer.unref()

  return {
    url: `https://${nameFor(options.host)}:${port}`,
    routes,
    expose: async () => (await meters.expose()).text,
    async stop() {
      scene.stopping = true
      await drain({ server, connections, inFlight }, limits.stopSeconds)
      stopFreshness()
      clearInterval(sweeping)
      clearInterval(flushing)
      await record.flush()
    },
  }
}

interface Arrivals {
  readonly scene: Scene
  readonly clock: Clock
  readonly expectations: Expectations
  readonly findAddress: (incoming: IncomingMessage) => string
}

function arrivals({ scene, clock, expectations, findAddress }: Arrivals) {
  const held = new Held(scene.limits.heldBytes)
  return (
    route: CompiledRoute,
    params: Record<string, string>,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): void => {
    const request = newId<'request'>(clock.now())
    const address = findAddress(incoming)
    const visit = new Visit({ request, route, params, incoming, outgoing, address, began: performance.now() }, held)
    visit.awaitsContinue = expectations.has(incoming)
    void serve(visit, scene)
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host)
  // Rejects with the error when that comes first.
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

interface Draining {
  readonly server: Server
  readonly connections: Connections
  readonly inFlight: InFlight
}

async function drain({ server, connections, inFlight }: Draining, seconds: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  inFlight.endEvents()
  connections.closeUnused()
  const closing = setInterval(() => server.closeIdleConnections(), 50)
  let deadline: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    deadline = setTimeout(() => {
      inFlight.abandonAll()
      connections.closeAll()
      resolve()
    }, seconds * 1000)
  })
  // What was begun for a caller who has left is finished too: it may be a write.
  await Promise.race([inFlight.idle(), over])
  // The last connection goes when its answer was sent whole, or at the deadline.
  await closed
  clearTimeout(deadline)
  clearInterval(closing)
}

/** How a person on this machine, or elsewhere, would call it. */
function nameFor(host: string): string {
  if (['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
