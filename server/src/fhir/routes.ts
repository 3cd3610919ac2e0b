import { isResourceType, type ResourceType } from '@chartkeep/model/fhir'
import { type Clock, type Id, parseId, Refusal } from '#base'
import { type Answer, type Concern, type Exchange, parseBody, type Route } from '#http'
import type { Records } from '#records'
import { fhirJson, writeAnswer } from './answers.ts'
import { carryOutBatch } from './batch.ts'
import { readBinary, storeBinary } from './binary.ts'
import { parseBundle } from './bundle.ts'
import { capabilityStatement } from './capability.ts'
import { type Conditions, type Interactions, openInteractions } from './interactions.ts'
import { ask, idOf } from './offered.ts'
import { readResource } from './resource-body.ts'
import { carryOutTransaction } from './transaction.ts'

export interface FhirParts {
  readonly records: Records
  readonly clock: Clock
  readonly version: string
  /** The service's own address, `https://host:port/fhir/R4`; known once the server listens. */
  base(): string
}

const root = '/fhir/R4'

/** The FHIR R4 REST interface. */
export function fhirRoutes(parts: FhirParts): readonly Route[] {
  const { records, clock, version } = parts
  // The address is known only once the server listens, so they are opened with the first request.
  let opened: Interactions | undefined
  const open = (): Interactions => (opened ??= openInteractions(records, parts.base()))
  return [
    route('GET', '/metadata', 'public', async () => metadata(parts.base(), version)),
    route('POST', '', 'write', async (exchange) => {
      const bundle = parseBundle(parseBody(await exchange.body()))
      if (bundle.type === 'batch') return carryOutBatch(open(), exchange, bundle)
      return carryOutTransaction({ records, interactions: open(), base: parts.base(), clock }, exchange, bundle)
    }),
    route('GET', '/Binary/:id', 'stream', async (exchange) => readBinary(records, exchange, idIn(exchange))),
    route('POST', '/Binary', 'upload', async (exchange) =>
      writeAnswer(await storeBinary(records, exchange), headerOf(exchange, 'prefer'), parts.base()),
    ),
    route('GET', '/:type', 'search', async (exchange) =>
      open().search(exchange, typeIn(exchange), exchange.query, handlingOf(exchange)),
    ),
    route('POST', '/:type/_search', 'search', async (exchange) => {
      const type = typeIn(exchange)
      const form = new URLSearchParams((await exchange.body()).toString())
      return open().search(exchange, type, new URLSearchParams([...exchange.query, ...form]), handlingOf(exchange))
    }),
    route('POST', '/:type', 'write', async (exchange) => {
      const type = typeIn(exchange)
      // Asked first: who may not create gets no help with the content.
      ask(exchange, 'create', type)
      return open().create(exchange, readResource(await exchange.body(), type), conditionsOf(exchange))
    }),
    route('GET', '/:type/:id', 'read', async (exchange) =>
      open().read(exchange, typeIn(exchange), idIn(exchange), conditionsOf(exchange)),
    ),
    route('PUT', '/:type/:id', 'write', async (exchange) => {
      const type = typeIn(exchange)
      ask(exchange, 'update', type)
      return open().update(exchange, readResource(await exchange.body(), type), idIn(exchange), conditionsOf(exchange))
    }),
    route('DELETE', '/:type/:id', 'write', async (exchange) =>
      open().remove(exchange, typeIn(exchange), idIn(exchange), conditionsOf(exchange)),
    ),
    route('GET', '/:type/:id/_history', 'read', async (exchange) =>
      open().history(exchange, typeIn(exchange), idIn(exchange)),
    ),
    route('GET', '/:type/:id/_history/:version', 'read', async (exchange) => {
      const asked = exchange.params['version'] ?? ''
      if (!/^\d{1,9}$/.test(asked)) throw new Refusal('not-found')
      return open().readVersion(exchange, typeIn(exchange), idIn(exchange), Number(asked))
    }),
  ]
}

function route(method: Route['method'], path: string, routeClass: Route['class'], handle: Route['handle']): Route {
  const fixed = path.split('/')[1] ?? ''
  const action = path === '' ? 'transaction' : path.includes('/_history') ? 'history' : undefined
  return {
    method,
    path: root + path,
    class: routeClass,
    surface: 'fhir',
    handle,
    concerns: ({ type = fixed, id = '' }): Concern => {
      const patient = type === 'Patient' ? parseId<'patient'>(id) : undefined
      return {
        types: isResourceType(type) ? [type] : [],
        ...(action === undefined ? {} : { action }),
        ...(patient === undefined ? {} : { patients: [patient] }),
      }
    },
  }
}

function metadata(base: string, version: string): Answer {
  const body = JSON.stringify(capabilityStatement(base, version))
  return { status: 200, headers: { 'content-type': fhirJson }, body }
}

/** The type in the address. Throws 'type-unknown'. */
function typeIn({ params }: Exchange): ResourceType {
  const type = params['type'] ?? ''
  if (!isResourceType(type)) throw new Refusal('type-unknown')
  return type
}

function idIn({ params }: Exchange): Id<string> {
  return idOf(params['id'] ?? '')
}

function headerOf({ headers }: Exchange, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

function conditionsOf(exchange: Exchange): Conditions {
  return {
    ifMatch: headerOf(exchange, 'if-match'),
    ifNoneMatch: headerOf(exchange, 'if-none-match'),
    ifModifiedSince: headerOf(exchange, 'if-modified-since'),
    ifNoneExist: headerOf(exchange, 'if-none-exist'),
    prefer: headerOf(exchange, 'prefer'),
  }
}

function handlingOf(exchange: Exchange): string | undefined {
  return /\bhandling=(strict|lenient)\b/.exec(headerOf(exchange, 'prefer') ?? '')?.[1]
}
