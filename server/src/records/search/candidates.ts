import {
  indexClass,
  isKeptWithPatients,
  isListed,
  leadsHome,
  type ResourceType,
  type SearchQuery,
  type WantedValue,
} from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import { crossingToken, identityText, listed, tokenText } from '../index-tokens.ts'
import { fewMost } from '../lookups.ts'
import { normalise, type PatientIndex } from '../patient-index.ts'
import type { HeldKey } from '../patient-keys.ts'
import type { IndexKeys } from '../prepare.ts'
import { type LookupToken, lookupToken, patientToken } from '../tokens.ts'
import { patientsIn } from './buckets.ts'
import { timesAsked, underTokens } from './by-time.ts'
import type { Engine } from './engine.ts'
import { searchLimits } from './limits.ts'
import { byId, type Candidates, nothing } from './place.ts'
import { scan } from './scan.ts'
import { chartSource, idSource, merged } from './sources.ts'

/**
 * Where to look, by what was asked of the records themselves: ids, then identifiers, then patients' charts, then other
 * look-ups across patients, then what refers to a patient's record, then the names in memory. Undefined when none of these serves it.
 */
export async function indexedCandidates(
  engine: Engine,
  type: ResourceType,
  queries: readonly SearchQuery[],
): Promise<Candidates | undefined> {
  const { stores, tenant } = engine
  const newest = (ids: readonly Id<string>[]) => stores.newest(tenant, ids)
  const ids = queries.find(({ parameter, modifier }) => parameter.code === '_id' && modifier === undefined)
  if (ids !== undefined)
    return byId(
      newest,
      ids.values.flatMap((value) => idIn(value) ?? []),
    )
  const looked = lookupsFor(stores.indexKeys, tenant, type, queries)
  const identified = await identifiedCandidates(
    engine,
    looked.filter(({ few }) => few),
  )
  if (identified !== undefined) return identified
  const patients = patientsAsked(type, queries)
  if (patients !== undefined) return inCharts(engine, type, patients, queries)
  const [only, ...others] = looked
  if (only?.byTime === true && others.length === 0) return underTokens(engine, only.tokens)
  if (looked.length > 0) {
    const found = await Promise.all(looked.map(({ tokens }) => stores.lookUp({ tenant, tokens, few: false })))
    return byId(newest, common(found.map((some) => some.map(({ id }) => id))))
  }
  const pointed = queries.map(recordsAsked).find((one) => one !== undefined)
  if (pointed !== undefined) return referringTo(engine, type, pointed, queries)
  const named = type === 'Patient' ? patientsNamed(stores.patients.index(tenant), queries) : undefined
  return named === undefined ? undefined : byId(newest, named)
}

/**
 * What stands under identifiers, with its rows. Undefined when that is not few: not every identifier identifies (a payer's
 * claims may all have one group's).
 */
async function identifiedCandidates(
  { stores, tenant }: Engine,
  looked: readonly { readonly tokens: readonly LookupToken[] }[],
): Promise<Candidates | undefined> {
  const all = await Promise.all(looked.map(({ tokens }) => stores.lookUp({ tenant, tokens, few: true })))
  const found = all.filter((some) => some.length < fewMost)
  if (found.length === 0) return undefined
  const rows = new Map(found.flat().flatMap(({ id, row }) => (row === undefined ? [] : [[id, row] as const])))
  return byId(async (wanted) => wanted.map((id) => rows.get(id)), common(found.map((some) => some.map(({ id }) => id))))
}

/** Whether `indexedCandidates` would find some, without looking. */
export function isIndexed(type: ResourceType, query: SearchQuery): boolean {
  if (query.parameter.code === '_id') return query.modifier === undefined
  if (patientsAsked(type, [query]) !== undefined || recordsAsked(query) !== undefined) return true
  return lookedUp(type, [query]).length > 0 || (type === 'Patient' && namesAsked([query]) !== undefined)
}

/** All records of a type that is a directory of the practice, small enough to be gone through. */
export async function listedCandidates(
  { stores, tenant }: Engine,
  type: ResourceType,
): Promise<Candidates | undefined> {
  if (!isListed(type)) return undefined
  const all = lookupToken(stores.indexKeys.operational, tenant, type, listed.parameter, listed.value)
  const found = await stores.lookUp({ tenant, tokens: [all], few: false })
  return byId(
    (wanted) => stores.newest(tenant, wanted),
    found.map(({ id }) => id),
  )
}

/** Everyone's records of the type. A code narrows what is opened of each chart. */
export function scannedCandidates(
  { stores, tenant }: Engine,
  type: ResourceType,
  queries: readonly SearchQuery[],
): Candidates {
  const one = queries.find((query) => tokenTexts(type, query)?.length === 1)
  const [text] = one === undefined ? [] : (tokenTexts(type, one) ?? [])
  const code = one?.parameter.code
  const token =
    code === undefined || text === undefined ? undefined : ({ key }: HeldKey) => patientToken(key, type, code, text)
  return scan(stores, tenant, type, token)
}

function common([first = [], ...others]: readonly (readonly Id<string>[])[]): Id<string>[] {
  const sets = others.map((one) => new Set(one))
  return first.filter((id) => sets.every((set) => set.has(id)))
}

function idIn(value: WantedValue): Id<string> | undefined {
  const text = tokenText(value)
  return text === undefined ? undefined : parseId<string>(text)
}

/** The patients whose charts hold all that can match; undefined when the question names none. */
export function patientsAsked(type: ResourceType, queries: readonly SearchQuery[]): Id<'patient'>[] | undefined {
  for (const { parameter, modifier, values } of queries) {
    if (parameter.type !== 'reference' || !leadsHome(type, parameter)) continue
    if (modifier !== undefined && modifier !== 'Patient') continue
    const onlyPatients = parameter.leaves[0]?.target === 'Patient' || modifier === 'Patient' || only(parameter.targets)
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

const only = (targets: readonly ResourceType[] | undefined): boolean =>
  targets?.length === 1 && targets[0] === 'Patient'

/** Patients' records that are named as what is referred to; undefined when the query may lead elsewhere, too. */
function recordsAsked({ parameter, modifier, values }: SearchQuery): Id<string>[] | undefined {
  if (parameter.type !== 'reference' || modifier === 'missing' || modifier === 'identifier') return undefined
  const own = parameter.targets?.every(isKeptWithPatients) === true
  const ids = values.map((value) =>
    value.kind === 'reference' && (value.type === undefined ? own : isKeptWithPatients(value.type))
      ? value.id
      : undefined,
  )
  return ids.every((id) => id !== undefined) ? ids.flatMap((id) => parseId<string>(id) ?? []) : undefined
}

/** The charts of these patients, and records kept elsewhere, if any. */
async function inCharts(
  engine: Engine,
  type: ResourceType,
  patients: readonly Id<'patient'>[],
  queries: readonly SearchQuery[],
  elsewhere: readonly Id<string>[] = [],
): Promise<Candidates> {
  const { stores, tenant } = engine
  const wanted = [...new Set(patients)]
  if (wanted.length > searchLimits.charts) throw new Refusal('search-too-broad')
  const held = await stores.patientKeys.find(tenant, wanted)
  const sources = wanted.flatMap((patient, index) => {
    const key = held[index]
    if (key === undefined) return []
    const tokens = queries.flatMap((query) => {
      const texts = tokenTexts(type, query)
      return texts === undefined ? [] : [texts.map((text) => patientToken(key.key, type, query.parameter.code, text))]
    })
    return [chartSource(engine, type, patient, key, tokens)]
  })
  if (elsewhere.length > 0) sources.push(idSource(engine, elsewhere))
  if (sources.length === 0) return nothing
  return { order: 'chart', from: (after, count) => merged(sources, after, count) }
}

/** What a query looks for among a patient's tokens; undefined when tokens do not tell. */
function tokenTexts(type: ResourceType, { parameter, modifier, values }: SearchQuery): string[] | undefined {
  if (modifier !== undefined || indexClass(type, parameter.code) !== 'patient') return undefined
  const texts = values.map(tokenText)
  return texts.every((text) => text !== undefined) ? texts : undefined
}

/**
 * Records of a type that refer to one of these patients' records: in the charts of their buckets, among what the
 * practice keeps, and by look-up wherever else.
 */
async function referringTo(
  engine: Engine,
  type: ResourceType,
  ids: readonly Id<string>[],
  queries: readonly SearchQuery[],
): Promise<Candidates> {
  const { stores, tenant } = engine
  const tokens = ids.map((id) => crossingToken(stores.indexKeys, tenant, type, id))
  const [patients, elsewhere] = await Promise.all([
    patientsIn(stores.db, tenant, ids),
    tokens.length === 0 ? [] : stores.lookUp({ tenant, tokens, few: false }),
  ])
  if (elsewhere.length > searchLimits.opened) throw new Refusal('search-too-broad')
  return inCharts(
    engine,
    type,
    patients,
    queries,
    elsewhere.map(({ id }) => id),
  )
}

interface LookedUp {
  readonly code: string
  readonly kind: keyof IndexKeys
  readonly texts: readonly string[]
  readonly byTime: boolean
}

/** The look-ups across patients that serve these queries; those of one time together are one. */
function lookedUp(type: ResourceType, queries: readonly SearchQuery[]): LookedUp[] {
  const found: LookedUp[] = []
  for (const [code, some] of Map.groupBy(queries, ({ parameter }) => parameter.code)) {
    const kind = indexClass(type, code)
    if (kind !== 'identity' && kind !== 'operational') continue
    if (some[0]?.parameter.type === 'date') {
      const texts = timesAsked(some)
      if (texts !== undefined) found.push({ code, kind, texts, byTime: true })
      continue
    }
    for (const query of some) {
      const texts = isPlain(query) ? query.values.map(kind === 'identity' ? identityText : tokenText) : [undefined]
      if (texts.every((text) => text !== undefined)) found.push({ code, kind, texts, byTime: false })
    }
  }
  return found
}

/** Whether it asks for equal values: of a reference, its modifier may name the type. */
function isPlain({ parameter, modifier }: SearchQuery): boolean {
  return (
    modifier === undefined || (parameter.type === 'reference' && modifier !== 'missing' && modifier !== 'identifier')
  )
}

function lookupsFor(
  keys: IndexKeys,
  tenant: number,
  type: ResourceType,
  queries: readonly SearchQuery[],
): { readonly tokens: LookupToken[]; readonly few: boolean; readonly byTime: boolean }[] {
  return lookedUp(type, queries).map(({ code, kind, texts, byTime }) => ({
    tokens: texts.map((text) => lookupToken(keys[kind], tenant, type, code, text)),
    few: kind === 'identity',
    byTime,
  }))
}

type Named = { readonly beginning: readonly string[] } | { readonly born: readonly { low: number; high: number }[] }

const nameParameters = new Set(['name', 'family', 'given'])

/** What of a question the faces in memory answer: the beginnings of names, or days of birth. */
function namesAsked(queries: readonly SearchQuery[]): Named | undefined {
  const named = queries.find(
    ({ parameter, modifier }) => nameParameters.has(parameter.code) && (modifier === undefined || modifier === 'exact'),
  )
  const texts = named?.values.map((value) => (value.kind === 'string' ? normalise(value.text)[0] : undefined))
  if (texts?.every((text) => text !== undefined) === true) return { beginning: texts }
  const born = queries.find(({ parameter, modifier }) => parameter.code === 'birthdate' && modifier === undefined)
  const dates = born?.values.map((value) => (value.kind === 'date' && value.prefix === 'eq' ? value.range : undefined))
  return dates?.every((range) => range !== undefined) === true ? { born: dates } : undefined
}

/** Patients by what is kept in memory: all whose name begins as asked, or who were born in the days asked, and perhaps more. */
function patientsNamed(index: PatientIndex, queries: readonly SearchQuery[]): Id<string>[] | undefined {
  const named = namesAsked(queries)
  if (named === undefined) return undefined
  return 'beginning' in named
    ? named.beginning.flatMap((text) => index.beginning(text))
    : named.born.flatMap(({ low, high }) => index.bornWithin(low, high))
}
