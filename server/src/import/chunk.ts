import type { Resource } from '@chartkeep/model/fhir'
import { bucketOf, type Id, Refusal } from '#base'
import { type Stored, turnsOf } from '#records'
import type { Answers } from './answers.ts'
import { patientIn, resourceOf } from './content.ts'
import { idOf } from './identity.ts'
import type { Admitted } from './item.ts'
import { type Judged, judgeChanges } from './judge-changes.ts'
import { describe, keptHere, type ReasonCode } from './reasons.ts'
import type { RefusedPatients } from './refused-patients.ts'
import type { Tally } from './report.ts'
import type { Settled } from './settled.ts'
import type { ImportStore, Outcome } from './store.ts'

export interface ChunkParts {
  readonly store: ImportStore
  readonly answers: Answers
  readonly settled: Settled
  readonly refused: RefusedPatients
  readonly tally: Tally
}

/** A record with its references as they are here. */
interface Waiting {
  readonly item: Admitted
  readonly resource: Resource
  id: Id<string> | undefined
  dangling: number
}

/** Brings these into the store, or says of each why not. Patients whom they need are stored, or never will be. */
export async function storeChunk(items: readonly Admitted[], parts: ChunkParts): Promise<void> {
  const there = await storedOf(items, parts)
  const isThere = ({ id }: Admitted): boolean => id !== undefined && there.has(id)
  const met = items.filter(isThere)
  const known = await withKnownPatients(
    items.filter((item) => !isThere(item)),
    items,
    parts,
  )
  const conditions = known.flatMap(({ type, condition }) =>
    condition === undefined ? [] : turnsOf(type, condition.query),
  )
  await parts.store.inTurn([...new Set(conditions)], async () => {
    const allowed = await withConditions(known, parts)
    await storeKnown([...met.filter((item) => !isOnlyAdded(item, there, parts)), ...allowed], there, parts)
  })
}

async function storeKnown(
  items: readonly Admitted[],
  there: ReadonlyMap<string, Stored>,
  parts: ChunkParts,
): Promise<void> {
  const left: Waiting[] = items.map((item) => ({
    ...{ item, resource: resourceOf(item), id: item.id, dangling: item.dangling },
  }))
  await parts.answers.putIn(left)
  const writing = left.flatMap((one) =>
    settleBelonging(one, parts) && one.id !== undefined ? [{ ...one, id: one.id }] : [],
  )
  const late = await storedOf(
    writing.flatMap(({ item, id }) => (item.id === undefined ? [{ ...item, id }] : [])),
    parts,
  )
  const { changes, settled } = await judgeChanges(writing, new Map([...there, ...late]), parts.store)
  for (const [one, outcome] of settled) settle(one, outcome, parts)
  const taken = changes.filter(({ item }) => !isRefused(item, parts))
  for (const { item } of changes) if (isRefused(item, parts)) reject(item, 'patient-missing', parts)
  const outcomes = await parts.store.write(taken)
  const done = taken.map((one, at) => ({ one, outcome: outcomes[at] ?? new Refusal('internal') }))
  // Patients first: where one is refused, its chart says so.
  for (const { one, outcome } of done.toSorted((a, b) => rankOf(a.one.item) - rankOf(b.one.item)))
    settle(one, outcome, parts)
}

const rankOf = ({ type }: Admitted): number => (type === 'Patient' ? 0 : 1)

type Done = Judged | Outcome

function settle(
  { item, dangling, before }: Pick<Waiting, 'item' | 'dangling'> & { readonly before: number },
  outcome: Done,
  parts: ChunkParts,
): void {
  if (outcome === 'written') accept(item, before === 0 ? 'added' : 'updated', dangling, parts)
  else if (outcome === 'present' || outcome === 'unchanged') accept(item, 'unchanged', 0, parts)
  else reject(item, typeof outcome === 'string' ? outcome : codeOf(outcome, before), parts, outcome)
}

function codeOf({ code }: Refusal, before: number): ReasonCode {
  if (code === 'reference-unresolved') return 'patient-missing'
  if (code === 'record-signed') return 'signed-here'
  return code === 'version-conflict' && before > 0 ? 'changed-here' : 'not-stored'
}

function accept(
  item: Admitted,
  outcome: Parameters<Tally['accept']>[0],
  dangling: number,
  { settled, tally }: ChunkParts,
): void {
  tally.accept(outcome, item, dangling)
  settled.add(item.record)
}

function reject(item: Admitted, code: ReasonCode, parts: ChunkParts, refusal?: unknown): void {
  const { file, position, type, record, belonging } = item
  const patient = belonging === 'practice' || !('patient' in belonging) ? undefined : belonging.record
  const because = code === 'patient-missing' && patient !== undefined ? parts.refused.find(patient) : undefined
  const reason = because === undefined ? code : 'patient-refused'
  const said = reason === 'not-stored' && refusal instanceof Refusal ? ` ${refusal.message}` : ''
  parts.tally.reject({ file, position, code: reason, reason: `${describe(reason)}${said}`, because })
  if (keptHere.has(code)) parts.settled.add(record)
  else if (type === 'Patient') parts.refused.add(record, { file, position })
}

async function storedOf(items: readonly Admitted[], { store }: ChunkParts): Promise<ReadonlyMap<string, Stored>> {
  return store.stored(
    new Set(items.map(({ type }) => type)),
    items.flatMap(({ id }) => id ?? []),
  )
}

/** Of a record that was only to be added when there was none: the one that is here stands (R4 http, 3.1.0.8.1). */
function isOnlyAdded(item: Admitted, there: ReadonlyMap<string, Stored>, parts: ChunkParts): boolean {
  const { belonging, condition, id } = item
  const moved = belonging !== 'practice' && 'patient' in belonging && there.get(id ?? '')?.patient !== belonging.patient
  const stands = condition?.kind === 'create' && !moved
  if (stands) accept(item, 'unchanged', 0, parts)
  return stands
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
    const known = patient === undefined || (there.has(patient) && !isRefused(item, parts))
    if (!known) reject(item, 'patient-missing', parts)
    return known
  })
}

function isRefused({ belonging }: Admitted, { refused }: ChunkParts): boolean {
  if (belonging === 'practice' || !('patient' in belonging) || belonging.record === undefined) return false
  return refused.find(belonging.record) !== undefined
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

/** Records on a condition that nothing met when the import began: somebody may have made one since. */
async function withConditions(left: readonly Admitted[], parts: ChunkParts): Promise<Admitted[]> {
  const passing = await Promise.all(
    left.map(async (item) => ((await conditionLetsPass(item, parts)) ? item : undefined)),
  )
  return passing.filter((item) => item !== undefined)
}

async function conditionLetsPass(item: Admitted, parts: ChunkParts): Promise<boolean> {
  if (item.condition === undefined || item.pinned) return true
  const matches = await parts.answers.matchesOf(item.type, item.condition.query)
  const [id] = matches
  if (id === undefined) return true
  if (matches.length > 1) reject(item, 'several-match', parts)
  else if (item.type === 'Patient' || item.condition.kind === 'update') reject(item, 'match-appeared', parts)
  else {
    if (item.id !== undefined) parts.answers.standIn(`${item.type}/${item.id}`, `${item.type}/${id}`)
    accept(item, 'unchanged', 0, parts)
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
    if (patient !== undefined && patient !== 'nobody') one.id ??= idOf<string>(belonging, bucketOf(patient))
  }
  if (!agreed || one.id === undefined) reject(one.item, 'patient-unclear', parts)
  return agreed && one.id !== undefined
}
