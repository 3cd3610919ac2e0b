import { isObject, matches, parseQuery, type Resource, type SearchQuery } from '@chartkeep/model/fhir'
import { type Id, Refusal, refuseParameter } from '#base'
import type { Grant } from '#policy'
import { walkChart } from './chart.ts'
import { factsOf } from './facts.ts'
import type { ReadStores } from './read.ts'
import { type Opened, openAllVisible, type Stored, storedOf } from './visible.ts'

export interface LastNAsk {
  readonly patient: Id<'patient'>
  /** Of each code, the newest so many. */
  readonly max: number
  /** Search parameters of Observation that each must meet. */
  readonly criteria: readonly (readonly [string, string])[]
  readonly signal?: AbortSignal
}

const pageSize = 500
const mostOpened = 50_000

/**
 * A patient's newest observations of each code, newest first (R4 Observation-lastn). Two are of one code when they share
 * a coding, or, without any, the text. Goes along the chart; the entry names what comes out. Throws 'not-found'.
 */
export async function lastN(
  stores: ReadStores,
  grant: Grant<'search'>,
  { patient, max, criteria, signal }: LastNAsk,
  request: string,
): Promise<Stored[]> {
  const { tenant } = grant.question.actor
  const queries = criteria.map(([name, value]) => queryOf(name, value, stores.clock.now()))
  const [held] = await stores.patientKeys.find(tenant, [patient])
  if (held === undefined) throw new Refusal('not-found')
  const groups = new Groups(max)
  let opened = 0
  const chart = { patient, type: 'Observation', tokens: [], count: pageSize } as const
  for await (const { rows, after } of walkChart(stores, tenant, chart)) {
    for (const one of await openAllVisible(
      stores.sealer,
      rows.map(({ row }) => ({ grant, row, held })),
    )) {
      if (one !== undefined && queries.every((query) => matches(one.resource, query))) groups.add(one)
    }
    opened += rows.length
    if (after !== undefined && opened >= mostOpened) throw new Refusal('search-too-broad')
    if (signal?.aborted === true) throw new Refusal('timed-out')
  }
  const records = groups.all().map(storedOf)
  await stores.ledger.record(
    factsOf([grant], request, stores.clock, {
      types: ['Observation'],
      patients: [patient],
      records: records.map(({ type, id, version }) => ({ type, id, version })),
      details: { criteria, max },
    }),
  )
  return records
}

function queryOf(name: string, value: string, now: number): SearchQuery {
  const read = parseQuery('Observation', name, value, { now })
  if ('query' in read) return read.query
  throw refuseParameter(read.refused === 'value-invalid' ? 'parameter-invalid' : 'parameter-unknown', name)
}

/** Observations by code, each group as full as it may be. */
class Groups {
  readonly #most: number
  readonly #byCode = new Map<string, Opened[]>()
  readonly #groups: Opened[][] = []

  constructor(most: number) {
    this.#most = most
  }

  /** The newest come first. */
  add(one: Opened): void {
    const codes = codesOf(one.resource)
    let group = this.#find(codes)
    if (group === undefined) {
      group = []
      this.#groups.push(group)
    }
    for (const code of codes) if (!this.#byCode.has(code)) this.#byCode.set(code, group)
    if (group.length < this.#most) group.push(one)
  }

  all(): Opened[] {
    return this.#groups.flat()
  }

  #find(codes: readonly string[]): Opened[] | undefined {
    for (const code of codes) {
      const group = this.#byCode.get(code)
      if (group !== undefined) return group
    }
    return undefined
  }
}

function codesOf({ code }: Resource): string[] {
  if (!isObject(code)) return ['']
  const codings: unknown[] = Array.isArray(code['coding']) ? code['coding'] : []
  const codes = codings.filter(isObject).map((coding) => JSON.stringify([coding['system'], coding['code']]))
  return codes.length > 0 ? codes : [JSON.stringify(code['text'] ?? '')]
}
