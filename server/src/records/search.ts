import type { KeyObject } from 'node:crypto'
import { matches, type ResourceType, type SearchQuery } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import type { Database } from '#db'
import type { Keyring } from '#keys'
import type { Grant } from '#policy'
import { type Candidates, findCandidates, patientsAsked } from './candidates.ts'
import { type ChartCursor, selectChart } from './chart.ts'
import type { LookUp } from './lookups.ts'
import { parseCriteria } from './criteria.ts'
import { openCursor, sealCursor } from './cursor.ts'
import { factsOf } from './facts.ts'
import { patientToken } from './tokens.ts'
import type { Patients } from './patients.ts'
import type { IndexKeys } from './prepare.ts'
import { openStored, parseStored, type ReadStores, type Stored, withhold } from './read.ts'
import type { ChartRequest, Matched } from './records.ts'
import { openRow, type Row } from './row.ts'

/** One type by its parameters, as a URL gives them, decoded: [name with modifier, value]. */
export interface Search {
  readonly type: ResourceType
  readonly parameters: readonly (readonly [string, string])[]
  /** Refuse parameters that are not known instead of leaving them out. */
  readonly strict: boolean
  readonly count: number
  /** The `next` of the page before: it holds the whole question, so there are no parameters beside it. */
  readonly cursor?: string
}

export interface Found {
  readonly records: readonly Stored[]
  /** For the next page; absent at the end. */
  readonly next?: string
  /** How many match in all, when they have all been seen or it was asked for. */
  readonly total?: number
  /** The parameters that were understood, for the self link. */
  readonly used: URLSearchParams
}

export interface SearchStores extends ReadStores {
  readonly db: Database
  readonly keys: Keyring
  readonly indexKeys: IndexKeys
  readonly patients: Patients
  readonly lookUp: LookUp
}

const pageSize = 200
// A search that opens more than this finds too little for its work: it has to be narrowed.
const mostOpened = 200_000

/**
 * Candidates by index, opened and compared exactly. The entry names every patient returned (and holds the question,
 * sealed) and is durable before anything comes back.
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
  const cursorKey = stores.keys.hmacKey('cursor')
  const start = asked.cursor === undefined ? undefined : openCursor(cursorKey, grant, type, asked.cursor)
  if (start !== undefined && asked.parameters.length > 0) throw new Refusal('parameter-invalid')
  const parameters = start === undefined ? asked.parameters : [...new URLSearchParams(start.question)]
  const { queries, used, total: totalAsked } = parseCriteria(type, parameters, asked.strict, stores.clock.now())
  const question = used.toString()
  const candidates = await findCandidates(
    { ...stores, patientIndex: stores.patients.index(tenant) },
    tenant,
    type,
    queries,
  )
  const { found, more, seen } = await collect(stores, candidates, grant, queries, {
    start,
    count: asked.count,
    total: totalAsked && start === undefined,
  })
  const kept = found.slice(0, asked.count)
  const records = kept.map(({ row, json }) => storedOf(row, json))
  const touched = touchedBy(records, { query: `${type}?${question}` })
  // That nothing was found is told of the patients who were asked about, so they are named.
  const patients = [...(await patientsHere(stores, tenant, patientsAsked(type, queries) ?? [])), ...touched.patients]
  await stores.ledger.record(factsOf([grant], request, stores.clock, { ...touched, types: [type], patients }))
  const last = kept.at(-1)
  return {
    records,
    used,
    ...(more && last !== undefined ? { next: sealCursor(cursorKey, grant, type, last.row, question) } : {}),
    ...(start === undefined && (totalAsked || !more) ? { total: seen } : {}),
  }
}

interface Match {
  readonly row: Row
  readonly json: Buffer
}

async function patientsHere(
  { patientKeys }: SearchStores,
  tenant: number,
  patients: readonly Id<'patient'>[],
): Promise<Id<'patient'>[]> {
  const held = await patientKeys.find(tenant, patients)
  return patients.filter((_, index) => held[index] !== undefined)
}

/**
 * Opens candidates until there is one more than a page, or, for a total, all. What the grant hides is neither released
 * nor compared: otherwise asking for it would tell it.
 */
async function collect(
  stores: SearchStores,
  candidates: Candidates,
  { question: { type }, hidden }: Grant<'search'>,
  queries: readonly SearchQuery[],
  { start, count, total }: { start: ChartCursor | undefined; count: number; total: boolean },
): Promise<{ found: Match[]; more: boolean; seen: number }> {
  const found: Match[] = []
  let seen = 0
  let opened = 0
  const size = Math.min(pageSize, count + 1)
  for (let after = start; ;) {
    const { rows, last } = await candidates(after, size)
    for (const row of rows) {
      // An id leads to a record of any type.
      if (row.deleted || row.type !== type) continue
      const json = withhold(await openRow(stores.patientKeys, row), hidden)
      if (!everyMatches(queries, json)) continue
      seen++
      if (found.length <= count) found.push({ row, json })
      if (seen > count && !total) return { found, more: true, seen }
    }
    opened += rows.length
    after = last
    if (after === undefined) return { found, more: seen > count, seen }
    if (opened > mostOpened) throw new Refusal('search-too-broad')
  }
}

function everyMatches(queries: readonly SearchQuery[], json: Buffer): boolean {
  const unsaid = queries.filter((query) => !says(json, query))
  if (unsaid.length === 0) return true
  const resource = parseStored(json)
  return unsaid.every((query) => matches(resource, query))
}

/**
 * Whether the text itself shows that the record refers as asked, so that it need not be parsed: most searches of a chart
 * ask for its patient and nothing else. False says nothing.
 */
function says(json: Buffer, { parameter, modifier, values }: SearchQuery): boolean {
  const [leaf, ...others] = parameter.leaves
  const [step, ...deeper] = leaf?.steps ?? []
  const [value, ...more] = values
  if (step === undefined || others.length + deeper.length + more.length > 0 || modifier !== undefined) return false
  if (value?.kind !== 'reference' || (value.type ?? leaf?.target) !== 'Patient') return false
  // A contained resource may have an element of the same name.
  return json.includes(`"${step.name}":{"reference":"Patient/${value.id}"`) && !json.includes('"contained":')
}

function storedOf({ type, id, version, updated, patient, deleted }: Row, json: Buffer): Stored {
  return { type, id, version, updated, patient, deleted, json }
}

function touchedBy(records: readonly Stored[], details: Record<string, unknown>) {
  return {
    types: records.map(({ type }) => type),
    patients: records.map(({ patient }) => patient),
    records: records.map(({ type, id, version }) => ({ type, id, version })),
    details,
  }
}

/** A patient's records of several types, newest first: what a screen of the chart shows, as one look. */
export async function chartOf(
  stores: SearchStores,
  grants: readonly [Grant<'search'>, ...Grant<'search'>[]],
  asked: ChartRequest,
  request: string,
): Promise<Found> {
  const [first] = grants
  const { tenant } = first.question.actor
  const types = grants.map((grant) => grant.question.type)
  const [held] = await stores.patientKeys.find(tenant, [asked.patient])
  if (held === undefined) throw new Refusal('not-found')
  const question = `${asked.patient}/${types.join(',')}/${asked.category?.join(',') ?? ''}`
  const cursorKey: KeyObject = stores.keys.hmacKey('cursor')
  const before = asked.before === undefined ? undefined : openCursor(cursorKey, first, question, asked.before)
  const tokens =
    asked.category === undefined ? [] : [asked.category.map((code) => patientToken(held.key, 'category', code))]
  const rows = await selectChart(stores.db, tenant, {
    patient: asked.patient,
    types,
    tokens,
    count: asked.count + 1,
    ...(before === undefined ? {} : { before }),
  })
  const kept = rows.slice(0, asked.count)
  const hidden = new Map(grants.map((grant) => [grant.question.type, grant.hidden]))
  const records = await Promise.all(kept.map((row) => openStored(stores.patientKeys, row, hidden.get(row.type) ?? [])))
  // Looking at an empty chart is looking at the chart: the patient is named whatever was found.
  await stores.ledger.record(
    factsOf(grants, request, stores.clock, { ...touchedBy(records, {}), types, patients: [asked.patient] }),
  )
  const last = kept.at(-1)
  return {
    records,
    used: new URLSearchParams(),
    ...(rows.length > asked.count && last !== undefined ? { next: sealCursor(cursorKey, first, question, last) } : {}),
  }
}

/** The records of a type that meet a condition, two at most, with the version that met it. The entry holds the question. */
export async function matchRecords(
  stores: SearchStores,
  grant: Grant<'search'>,
  query: string,
  request: string,
): Promise<Matched[]> {
  const parameters = [...new URLSearchParams(query)]
  if (parameters.length === 0) throw new Refusal('parameter-invalid')
  const { records } = await search(
    stores,
    grant,
    { type: grant.question.type, parameters, strict: true, count: 2 },
    request,
  )
  return records.map(({ id, version }) => ({ id, version }))
}
