import { isResourceType } from '@chartkeep/model/fhir'
import { type Clock, Refusal } from '#base'
import type { Answer, Exchange, Route } from '#http'
import type { Records } from '#records'
import { fhirJson, writeAnswer } from './answers.ts'
import { grantFor, idIn, typeIn } from './asking.ts'
import { readBinary, storeBinary } from './binary.ts'
import { carryOutBatch } from './batch.ts'
import { parseBundle } from './bundle.ts'
import { capabilityStatement } from './capability.ts'
import { type Asking, type Conditions, openInteractions } from './interactions.ts'
import { readJson, readResource } from './resource-body.ts'
import { carryOutTransaction } from './transaction.ts'

export interface FhirParts {
  readonly records: Records
  readonly clock: Clock
  readonly version: string
  /** The service's own address, `https://host:port/fhir/R4`; known once the server listens. */
  base(): string
}

const root = '/fhir/R4'

/** The FHIR R4 REST interface. The same table answers requests and tells the CapabilityStatement what is offered. */
export function fhirRoutes(parts: FhirParts): readonly Route[] {
  const { records, clock } = parts
  const interactions = () => openInteractionsOnce(parts)
  const route = (
    method: Route['method'],
    path: string,
    routeClass: Route['class'],
    handle: Route['handle'],
  ): Route => ({
    method,
    path: root + path,
    class: routeClass,
    surface: 'fhir',
    handle,
    concerns: (params) => ({ types: isResourceType(params['type'] ?? '') ? [params['type'] ?? ''] : [] }),
  })
  return [
    route('GET', '/metadata', 'public', async () =>
      json(200, JSON.stringify(capabilityStatement(parts.base(), parts.version))),
    ),
    route('POST', '', 'write', async (exchange) => {
      const bundle = parseBundle(readJson(await exchange.body()))
      return bundle.type === 'transaction'
        ? carryOutTransaction(
            { records, interactions: interactions(), base: parts.base(), clock, asking: askingOf(exchange) },
            bundle,
          )
        : carryOutBatch(interactions(), parts.base(), askingOf(exchange), bundle, (refusal) => exchange.refuse(refusal))
    }),
    route('GET', '/Binary/:id', 'stream', async (exchange) => readBinary(records, exchange, idIn(exchange.params))),
    route('POST', '/Binary', 'upload', async (exchange) =>
      writeAnswer(await storeBinary(records, exchange), exchange.headers['prefer']?.toString(), parts.base()),
    ),
    route('GET', '/:type', 'search', async (exchange) =>
      interactions().search(askingOf(exchange), typeIn(exchange.params), exchange.query, handlingOf(exchange)),
    ),
    route('POST', '/:type/_search', 'search', async (exchange) => {
      const type = typeIn(exchange.params)
      const form = new URLSearchParams((await exchange.body()).toString())
      return interactions().search(
        askingOf(exchange),
        type,
        new URLSearchParams([...exchange.query, ...form]),
        handlingOf(exchange),
      )
    }),
    route('POST', '/:type', 'write', async (exchange) => {
      const type = typeIn(exchange.params)
      // Asked first: who may not create gets no help with the content.
      grantFor(exchange, 'create', type)
      return interactions().create(
        askingOf(exchange),
        readResource(await exchange.body(), type),
        conditionsOf(exchange),
      )
    }),
    route('GET', '/:type/:id', 'read', async (exchange) =>
      interactions().read(askingOf(exchange), typeIn(exchange.params), idIn(exchange.params), conditionsOf(exchange)),
    ),
    route('PUT', '/:type/:id', 'write', async (exchange) => {
      const type = typeIn(exchange.params)
      grantFor(exchange, 'update', type)
      return interactions().update(
        askingOf(exchange),
        readResource(await exchange.body(), type),
        idIn(exchange.params),
        conditionsOf(exchange),
      )
    }),
    route('DELETE', '/:type/:id', 'write', async (exchange) =>
      interactions().remove(askingOf(exchange), typeIn(exchange.params), idIn(exchange.params), conditionsOf(exchange)),
    ),
    route('GET', '/:type/:id/_history', 'read', async (exchange) => {
      const type = typeIn(exchange.params)
      const id = idIn(exchange.params)
      return interactions().history(askingOf(exchange), type, id, `${parts.base()}/${type}/${id}/_history`)
    }),
    route('GET', '/:type/:id/_history/:version', 'read', async (exchange) => {
      const version = exchange.params['version'] ?? ''
      if (!/^\d{1,9}$/.test(version)) throw new Refusal('not-found')
      return interactions().readVersion(
        askingOf(exchange),
        typeIn(exchange.params),
        idIn(exchange.params),
        Number(version),
      )
    }),
  ]
}

const opened = new WeakMap<FhirParts, ReturnType<typeof openInteractions>>()

/** The address is known only once the server listens, so the interactions are opened with the first request. */
function openInteractionsOnce(parts: FhirParts): ReturnType<typeof openInteractions> {
  let interactions = opened.get(parts)
  if (interactions === undefined) opened.set(parts, (interactions = openInteractions(parts.records, parts.base())))
  return interactions
}

function askingOf({ actor, purpose, request }: Exchange): Asking {
  return { actor, purpose, request }
}

function conditionsOf({ headers }: Exchange): Conditions {
  const one = (name: string): string | undefined => {
    const value = headers[name]
    return Array.isArray(value) ? value[0] : value
  }
  return {
    ifMatch: one('if-match'),
    ifNoneMatch: one('if-none-match'),
    ifModifiedSince: one('if-modified-since'),
    ifNoneExist: one('if-none-exist'),
    prefer: one('prefer'),
  }
}

function handlingOf({ headers }: Exchange): string | undefined {
  return /\bhandling=(strict|lenient)\b/.exec(headers['prefer']?.toString() ?? '')?.[1]
}

function json(status: number, body: string): Answer {
  return { status, headers: { 'content-type': fhirJson }, body }
}
