import { Readable } from 'node:stream'
import { isResourceType, type ResourceType } from '@chartkeep/model/fhir'
import { type Clock, parseId } from '#base'
import type { Answer, Concern, Exchange, Route } from '#http'
import type { Records } from '#records'
import { fhirJson } from './answers.ts'
import { idIn, typeIn } from './asked.ts'
import { compressed, compressedFor } from './compressed.ts'
import { capabilityStatement } from './capability.ts'
import { openJudge } from './judge/judge.ts'
import { openInteractions } from './interactions.ts'
import { readParameters } from './operation-parameters.ts'
import type { Operation } from './operation.ts'
import { openApi } from './openapi.ts'
import { openOperations } from './operations.ts'
import { prettyJson } from './pretty.ts'
import { type Served, served, type Service } from './served.ts'

export interface FhirParts {
  readonly records: Records
  readonly clock: Clock
  readonly version: string
  /** The service's own address, `https://host:port/fhir/R4`; known once the server listens. */
  base(): string
}

const root = '/fhir/R4'

/** The FHIR R4 REST interface: a route for each row of the two tables, and what tells of them. */
export function fhirRoutes(parts: FhirParts): readonly Route[] {
  const { records, clock, version } = parts
  const judge = openJudge()
  const operations = openOperations({ ...parts, judge })
  // The address is known only once the server listens, so they are opened with the first request.
  let opened: Service | undefined
  const open = (): Service => {
    const base = parts.base()
    return (opened ??= { records, clock, base, interactions: openInteractions(records, base, judge) })
  }
  return [
    publicRoute('/metadata', fhirJson, () => capabilityStatement(parts.base(), version, operations)),
    publicRoute('/openapi.json', 'application/json; charset=utf-8', () => openApi(parts.base(), version, operations)),
    ...served.map((row) => routeOf(row, open)),
    ...operations.flatMap(routesOf),
  ]
}

function asAsked({ query }: Exchange, answer: Answer): Answer {
  const { body, headers } = answer
  if (query.get('_pretty') !== 'true' || body === undefined || body instanceof Readable) return answer
  if (headers?.['content-type'] !== fhirJson || headers['content-length'] !== undefined) return answer
  return { ...answer, body: prettyJson(Buffer.from(body)) }
}

function publicRoute(path: string, contentType: string, make: () => object): Route {
  // Made once: strangers may ask for it, and it is a megabyte.
  let text: Buffer | undefined
  const handle = async (exchange: Exchange): Promise<Answer> => {
    text ??= Buffer.from(JSON.stringify(make()))
    return compressed(
      exchange,
      asAsked(exchange, { status: 200, headers: { 'content-type': contentType }, body: text }),
    )
  }
  return { method: 'GET', path: root + path, class: 'public', surface: 'fhir', handle }
}

function routeOf({ method, path, class: routeClass, only, run }: Served, open: () => Service): Route {
  const action = path === '' ? 'transaction' : path.includes('/_history') ? 'history' : undefined
  return {
    ...{ method, path: root + path, class: routeClass, surface: 'fhir' },
    async handle(exchange) {
      const answer = asAsked(exchange, await run(open(), exchange))
      return routeClass === 'write' ? answer : compressedFor(exchange, answer)
    },
    concerns: (params) => concernOf(only ?? params['type'], params['id'], action),
  }
}

/** An operation is routed at each of its levels, for each of its types by name: for no other is it served. */
function routesOf(operation: Operation): Route[] {
  const types = operation.types.length === 0 ? [undefined] : operation.types
  return operation.levels.flatMap((level) =>
    operation.methods.flatMap((method) =>
      (level === 'system' ? [undefined] : types).map((type): Route => {
        const below = level === 'system' ? '' : `/${type ?? ':type'}${level === 'instance' ? '/:id' : ''}`
        return {
          ...{ method, path: `${root}${below}/$${operation.code}`, surface: 'fhir' },
          class: operation.affectsState ? 'write' : 'operation',
          handle: async (exchange) =>
            compressedFor(exchange, asAsked(exchange, await runOperation(operation, exchange, level, type))),
          concerns: (params) => concernOf(type ?? params['type'], params['id'], `$${operation.code}`),
        }
      }),
    ),
  )
}

async function runOperation(
  operation: Operation,
  exchange: Exchange,
  level: Operation['levels'][number],
  named: ResourceType | undefined,
): Promise<Answer> {
  const type = level === 'system' ? undefined : (named ?? typeIn(exchange))
  const id = level === 'instance' ? idIn(exchange) : undefined
  return operation.run({
    exchange,
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
    parameters: await readParameters(exchange, operation.accepts),
  })
}

/** What a refusal was about, for its entry. */
function concernOf(type = '', id = '', action: string | undefined): Concern {
  const patient = type === 'Patient' ? parseId<'patient'>(id) : undefined
  return {
    types: isResourceType(type) ? [type] : [],
    ...(action === undefined ? {} : { action }),
    ...(patient === undefined ? {} : { patients: [patient] }),
  }
}
