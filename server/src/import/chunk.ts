import { readReference, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { bucketOf, type Id, Refusal } from '#base'
import { homePatient } from '#records'
import type { Candidate } from './candidate.ts'
import type { Home } from './home.ts'
import { describe, type ReasonCode } from './reasons.ts'
import type { Tally } from './report.ts'
import type { Resolver } from './resolver.ts'
import type { SourceIndex } from './source-index.ts'
import type { ImportStore } from './store.ts'

export interface ChunkParts {
  readonly store: ImportStore
  readonly index: SourceIndex
  readonly resolver: Resolver
  readonly tally: Tally
}

/** A candidate whose id is known, or becomes known once the store has said which patient a search means. */
interface Named {
  readonly candidate: Candidate
  id: Id<string> | undefined
}

/** Brings these into the store, or says of each why not. Patients whom they need are stored, or never will be. */
export async function storeChunk(candidates: readonly Candidate[], parts: ChunkParts): Promise<void> {
  const named = candidates.map((candidate) => ({ candidate, id: idOf(candidate, parts.index) }))
  let left = await skipPresent(named, parts)
  left = await withKnownPatients(left, named, parts)
  left = await withConditions(left, parts)
  await mapReferences(left, parts)
  left = left.filter((one) => settleBelonging(one, parts))
  const writing = left.flatMap(({ candidate, id }) =>
    id === undefined ? [] : [{ candidate, id, resource: candidate.resource }],
  )
  const outcomes = await parts.store.write(writing)
  for (const [at, { candidate }] of writing.entries()) {
    const outcome = outcomes[at]
    if (outcome === 'written' || outcome === 'present') accept(candidate, outcome, parts)
    else if (outcome?.code === 'reference-unresolved') reject(candidate, 'patient-missing', parts)
    else
      parts.tally.reject(
        candidate.path,
        candidate.position,
        `${describe('not-stored')} ${outcome?.message ?? ''}`.trim(),
      )
  }
}

function idOf({ record, belonging }: Candidate, index: SourceIndex): Id<string> | undefined {
  if (belonging === 'unclear') return undefined
  const bucket = typeof belonging === 'string' ? index.bucketOf(record) : belonging.bucket
  return bucket === undefined ? undefined : index.idOf(record, bucket)
}

function accept(candidate: Candidate, outcome: 'written' | 'present', { index, tally }: ChunkParts): void {
  tally.imported++
  if (outcome === 'present') tally.alreadyThere++
  else tally.dangling += candidate.dangling
  index.settle(candidate.record)
}

function reject({ path, position }: Candidate, reason: ReasonCode, { tally }: ChunkParts): void {
  tally.reject(path, position, describe(reason))
}

async function skipPresent(named: readonly Named[], parts: ChunkParts): Promise<Named[]> {
  const ids = named.flatMap(({ id }) => id ?? [])
  const there = await parts.store.existing(typeOfFirst(named), ids)
  return named.filter(({ candidate, id }) => {
    const present = id !== undefined && there.has(id)
    if (present) accept(candidate, 'present', parts)
    return !present
  })
}

/** A record about a patient who is not stored, and not among these, has no key to be sealed with. */
async function withKnownPatients(left: readonly Named[], all: readonly Named[], parts: ChunkParts): Promise<Named[]> {
  const here = new Set(all.map(({ id }) => id))
  const doubtful = new Set(
    left.flatMap(({ candidate }) => (isDoubtful(candidate.belonging, here, parts.index) ? candidate.belonging.id : [])),
  )
  if (doubtful.size === 0) return [...left]
  const there = await parts.store.existing('Patient', [...doubtful])
  return left.filter(({ candidate }) => {
    const { belonging } = candidate
    const known = typeof belonging === 'string' || !doubtful.has(belonging.id) || there.has(belonging.id)
    if (!known) reject(candidate, 'patient-missing', parts)
    return known
  })
}

function isDoubtful(
  belonging: Candidate['belonging'],
  here: ReadonlySet<Id<string> | undefined>,
  index: SourceIndex,
): belonging is Home {
  if (typeof belonging === 'string' || here.has(belonging.id)) return false
  return belonging.record === undefined || !index.isSettled(belonging.record)
}

/** Conditional creates (R4 http, 3.1.0.8.1): what the store has already under another id stands in for the record. */
async function withConditions(left: readonly Named[], parts: ChunkParts): Promise<Named[]> {
  const decided = await Promise.all(left.map(async (one) => ((await conditionLetsPass(one, parts)) ? one : undefined)))
  return decided.filter((one) => one !== undefined)
}

async function conditionLetsPass({ candidate }: Named, parts: ChunkParts): Promise<boolean> {
  if (candidate.ifNoneExist === undefined) return true
  const type = candidate.resource.resourceType
  const matches = await matchesOf(type, candidate.ifNoneExist, parts.store)
  const [id] = matches
  if (id === undefined) return true
  if (matches.length > 1) reject(candidate, 'several-match', parts)
  else if (type === 'Patient') reject(candidate, 'patient-known', parts)
  else {
    parts.resolver.standIn(candidate.record, id)
    accept(candidate, 'present', parts)
  }
  return false
}

/** A query that cannot be carried out matches nothing. */
async function matchesOf(type: ResourceType, query: string, store: ImportStore): Promise<Id<string>[]> {
  try {
    return await store.match(type, query)
  } catch (error) {
    if (error instanceof Refusal && error.status < 500) return []
    throw error
  }
}

/** Rewrites all; what only the store can answer is asked at once, and what it cannot answer becomes a logical reference. */
async function mapReferences(left: readonly Named[], { resolver, store }: ChunkParts): Promise<void> {
  const open = left.map(({ candidate }) => {
    const rewritten = resolver.rewrite(candidate.resource, homeOf(candidate))
    candidate.dangling = rewritten.dangling
    return { candidate, open: rewritten.open }
  })
  const asked = new Set(open.flatMap((one) => [...one.open]).filter((reference) => !resolver.isAnswered(reference)))
  await Promise.all([...asked].map(async (reference) => resolver.answer(reference, await answerTo(reference, store))))
  for (const { candidate, open: unanswered } of open) {
    if (unanswered.size > 0) candidate.dangling += resolver.settle(candidate.resource, unanswered)
  }
}

async function answerTo(reference: string, store: ImportStore): Promise<Id<string> | undefined> {
  const read = readReference(reference)
  if (read.kind !== 'condition') return undefined
  const ids = await matchesOf(read.type, read.query, store)
  return ids.length === 1 ? ids[0] : undefined
}

function homeOf({ belonging }: Candidate): Home | undefined {
  return typeof belonging === 'string' ? undefined : belonging
}

/** The store's own judgement of whose a record is decides: where ours was open, and in case it should differ. */
function settleBelonging(one: Named, parts: ChunkParts): boolean {
  const { candidate } = one
  const patient = patientIn(candidate.resource)
  const unclear = candidate.belonging === 'unclear'
  if (unclear && patient !== undefined && patient !== 'nobody')
    one.id = parts.index.idOf(candidate.record, bucketOf(patient))
  const agreed = unclear ? one.id !== undefined : patient === homeOf(candidate)?.id && one.id !== undefined
  if (!agreed) reject(candidate, 'patient-unclear', parts)
  return agreed
}

function patientIn(resource: Resource): Id<'patient'> | undefined | 'nobody' {
  try {
    return homePatient(resource)
  } catch (error) {
    if (error instanceof Refusal) return 'nobody'
    throw error
  }
}

function typeOfFirst(named: readonly Named[]): ResourceType {
  return named[0]?.candidate.resource.resourceType ?? 'Patient'
}
