import { parseJson, type Resource } from '@chartkeep/model/fhir'
import { bucketOf, type Id, Refusal } from '#base'
import { homePatient, turnsOf } from '#records'
import type { Answers } from './answers.ts'
import { idOf } from './identity.ts'
import type { Admitted } from './item.ts'
import { describe, type ReasonCode } from './reasons.ts'
import type { Tally } from './report.ts'
import type { Settled } from './settled.ts'
import type { ImportStore } from './store.ts'

export interface ChunkParts {
  readonly store: ImportStore
  readonly answers: Answers
  readonly settled: Settled
  readonly tally: Tally
}

interface Waiting {
  readonly item: Admitted
  readonly resource: Resource
  id: Id<string> | undefined
  dangling: number
}

/** Brings these into the store, or says of each why not. Patients whom they need are stored, or never will be. */
export async function storeChunk(items: readonly Admitted[], parts: ChunkParts): Promise<void> {
  const absent = await skipPresent(items, parts)
  const known = await withKnownPatients(absent, items, parts)
  const conditions = known.flatMap(({ type, ifNoneExist }) =>
    ifNoneExist === undefined ? [] : turnsOf(type, ifNoneExist),
  )
  await parts.store.inTurn([...new Set(conditions)], () => storeKnown(known, parts))
}

async function storeKnown(known: readonly Admitted[], parts: ChunkParts): Promise<void> {
  const allowed = await withConditions(known, parts)
  const left = allowed.map((item) => ({ item, resource: resourceOf(item), id: item.id, dangling: item.dangling }))
  await parts.answers.putIn(left)
  const writing = left.flatMap((one) =>
    settleBelonging(one, parts) && one.id !== undefined ? [{ ...one, id: one.id }] : [],
  )
  const outcomes = await parts.store.write(writing)
  for (const [at, { item, dangling }] of writing.entries()) {
    const outcome = outcomes[at]
    if (outcome === 'written' || outcome === 'present') accept(item, outcome, dangling, parts)
    else if (outcome?.code === 'reference-unresolved') reject(item, 'patient-missing', parts)
    else parts.tally.reject(item.file, item.position, `${describe('not-stored')} ${outcome?.message ?? ''}`.trim())
  }
}

function resourceOf({ content }: Admitted): Resource {
  if ('resource' in content) return content.resource
  // oxlint-disable-next-line no-unsafe-type-assertion -- written by our other thread from a resource that it had judged
  return (content.exact ? parseJson(Buffer.from(content.json)) : JSON.parse(content.json)) as Resource
}

function accept(
  item: Admitted,
  outcome: 'written' | 'present',
  dangling: number,
  { settled, tally }: ChunkParts,
): void {
  tally.accept(outcome, outcome === 'written' ? dangling : 0)
  settled.add(item.record)
}

function reject({ file, position }: Admitted, reason: ReasonCode, { tally }: ChunkParts): void {
  tally.reject(file, position, describe(reason))
}

async function skipPresent(items: readonly Admitted[], parts: ChunkParts): Promise<Admitted[]> {
  const there = await parts.store.existing(
    items[0]?.type ?? 'Patient',
    items.flatMap(({ id }) => id ?? []),
  )
  return items.filter((item) => {
    const present = item.id !== undefined && there.has(item.id)
    if (present) accept(item, 'present', 0, parts)
    return !present
  })
}

/** A record about a patient who is not stored, and not among these, has no key to be sealed with. */
async function withKnownPatients(
  left: readonly Admitted[],
  all: readonly Admitted[],
  parts: ChunkParts,
): Promise<Admitted[]> {
  const here = new Set<string | undefined>(all.map(({ id }) => id))
  const doubtful = new Set(left.flatMap((item) => doubtIn(item, here, parts.settled) ?? []))
  if (doubtful.size === 0) return [...left]
  const there = await parts.store.existing('Patient', [...doubtful])
  return left.filter((item) => {
    const patient = doubtIn(item, here, parts.settled)
    const known = patient === undefined || there.has(patient)
    if (!known) reject(item, 'patient-missing', parts)
    return known
  })
}

/** The patient of whom it is not known that there is a record. */
function doubtIn(
  { belonging }: Admitted,
  here: ReadonlySet<string | undefined>,
  settled: Settled,
): Id<'patient'> | undefined {
  if (belonging === 'practice' || !('patient' in belonging) || here.has(belonging.patient)) return undefined
  return belonging.record !== undefined && settled.has(belonging.record) ? undefined : belonging.patient
}

/** Conditional creates (R4 http, 3.1.0.8.1): what the store has already under another id stands in for the record. */
async function withConditions(left: readonly Admitted[], parts: ChunkParts): Promise<Admitted[]> {
  const passing = await Promise.all(
    left.map(async (item) => ((await conditionLetsPass(item, parts)) ? item : undefined)),
  )
  return passing.filter((item) => item !== undefined)
}

async function conditionLetsPass(item: Admitted, parts: ChunkParts): Promise<boolean> {
  if (item.ifNoneExist === undefined) return true
  const matches = await parts.answers.matchesOf(item.type, item.ifNoneExist)
  const [id] = matches
  if (id === undefined) return true
  if (matches.length > 1) reject(item, 'several-match', parts)
  else if (item.type === 'Patient') reject(item, 'patient-known', parts)
  else {
    if (item.id !== undefined) parts.answers.standIn(`${item.type}/${item.id}`, `${item.type}/${id}`)
    accept(item, 'present', 0, parts)
  }
  return false
}

/** The store's own judgement of whose a record is decides: where ours was open, and in case it should differ. */
function settleBelonging(one: Waiting, parts: ChunkParts): boolean {
  const { belonging } = one.item
  const patient = patientIn(one.resource)
  let agreed: boolean
  if (belonging === 'practice') agreed = patient === undefined
  else if ('patient' in belonging) agreed = patient === belonging.patient
  else {
    agreed = patient !== undefined && patient !== 'nobody'
    if (patient !== undefined && patient !== 'nobody') one.id = idOf<string>(belonging, bucketOf(patient))
  }
  if (!agreed || one.id === undefined) reject(one.item, 'patient-unclear', parts)
  return agreed && one.id !== undefined
}

function patientIn(resource: Resource): Id<'patient'> | undefined | 'nobody' {
  try {
    return homePatient(resource)
  } catch (error) {
    if (error instanceof Refusal) return 'nobody'
    throw error
  }
}
