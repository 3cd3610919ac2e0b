import type { ResourceType } from '@chartkeep/model/fhir'
import { type Clock, Refusal } from '#base'
import { type Answer, type Exchange, type Method, parseBody, type RouteClass } from '#http'
import type { Records } from '#records'
import { writeAnswer } from './answers.ts'
import { conditionIn, conditionsOf, handlingOf, headerOf, idIn, idToUpdate, typeIn, versionAsked } from './asked.ts'
import { carryOutBatch } from './batch.ts'
import { readBinary, storeBinary } from './binary.ts'
import { parseBundle } from './bundle.ts'
import type { Interactions } from './interactions.ts'
import { ask, type Interaction } from './offered.ts'
import type { Named } from './conditions.ts'
import { ownAddresses } from './own-address.ts'
import { readPatch } from './patch/read-patch.ts'
import { readResource } from './read-resource.ts'
import { carryOutTransaction } from './transaction.ts'

/** What the interactions are carried out with. */
export interface Service {
  readonly records: Records
  readonly interactions: Interactions
  readonly clock: Clock
  /** The service's own address. */
  readonly base: string
}

/** One address and method below the base, and the interactions it stands for. */
export interface Served {
  readonly method: Method
  /** `:type`, `:id` and `:version` vary. */
  readonly path: string
  readonly class: RouteClass
  /** Codes of http://hl7.org/fhir/restful-interaction. */
  readonly codes: readonly string[]
  /** What policy is asked of the type, and so for which types it is offered; undefined: of each entry of a Bundle. */
  readonly asks: Interaction | undefined
  /** Only this type, in place of what is served for all. */
  readonly only?: ResourceType
  /** By a condition in place of an id. */
  readonly conditional?: true
  readonly documentation: string
  run(service: Service, exchange: Exchange): Promise<Answer>
}

/** Every interaction that is offered: THE table. What has no row here is not routed, not claimed and not described. */
export const served: readonly Served[] = [
  {
    ...{ method: 'POST', path: '', class: 'write', codes: ['transaction', 'batch'], asks: undefined },
    documentation: 'A Bundle: a transaction, all or nothing, or a batch, each entry for itself.',
    async run({ records, interactions, clock, base }, exchange) {
      const body = await exchange.body()
      const refused = await interactions.judge.entries(body, exchange.signal)
      const value = parseBody(body)
      const bundle = parseBundle(value, ownAddresses(base, exchange), refused)
      if (bundle.type === 'batch') return carryOutBatch(interactions, exchange, bundle)
      return carryOutTransaction({ records, interactions, base, clock }, exchange, bundle)
    },
  },
  {
    ...{ method: 'GET', path: '/Binary/:id', class: 'stream', codes: ['read'], asks: 'read', only: 'Binary' },
    documentation: 'The content as it is, or as JSON when that is asked for.',
    run: ({ records }, exchange) => readBinary(records, exchange, idIn(exchange)),
  },
  {
    ...{ method: 'POST', path: '/Binary', class: 'upload', codes: ['create'], asks: 'create', only: 'Binary' },
    documentation: 'Content as it is, of the type that the header names, or a Binary resource.',
    run: async ({ records, interactions: { judge }, base }, exchange) =>
      writeAnswer(await storeBinary({ records, judge, base }, exchange), headerOf(exchange, 'prefer'), base),
  },
  {
    ...{ method: 'GET', path: '/:type', class: 'search', codes: ['search-type'], asks: 'search' },
    documentation: 'Search by the parameters of the address.',
    run: ({ interactions }, exchange) =>
      interactions.search(exchange, typeIn(exchange), exchange.query, handlingOf(exchange)),
  },
  {
    ...{ method: 'POST', path: '/:type/_search', class: 'search', codes: ['search-type'], asks: 'search' },
    documentation: 'Search by the parameters of a form, which no log of addresses sees.',
    async run({ interactions }, exchange) {
      const form = new URLSearchParams((await exchange.body()).toString())
      const parameters = new URLSearchParams([...exchange.query, ...form])
      return interactions.search(exchange, typeIn(exchange), parameters, handlingOf(exchange))
    },
  },
  {
    ...{ method: 'POST', path: '/:type', class: 'write', codes: ['create'], asks: 'create' },
    documentation: 'Create; with If-None-Exist only when nothing matches.',
    async run({ interactions }, exchange) {
      const type = typeIn(exchange)
      // Asked first: who may not create gets no help with the content.
      ask(exchange, 'create', type)
      refuseCondition(exchange)
      return interactions.create(
        exchange,
        await readResource(interactions.judge, await exchange.body(), type, exchange.signal),
        conditionsOf(exchange),
      )
    },
  },
  {
    ...{ method: 'GET', path: '/:type/:id', class: 'read', codes: ['read'], asks: 'read' },
    documentation: 'The newest version.',
    run: ({ interactions }, exchange) =>
      interactions.read(exchange, typeIn(exchange), idIn(exchange), exchange.query, conditionsOf(exchange)),
  },
  {
    ...{ method: 'PUT', path: '/:type/:id', class: 'write', codes: ['update'], asks: 'update' },
    documentation: 'Update; If-Match names the version it is made against.',
    async run({ interactions }, exchange) {
      const type = typeIn(exchange)
      ask(exchange, 'update', type)
      const resource = await readResource(interactions.judge, await exchange.body(), type, exchange.signal)
      return interactions.update(exchange, resource, { id: idToUpdate(exchange) }, conditionsOf(exchange))
    },
  },
  {
    ...{ method: 'PUT', path: '/:type', class: 'write', codes: ['update'], asks: 'update', conditional: true },
    documentation: 'Update the one record that meets the condition; when none does, create it.',
    async run({ interactions }, exchange) {
      const type = typeIn(exchange)
      ask(exchange, 'update', type)
      const resource = await readResource(interactions.judge, await exchange.body(), type, exchange.signal)
      return interactions.update(exchange, resource, conditionIn(exchange), conditionsOf(exchange))
    },
  },
  {
    ...{ method: 'PATCH', path: '/:type/:id', class: 'write', codes: ['patch'], asks: 'update' },
    documentation: 'Change parts, by JSON Patch or FHIRPath Patch; If-Match names the version it is made against.',
    run: async ({ interactions }, exchange) => patchAs(interactions, exchange, { id: idIn(exchange) }),
  },
  {
    ...{ method: 'PATCH', path: '/:type', class: 'write', codes: ['patch'], asks: 'update', conditional: true },
    documentation: 'Change parts of the one record that meets the condition.',
    run: async ({ interactions }, exchange) => patchAs(interactions, exchange, conditionIn(exchange)),
  },
  {
    ...{ method: 'DELETE', path: '/:type/:id', class: 'write', codes: ['delete'], asks: 'delete' },
    documentation: 'Delete; the versions before stay in the history.',
    run: ({ interactions }, exchange) =>
      interactions.remove(exchange, typeIn(exchange), { id: idIn(exchange) }, conditionsOf(exchange)),
  },
  {
    ...{ method: 'DELETE', path: '/:type', class: 'write', codes: ['delete'], asks: 'delete', conditional: true },
    documentation: 'Delete the one record that meets the condition; when none does, there is nothing to do.',
    run: ({ interactions }, exchange) =>
      interactions.remove(exchange, typeIn(exchange), conditionIn(exchange), conditionsOf(exchange)),
  },
  {
    ...{ method: 'GET', path: '/:type/:id/_history', class: 'read', codes: ['history-instance'], asks: 'history' },
    documentation: 'All versions, newest first.',
    run: ({ interactions }, exchange) =>
      interactions.history(exchange, typeIn(exchange), idIn(exchange), exchange.query),
  },
  {
    ...{ method: 'GET', path: '/:type/_history', class: 'search', codes: ['history-type'], asks: 'history' },
    documentation: 'All versions of all records of the type, newest first.',
    run: ({ interactions }, exchange) => interactions.historyOfType(exchange, typeIn(exchange), exchange.query),
  },
  {
    ...{ method: 'GET', path: '/_history', class: 'search', codes: ['history-system'], asks: undefined },
    documentation: 'All versions of all records of the types whose history the asker may see, newest first.',
    run: ({ interactions }, exchange) => interactions.historyOfSystem(exchange, exchange.query),
  },
  {
    ...{ method: 'GET', path: '/:type/:id/_history/:version', class: 'read', codes: ['vread'], asks: 'history' },
    documentation: 'One version.',
    run: ({ interactions }, exchange) =>
      interactions.readVersion(exchange, typeIn(exchange), idIn(exchange), versionAsked(exchange), exchange.query),
  },
]

/** Some write the condition of a create into the address: left out, it would make a second record without a word. */
function refuseCondition({ query }: Exchange): void {
  if ([...query.keys()].every((name) => name === '_format' || name === '_pretty')) return
  const text = 'A create has no parameters: its condition stands in the header If-None-Exist.'
  throw new Refusal('parameter-unknown', { findings: [{ expression: 'http', issue: 'not-supported', text }] })
}

async function patchAs(interactions: Interactions, exchange: Exchange, named: Named): Promise<Answer> {
  const type = typeIn(exchange)
  ask(exchange, 'update', type)
  const patch = await readPatch(interactions.judge, headerOf(exchange, 'content-type') ?? '', await exchange.body())
  return interactions.patch(exchange, type, named, { patch, conditions: conditionsOf(exchange) })
}
