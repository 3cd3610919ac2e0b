import type { KeyObject } from 'node:crypto'
import type { Units } from '@chartkeep/model/fhir'
import { loadUnits } from '@chartkeep/model/ucum'
import { Refusal } from '#base'
import type { Grant } from '#policy'
import { factsOf } from '../facts.ts'
import type { Matched } from '../records.ts'
import { type Stored, storedOf } from '../visible.ts'
import { type Question, readQuestion, type Search } from './ask.ts'
import { patientsAsked } from './candidates.ts'
import { openCursor, sealCursor } from './cursor.ts'
import { Access, type Engine, type SearchStores, Spent } from './engine.ts'
import { Finder } from './finder.ts'
import { Includer } from './includes.ts'
import { type Page, pageOf } from './page.ts'
import { plainQueries } from './question.ts'
import { subset, subsetAsked } from './subset.ts'

export interface Found {
  /** The page, in order. */
  readonly records: readonly Stored[]
  /** What came along with it. */
  readonly included: readonly Stored[]
  /** For the next page; absent at the end. */
  readonly next?: string
  /** How many match in all, when they have all been seen or it was asked for. */
  readonly total?: number
  /** The parameters that were understood, for the self link. */
  readonly used: URLSearchParams
  /** Which parameters were left out, by their place in the question, from 1. */
  readonly ignored: readonly number[]
  /** Of a search for what is new: all that was written before this time is in it, Unix ms. */
  readonly settled?: number
  /** Everyone's records were gone through; `whole` when this page saw the last of them. */
  readonly scan?: { readonly opened?: number; readonly whole: boolean }
}

/**
 * The whole R4 search: candidates by index or, where there is none, by a scan under its own right, opened and compared
 * exactly. The entry names every patient returned (and holds the question, sealed) and is durable before anything comes
 * back. Throws 'parameter-unknown', 'parameter-invalid', 'search-too-broad', and what policy refuses with.
 */
export async function search(
  stores: SearchStores,
  grant: Grant<'search'>,
  asked: Search,
  request: string,
): Promise<Found> {
  const { type } = asked
  if (type !== grant.question.type) throw new Error('the grant is for another type')
  const { tenant } = grant.question.actor
  const now = stores.clock.now()
  const cursorKey = stores.keys.hmacKey('cursor')
  const start = asked.cursor === undefined ? undefined : openCursor(cursorKey, grant, type, asked.cursor)
  if (start !== undefined && asked.parameters.length > 0) throw new Refusal('parameter-invalid')
  const parameters = start === undefined ? asked.parameters : [...new URLSearchParams(start.question)]
  const units = await unitsFor(parameters)
  const question = readQuestion(type, parameters, asked.strict, {
    now: start?.began ?? now,
    terminology: await stores.terms(grant, parameters, request),
    ...(units === undefined ? {} : { units }),
    ...(asked.base === undefined ? {} : { base: asked.base }),
  })
  const count = question.summary === 'count' ? 0 : asked.count
  const total = (question.total || count === 0) && start === undefined
  const engine: Engine = {
    stores,
    tenant,
    access: new Access(grant),
    spent: new Spent(asked.signal, stores.scanLimits, total),
    through: new Set(),
  }
  const finder = new Finder(engine, asked.base)
  const settled = start === undefined && asksForNew(question) ? await stores.db.lowWater.settled() : undefined
  const before = start?.began ?? settled
  const candidates = await finder.candidates(type, question.criteria)
  const scanned = candidates.order === 'scan'
  const page = await pageOf(finder, {
    grant,
    question,
    candidates,
    count,
    total,
    start,
    before,
    units,
    spent: engine.spent,
  })
  const matches = page.matches.map(({ opened }) => opened)
  const included =
    question.includes.length === 0
      ? []
      : await new Includer(engine, finder, asked.base).follow(matches, question.includes)
  const stored = [...matches, ...included].map(storedOf)
  await record(engine, question, stored, request)
  const known = start?.total ?? page.total
  return {
    records: stored.slice(0, matches.length).map((one) => subset(one, subsetAsked(question))),
    // Elements are asked of the matches.
    included: stored.slice(matches.length).map((one) => subset(one, subsetAsked({ ...question, elements: undefined }))),
    used: question.used,
    ignored: question.ignored,
    ...nextOf(cursorKey, grant, question, { page, began: before ?? now, total: known }),
    ...(known === undefined || (start !== undefined && start.total === undefined) ? {} : { total: known }),
    ...(settled === undefined ? {} : { settled }),
    ...(scanned
      ? { scan: { ...openedBy(engine), whole: page.next === undefined && (count > 0 || known !== undefined) } }
      : {}),
  }
}

/**
 * Whether it asks for what was changed after some time: whoever polls goes on from the newest that they were shown, so
 * nothing may be shown that is younger than a write still under way.
 */
function asksForNew({ criteria }: Question): boolean {
  return plainQueries(criteria).some(
    ({ parameter, values }) =>
      parameter.code === '_lastUpdated' &&
      values.some((value) => value.kind === 'date' && ['gt', 'ge', 'sa', 'ap'].includes(value.prefix)),
  )
}

/** How many records were looked at; not for who sees some of a type: it would tell how many others there are. */
function openedBy({ access, spent }: Engine): { opened?: number } {
  return [access.grant, ...access.given()].some(({ rows }) => rows !== undefined) ? {} : { opened: spent.opened }
}

/** The units of UCUM, where a quantity in one of them is asked for or sorted by. */
async function unitsFor(parameters: Search['parameters']): Promise<Units | undefined> {
  const needed = parameters.some(([name, value]) => name === '_sort' || value.includes('unitsofmeasure'))
  return needed ? loadUnits() : undefined
}

function nextOf(
  key: KeyObject,
  grant: Grant<'search'>,
  { type, used }: Question,
  { page: { next }, began, total }: { page: Page; began: number; total: number | undefined },
): { next?: string } {
  if (next === undefined) return {}
  const continued = { ...next, question: used.toString(), began, ...(total === undefined ? {} : { total }) }
  return { next: sealCursor(key, grant, type, continued) }
}

/** The entry: every patient whose record was found, came along, was asked about or was found on the way. */
async function record(engine: Engine, question: Question, stored: readonly Stored[], request: string): Promise<void> {
  const { stores, tenant, access, spent, through } = engine
  const { type, used, criteria } = question
  // That nothing was found is told of the patients who were asked about, so they are named.
  const asked = patientsAsked(type, plainQueries(criteria)) ?? []
  const held = await stores.patientKeys.find(tenant, asked)
  const facts = factsOf([access.grant, ...access.given()], request, stores.clock, {
    ...(spent.scanning ? { action: 'scan' } : {}),
    types: [type, ...stored.map((one) => one.type)],
    patients: [
      ...asked.filter((_, index) => held[index] !== undefined),
      ...stored.map(({ patient }) => patient),
      ...through,
    ],
    records: stored.map((one) => ({ type: one.type, id: one.id, version: one.version })),
    details: { query: `${type}?${used.toString()}` },
  })
  await stores.ledger.record(facts)
}

/**
 * The records of a type that meet a condition, two at most, with the version that met it. The entry holds the question.
 * Throws 'search-too-broad' when a scan ends before it can tell.
 */
export async function matchRecords(
  stores: SearchStores,
  grant: Grant<'search'>,
  query: string,
  request: string,
): Promise<Matched[]> {
  const parameters = [...new URLSearchParams(query)]
  if (parameters.length === 0) throw new Refusal('parameter-invalid')
  const asked = { type: grant.question.type, parameters, strict: true, count: 2 }
  const { records, scan } = await search(stores, grant, asked, request)
  // What a scan has not come to might match, too.
  if (scan?.whole === false && records.length < 2) throw new Refusal('search-too-broad')
  return records.map(({ id, version }) => ({ id, version }))
}
