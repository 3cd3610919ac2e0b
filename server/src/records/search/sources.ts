import type { ResourceType } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import { compareInChart, walkChart } from '../chart.ts'
import type { HeldKey } from '../patient-keys.ts'
import { timeOffset } from '../tokens.ts'
import type { Batch, Candidate, Place } from './place.ts'
import type { Engine } from './engine.ts'

/** Rows of one place, newest first by clinical time without the patient's offset, then by id; each record once. */
export interface Source {
  /** In batches of so many, from after a place on. */
  from(after: Place | undefined, count: number): AsyncGenerator<Batch>
}

/** A patient's records of a type that hold one of each of these tokens. */
export function chartSource(
  { stores, tenant }: Engine,
  type: ResourceType,
  patient: Id<'patient'>,
  held: HeldKey,
  tokens: readonly (readonly Buffer[])[],
): Source {
  const offset = timeOffset(held.key, type)
  return {
    async *from(after, count) {
      const before = after === undefined ? {} : { before: { at: after.at + offset, id: after.id } }
      for await (const step of walkChart(stores, tenant, { patient, type, tokens, count, ...before }))
        yield {
          candidates: step.rows.map(({ row, place }) => ({ row, place: { at: place.at - offset, id: place.id } })),
          after: step.after === undefined ? undefined : { at: step.after.at - offset, id: step.after.id },
        }
    },
  }
}

/** Records by their ids, of whatever chart; they are few. */
export function idSource({ stores, tenant }: Engine, ids: readonly Id<string>[]): Source {
  return {
    async *from(after) {
      const candidates: Candidate[] = []
      for (const row of await stores.newest(tenant, ids)) {
        if (row === undefined) continue
        const offset =
          row.patient === undefined
            ? 0
            : timeOffset((await stores.patientKeys.require(tenant, row.patient)).key, row.type)
        const place = { at: row.at - offset, id: row.id }
        if (after === undefined || compareInChart(place, after) > 0) candidates.push({ row, place })
      }
      yield { candidates: candidates.toSorted((a, b) => compareInChart(a.place, b.place)), after: undefined }
    },
  }
}

interface Waiting {
  readonly batches: AsyncGenerator<Batch>
  candidates: readonly Candidate[]
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
    yield* only.from(after, count)
    return
  }
  const size = Math.max(10, Math.ceil((2 * count) / sources.length))
  const waiting: Waiting[] = sources.map((source) => ({ batches: source.from(after, size), candidates: [], at: 0, ended: false })) // oxfmt-ignore
  for (let at = 0; at < waiting.length; at += readAtOnce)
    await Promise.all(waiting.slice(at, at + readAtOnce).map(fill))
  const seen = new Set<string>()
  let candidates: Candidate[] = []
  for (let first = newestOf(waiting); first !== undefined; first = newestOf(waiting)) {
    const { one, candidate } = first
    one.at++
    if (one.at === one.candidates.length) await fill(one)
    if (seen.has(candidate.row.id)) continue
    seen.add(candidate.row.id)
    candidates.push(candidate)
    if (candidates.length < count) continue
    yield { candidates, after: candidate.place }
    candidates = []
  }
  yield { candidates, after: undefined }
}

/** The next batch that has something. */
async function fill(one: Waiting): Promise<void> {
  while (!one.ended) {
    const { value, done } = await one.batches.next()
    if (done === true) one.ended = true
    else if (value.candidates.length > 0) {
      one.candidates = value.candidates
      one.at = 0
      return
    }
  }
}

function newestOf(waiting: readonly Waiting[]): { readonly candidate: Candidate; readonly one: Waiting } | undefined {
  let best: { readonly candidate: Candidate; readonly one: Waiting } | undefined
  for (const one of waiting) {
    const candidate = one.candidates[one.at]
    if (candidate === undefined) continue
    if (best === undefined || compareInChart(candidate.place, best.candidate.place) < 0) best = { one, candidate }
  }
  return best
}
