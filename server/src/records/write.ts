import { isSigned, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { bucketOf, type Clock, type Id, newId, parseId, Refusal } from '#base'
import type { Held } from '#db'
import type { Grant } from '#policy'
import type { Changes } from './changes.ts'
import type { Committer, PreparedWrite } from './commit.ts'
import { homePatient, otherSubjects, patientAbsent, requireSamePatient } from './home-patient.ts'
import { lookupsOf } from './index-tokens.ts'
import type { HeldKey, NewKey, PatientKeys } from './patient-keys.ts'
import type { Patients } from './patients.ts'
import { asChange } from './patch.ts'
import { type IfMatch, requireMatch } from './if-match.ts'
import { reliedOn } from './reliance.ts'
import { requireWhole } from './whole.ts'
import { type IndexKeys, type Prepared, prepare, prepareTombstone, type Unsealed } from './prepare.ts'
import { parseExactly, parseStored, type Stored, withhold } from './visible.ts'
import { openRowWith, type Row } from './row.ts'
import type { Sealer } from './sealing/sealer.ts'
import { patientsOfContexts } from './security-context.ts'
import { asSigned, type Hand, handFor, type HandOf, requireOwnHand } from './signing.ts'
import { type Stamped, stamped, type StampStores } from './stamped.ts'
import type { Piece } from './sealing/piece.ts'
import { unitOf } from './unit.ts'

/** One change asked for, with policy's yes to it. */
export type Write = Change | Patch

export type Change =
  | {
      readonly kind: 'create'
      /** Under a grant to sign it is signed by whom its `authenticator` names. */
      readonly grant: Grant<'create'> | Grant<'sign'>
      readonly resource: Resource
      readonly id?: Id<string>
      readonly note?: Note
    }
  | {
      readonly kind: 'update'
      readonly grant: Grant<'update'>
      readonly resource: Resource
      readonly id: Id<string>
      readonly ifMatch?: IfMatch
      readonly blindly?: string
      readonly note?: Note
    }
  | {
      readonly kind: 'delete'
      readonly grant: Grant<'delete'>
      readonly type: ResourceType
      readonly id: Id<string>
      readonly ifMatch?: IfMatch
      readonly blindly?: string
    }

/**
 * Kept sealed in the entry, beside the version: the time of the state of another system that it was made of (Unix ms), what
 * was left out of that, and what is doubtful about its codes.
 */
export type Note =
  | number
  | { readonly updated?: number; readonly leftOut?: readonly unknown[]; readonly doubtful?: readonly unknown[] }

export interface Patch {
  readonly kind: 'patch'
  readonly grant: Grant<'update'>
  /** What it does not show is not there to be patched, tested or answered with. */
  readonly read: Grant<'read'>
  readonly type: ResourceType
  readonly id: Id<string>
  readonly ifMatch?: IfMatch
  /** Why no version is named where others must: the entry says so. */
  readonly blindly?: string
  /** The resource as it is to be, from what the grant shows of it as it is. Throws a Refusal to leave it alone. */
  apply(resource: Resource): Promise<Resource>
  /** Of the resource as it is to be. */
  noteOn?(resource: Resource): Note | undefined
}

type Asked = readonly [Write, ...Write[]]

export interface WriteStores extends StampStores {
  readonly patientKeys: PatientKeys
  readonly indexKeys: IndexKeys
  readonly committer: Committer
  readonly changes: Changes
  /** Knows of a write before it is answered: a writer finds what they wrote. */
  readonly patients: Pick<Patients, 'written'>
  readonly clock: Clock
  readonly handOf: HandOf
  readonly sealer: Pick<Sealer, 'seal'>
  newest(tenant: number, ids: readonly Id<string>[]): Promise<(Row | undefined)[]>
}

/**
 * Carries out all of these or none, with one entry for all. Patients come before what is theirs, whatever the order
 * sent. Throws 'version-conflict', 'not-found', 'update-creates-nothing', 'patient-changed', 'record-signed',
 * 'resource-subsetted', 'reference-unresolved', 'chart-stands'; of one of several, the refusal says which.
 */
export async function write(stores: WriteStores, asked: Asked, request: string, held?: Held): Promise<Stored[]> {
  return stamped(stores, held, (stamp) => writeAt(stores, asked, request, stamp))
}

async function writeAt(stores: WriteStores, asked: Asked, request: string, { now, held }: Stamped): Promise<Stored[]> {
  const { tenant } = asked[0].grant.question.actor
  const current = await currentRows(stores, tenant, asked)
  const writes = await changesOf(stores, asked, current)
  const hand = await handFor(stores.handOf, writes)
  const fresh = new Map<string, NewKey>()
  const named = writes.map((one, index) => ofPart(index, () => name(one, current[index], now)))
  for (const { type, id, version } of named)
    if (type === 'Patient' && version === 1) fresh.set(id, stores.patientKeys.make(tenant, id))
  const owners = named.map(({ patient }) => patient)
  const unknown = [...new Set(owners)].filter((owner) => owner === undefined || !fresh.has(owner))
  const found = new Map((await stores.patientKeys.find(tenant, unknown)).map((held, index) => [unknown[index], held]))
  const unsealed: UnsealedWrite[] = []
  for (const [index, one] of writes.entries()) {
    const target = named[index]
    if (target === undefined || target.unchanged) continue
    const held = (target.patient === undefined ? undefined : fresh.get(target.patient)) ?? found.get(target.patient)
    // The patient that the record names is not here: it would have no key.
    if (held === undefined) throw patientAbsent(one, target.patient).of(index)
    const context = { tenant, now, before: current[index], hand, part: index }
    unsealed.push(ofPart(index, () => prepareOne(stores, one, target, held, context)))
  }
  const prepared = await sealAll(stores.sealer, unsealed)
  const rows = prepared.map(({ row }) => row)
  const documents = rows.flatMap(({ type, deleted, json }) => (type === 'Binary' && !deleted ? parseStored(json) : []))
  const about = await patientsOfContexts(stores, tenant, documents, rows)
  if (prepared.length > 0)
    await stores.committer.commit({
      ...unitOf(stores.clock, writes, prepared, [...fresh.values()], { request, about }),
      held,
    })
  for (const key of fresh.values()) stores.patientKeys.keep(tenant, key)
  stores.patients.written(rows)
  announce(stores.changes, writes[0].grant.question.actor.id, prepared)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return named.map(({ type, id, version, patient, updated }, index) => {
    const row = byId.get(id)
    if (row === undefined) return { type, id, version, patient, updated, deleted: true, json: Buffer.alloc(0) }
    // What the writer cannot see was kept as it is, and is not shown by the way.
    const grant = writes[index]?.grant
    return grant?.view === undefined ? row : { ...row, json: withhold(row.json, grant) }
  })
}

export type Changing = readonly [Change, ...Change[]]

async function changesOf(
  { patientKeys }: WriteStores,
  asked: Asked,
  current: readonly (Row | undefined)[],
): Promise<Changing> {
  if (hasNoPatch(asked)) return asked
  const [first, ...rest] = await Promise.all(
    asked.map(async (one, index) =>
      one.kind === 'patch'
        ? asChange(patientKeys, one, current[index]).catch((error: unknown) => throwOf(index, error))
        : one,
    ),
  )
  return first === undefined ? noAnswer() : ([first, ...rest] satisfies Changing)
}

function noAnswer(): never {
  throw new Error('each write is a change')
}

function hasNoPatch(writes: Asked): writes is Changing {
  return writes.every(({ kind }) => kind !== 'patch')
}

/** Has a refusal say which of several changes it is of. */
function ofPart<T>(part: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    return throwOf(part, error)
  }
}

function throwOf(part: number, error: unknown): never {
  throw error instanceof Refusal ? error.of(part) : error
}

async function currentRows(
  stores: WriteStores,
  tenant: number,
  writes: readonly Write[],
): Promise<(Row | undefined)[]> {
  const ids = writes.flatMap((one) => (one.kind === 'create' ? [] : [one.id]))
  if (ids.length === 0) return []
  if (new Set(ids).size < ids.length) throw new Refusal('transaction-invalid')
  const rows = new Map(
    (await stores.newest(tenant, ids)).flatMap((row) => (row === undefined ? [] : [[row.id, row] as const])),
  )
  return writes.map((one) => (one.kind === 'create' ? undefined : rows.get(one.id)))
}

interface UnsealedWrite extends Piece, Omit<PreparedWrite, 'row'> {
  readonly row: Unsealed
}

interface Target {
  readonly type: ResourceType
  readonly id: Id<string>
  readonly version: number
  readonly patient: Id<'patient'> | undefined
  readonly updated: number
  /** Deleted already: nothing to write. */
  readonly unchanged: boolean
}

function name(one: Change, row: Row | undefined, now: number): Target {
  const type = one.kind === 'delete' ? one.type : one.resource.resourceType
  if (type !== one.grant.question.type) throw new Error('the grant is for another type')
  if (one.kind === 'create') {
    const patient = homePatient(one.resource)
    const id = one.id ?? newId(now, patient === undefined ? undefined : bucketOf(patient))
    return {
      type,
      id,
      version: 1,
      patient: type === 'Patient' ? parseId<'patient'>(id) : patient,
      updated: now,
      unchanged: false,
    }
  }
  if (row === undefined || row.type !== type)
    throw new Refusal(one.kind === 'update' ? 'update-creates-nothing' : 'not-found')
  requireMatch(one.ifMatch, row)
  const unchanged = one.kind === 'delete' && row.deleted
  if (one.kind === 'update') requireSamePatient(one.resource, row.patient)
  return {
    type,
    id: row.id,
    version: unchanged ? row.version : row.version + 1,
    patient: row.patient,
    updated: unchanged ? row.updated : now,
    unchanged,
  }
}

interface PreparingContext {
  readonly tenant: number
  readonly now: number
  readonly before: Row | undefined
  readonly hand: Hand | undefined
  readonly part: number
}

function prepareOne(
  { indexKeys }: WriteStores,
  one: Change,
  { type, id, version, patient }: Target,
  held: HeldKey,
  { tenant, now, before, hand, part }: PreparingContext,
): UnsealedWrite {
  const naming = { tenant, id, version, patient, now, held, indexKeys }
  const key = held.key.body
  if (one.kind !== 'delete') requireWhole(one.resource)
  // An import brings records in an order of its own.
  const subjects = one.kind === 'delete' || one.grant.question.actor.kind === 'job' ? [] : otherSubjects(one.resource)
  if (before === undefined || before.deleted) {
    requireOwnHand(one, undefined, hand)
    const resource = asSigned(one, resourceOf(one), now)
    const reliesOn = reliedOn(resource, undefined, patient)
    return { key, row: prepare(resource, naming), oldLookups: [], part, reliesOn, subjects }
  }
  const text = openRowWith(held, before)
  const old = parseStored(text)
  if (isSigned(old)) throw new Refusal('record-signed')
  requireOwnHand(one, old, hand)
  const oldLookups = lookupsOf(old, tenant, indexKeys, before.patient)
  if (one.kind === 'delete')
    return { key, row: prepareTombstone(type, naming, before.at), oldLookups, part, reliesOn: [], subjects }
  const resource = one.grant.view?.keep(one.resource, parseExactly(text)) ?? one.resource
  return { key, row: prepare(resource, naming), oldLookups, part, reliesOn: reliedOn(resource, old, patient), subjects }
}

async function sealAll({ seal }: Pick<Sealer, 'seal'>, unsealed: readonly UnsealedWrite[]): Promise<PreparedWrite[]> {
  const sealed = await seal(unsealed)
  return unsealed.map((write, index) => {
    const { row } = write
    const body = sealed[index]
    if (body === undefined) throw new Error('each row is sealed')
    return { ...write, row: { ...row, ...body, json: row.body } }
  })
}

function resourceOf(one: Change): Resource {
  if (one.kind === 'delete') throw new Error('a delete has no resource')
  return one.resource
}

function announce(changes: Changes, by: string, prepared: readonly { row: Prepared }[]): void {
  changes.announce(prepared.map(({ row: { tenant, type, id, patient } }) => ({ tenant, type, id, patient, by })))
}
