import type { ResourceType } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import { selectChart } from '../chart.ts'
import type { HeldKey } from '../patient-keys.ts'
import type { Row } from '../row.ts'
import { timeOffset } from '../tokens.ts'
import type { Batch, Candidate, Place } from './place.ts'
import type { Engine } from './engine.ts'

/** Rows of one place, newest first by clinical time, then by id. */
export interface Source {
  /** Up to so many that come after; fewer mean that there are no more. */
  next(after: Place | undefined, count: number): Promise<readonly Row[]>
  /** Clinical time of a row, without the patient's offset: the same scale for all sources. */
  timeOf(row: Row): number
}

/** A patient's records of a type that hold one of each of these tokens. */
export function chartSource(
  { stores: { db }, tenant }: Engine,
  type: ResourceType,
  patient: Id<'patient'>,
  held: HeldKey,
  tokens: readonly (readonly Buffer[])[],
): Source {
  const offset = timeOffset(held.key)
  return {
    timeOf: (row) => row.at - offset,
    next: async (after, count) =>
      selectChart(db, tenant, {
        ...{ patient, types: [type], tokens, count },
        ...(after === undefined ? {} : { before: { at: after.at + offset, id: after.id } }),
      }),
  }
}

/** Records by their ids, of whatever chart; they are few. */
export function idSource({ stores, tenant }: Engine, ids: readonly Id<string>[]): Source {
  let rows: Promise<readonly Row[]> | undefined
  const offsets = new Map<string | undefined, number>()
  const timeOf = (row: Row): number => row.at - (offsets.get(row.patient) ?? 0)
  const fetch = async (): Promise<readonly Row[]> => {
    const found = (await stores.newest(tenant, ids)).flatMap((row) => row ?? [])
    for (const row of found) {
      if (row.patient === undefined || offsets.has(row.patient)) continue
      offsets.set(row.patient, timeOffset((await stores.patientKeys.require(tenant, row.patient)).key))
    }
    return found.toSorted((a, b) => comparePlaces({ at: timeOf(a), id: a.id }, { at: timeOf(b), id: b.id }))
  }
  return {
    timeOf,
    async next(after, count) {
      const all = await (rows ??= fetch())
      const rest =
        after === undefined ? all : all.filter((row) => comparePlaces({ at: timeOf(row), id: row.id }, after) > 0)
      return rest.slice(0, count)
    },
  }
}

/** Newest first. */
function comparePlaces(a: Place, b: Place): number {
  if (a.at !== b.at) return b.at - a.at
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

interface Waiting {
  readonly source: Source
  rows: readonly Row[]
  at: number
  ended: boolean
}

const readAtOnce = 8

/** Several sources as one, in their common order; a record that two of them hold comes once. */
export async function* merged(
  sources: readonly Source[],
  after: Place | undefined,
  count: number,
): AsyncGenerator<Batch> {
  const [only, ...others] = sources
  if (only === undefined) return
  if (others.length === 0) {
    yield* single(only, after, count)
    return
  }
  const size = Math.max(10, Math.ceil((2 * count) / sources.length))
  const waiting: Waiting[] = sources.map((source) => ({ source, rows: [], at: 0, ended: false }))
  const fill = async (one: Waiting, from: Place | undefined): Promise<void> => {
    one.rows = await one.source.next(from, size)
    one.at = 0
    one.ended = one.rows.length < size
  }
  for (let at = 0; at < waiting.length; at += readAtOnce)
    await Promise.all(waiting.slice(at, at + readAtOnce).map((one) => fill(one, after)))
  const seen = new Set<string>()
  let candidates: Candidate[] = []
  for (let first = newestOf(waiting); first !== undefined; first = newestOf(waiting)) {
    const { one, row, place } = first
    one.at++
    if (one.at === one.rows.length && !one.ended) await fill(one, place)
    if (seen.has(row.id)) continue
    seen.add(row.id)
    candidates.push({ row, place })
    if (candidates.length < count) continue
    yield { candidates, after: place }
    candidates = []
  }
  yield { candidates, after: undefined }
}

function newestOf(waiting: readonly Waiting[]): (Candidate & { readonly one: Waiting }) | undefined {
  let best: (Candidate & { readonly one: Waiting }) | undefined
  for (const one of waiting) {
    const row = one.rows[one.at]
    if (row === undefined) continue
    const place = { at: one.source.timeOf(row), id: row.id }
    if (best === undefined || comparePlaces(place, best.place) < 0) best = { one, row, place }
  }
  return best
}

async function* single(source: Source, start: Place | undefined, count: number): AsyncGenerator<Batch> {
  for (let after = start; ;) {
    const rows = await source.next(after, count)
    const candidates = rows.map((row) => ({ row, place: { at: source.timeOf(row), id: row.id } }))
    after = rows.length < count ? undefined : candidates.at(-1)?.place
    yield { candidates, after }
    if (after === undefined) return
  }
}
