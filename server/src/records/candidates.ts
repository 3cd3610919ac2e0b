import { type ResourceType, type SearchQuery, type WantedValue } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import type { Database } from '#db'
import { type ChartCursor, selectChart } from './chart.ts'
import { daysIn, isListed, listed, lookupClass, patientTokenParameters } from './index-tokens.ts'
import { normalise, type PatientIndex } from './patient-index.ts'
import type { LookUp } from './lookups.ts'
import type { PatientKeys } from './patient-keys.ts'
import type { IndexKeys } from './prepare.ts'
import type { Row } from './row.ts'
import { type LookupToken, lookupToken, patientToken } from './tokens.ts'

/**
 * Sealed rows that may match, a page at a time, in one order that a cursor can take up again; all that match are among
 * them. `last` is where the page ended, undefined at the end.
 */
export type Candidates = (
  after: ChartCursor | undefined,
  count: number,
) => Promise<{ readonly rows: readonly Row[]; readonly last: ChartCursor | undefined }>

interface Indexes {
  readonly db: Database
  readonly indexKeys: IndexKeys
  readonly patientKeys: PatientKeys
  readonly patientIndex: PatientIndex
  readonly lookUp: LookUp
  newest(tenant: number, ids: readonly Id<string>[]): Promise<(Row | undefined)[]>
}

/**
 * Where to look, by what was asked: ids, then one patient's chart, then look-ups across patients, then the names in
 * memory, then a directory as a whole. Throws 'search-too-broad' when only walking everyone's records would find them.
 */
export async function findCandidates(
  indexes: Indexes,
  tenant: number,
  type: ResourceType,
  queries: readonly SearchQuery[],
): Promise<Candidates> {
  const { indexKeys } = indexes
  const ids = queries.find(({ parameter, modifier }) => parameter.code === '_id' && modifier === undefined)
  if (ids !== undefined)
    return byId(
      indexes,
      tenant,
      ids.values.flatMap((value) => idIn(value) ?? []),
    )
  const patients = patientsAsked(type, queries)
  if (patients !== undefined) return inChart(indexes, tenant, type, patients, queries)
  const looked = queries
    .map((query) => lookupsFor(indexKeys, tenant, type, query))
    .find((tokens) => tokens !== undefined)
  if (looked !== undefined) return byId(indexes, tenant, await indexes.lookUp({ tenant, type, tokens: looked }))
  const named = type === 'Patient' ? patientsNamed(indexes.patientIndex, queries) : undefined
  if (named !== undefined) return byId(indexes, tenant, named)
  if (!isListed(type)) throw new Refusal('search-too-broad')
  const all = lookupToken(indexKeys.operational, tenant, type, listed.parameter, listed.value)
  return byId(indexes, tenant, await indexes.lookUp({ tenant, type, tokens: [all] }))
}

/** In the order of their ids, newest first: an id begins with its time. */
function byId({ newest }: Indexes, tenant: number, ids: readonly Id<string>[]): Candidates {
  const ordered = [...new Set(ids)].toSorted().toReversed()
  return async (after, count) => {
    const from = after === undefined ? 0 : ordered.findIndex((id) => id < after.id)
    const page = from < 0 ? [] : ordered.slice(from, from + count)
    if (page.length === 0) return { rows: [], last: undefined }
    const rows = await newest(tenant, page)
    const id = page.at(-1)
    return {
      rows: rows.flatMap((row) => row ?? []),
      last: id === undefined || from + count >= ordered.length ? undefined : { at: 0, id },
    }
  }
}

/** Parameters that lead from a record to the patient in whose chart it is kept. */
const homeParameters = new Set(['patient', 'subject', 'beneficiary', 'individual', 'candidate', 'actor'])

/** The patients whose charts hold all that can match; undefined when the question names none. */
export function patientsAsked(type: ResourceType, queries: readonly SearchQuery[]): Id<'patient'>[] | undefined {
  for (const { parameter, modifier, values } of queries) {
    if (type === 'Patient' || parameter.type !== 'reference' || !homeParameters.has(parameter.code)) continue
    if (modifier !== undefined && modifier !== 'Patient') continue
    const onlyPatients = parameter.code === 'patient' || modifier === 'Patient'
    const patients = values.map((value) =>
      value.kind === 'reference' && (value.type === 'Patient' || (value.type === undefined && onlyPatients))
        ? value.id
        : undefined,
    )
    // An id that is not one of ours belongs to nobody here: it leads to no chart.
    if (patients.every((id) => id !== undefined)) return patients.flatMap((id) => parseId<'patient'>(id) ?? [])
  }
  return undefined
}

async function inChart(
  indexes: Indexes,
  tenant: number,
  type: ResourceType,
  patients: readonly Id<'patient'>[],
  queries: readonly SearchQuery[],
): Promise<Candidates> {
  const nobody: Candidates = () => Promise.resolve({ rows: [], last: undefined })
  const [patient, ...others] = new Set(patients)
  if (patient === undefined) return nobody
  // Each chart has an order of its own: several at once have none in common.
  if (others.length > 0) throw new Refusal('search-too-broad')
  const [held] = await indexes.patientKeys.find(tenant, [patient])
  if (held === undefined) return nobody
  const tokens = queries.flatMap(({ parameter, modifier, values }) => {
    const texts = values.map(lookedFor)
    if (modifier !== undefined || !patientTokenParameters(type).includes(parameter.code) || texts.includes(undefined))
      return []
    return [texts.map((text) => patientToken(held.key, parameter.code, text ?? ''))]
  })
  return async (before, count) => {
    const rows = await selectChart(indexes.db, tenant, {
      ...{ patient, types: [type], tokens, count },
      ...(before === undefined ? {} : { before }),
    })
    const last = rows.at(-1)
    return { rows, last: rows.length < count ? undefined : last }
  }
}

function idIn(value: WantedValue): Id<string> | undefined {
  const text = lookedFor(value)
  return text === undefined ? undefined : parseId<string>(text)
}

/** What a token stands for: a code without its system, the id of a reference; undefined when only a system was asked. */
function lookedFor(value: WantedValue): string | undefined {
  if (value.kind === 'token') return value.code
  return value.kind === 'reference' ? value.id : undefined
}

function lookupsFor(
  keys: IndexKeys,
  tenant: number,
  type: ResourceType,
  { parameter, modifier, values }: SearchQuery,
): LookupToken[] | undefined {
  const kind = lookupClass(type, parameter.code)
  if (
    kind === undefined ||
    (modifier !== undefined && parameter.type !== 'reference') ||
    modifier === 'missing' ||
    modifier === 'identifier'
  )
    return undefined
  const texts = values.flatMap(
    (value) =>
      (value.kind === 'date'
        ? value.prefix === 'eq'
          ? daysIn(value.range.low, value.range.high)
          : undefined
        : lookedFor(value)) ?? [undefined],
  )
  return texts.includes(undefined)
    ? undefined
    : texts.map((text) => lookupToken(keys[kind], tenant, type, parameter.code, text ?? ''))
}

const nameParameters = new Set(['name', 'family', 'given'])

/** Patients by what is kept in memory: all whose name begins as asked, or who were born in the days asked, and perhaps more. */
function patientsNamed(index: PatientIndex, queries: readonly SearchQuery[]): Id<string>[] | undefined {
  const named = queries.find(
    ({ parameter, modifier }) => nameParameters.has(parameter.code) && (modifier === undefined || modifier === 'exact'),
  )
  const texts = named?.values.map((value) => (value.kind === 'string' ? normalise(value.text)[0] : undefined))
  if (texts !== undefined && !texts.includes(undefined)) return texts.flatMap((text) => index.beginning(text ?? ''))
  const born = queries.find(({ parameter, modifier }) => parameter.code === 'birthdate' && modifier === undefined)
  const dates = born?.values.map((value) => (value.kind === 'date' && value.prefix === 'eq' ? value.range : undefined))
  if (dates === undefined || dates.includes(undefined)) return undefined
  return dates.flatMap((range) => (range === undefined ? [] : index.bornWithin(range.low, range.high)))
}
