import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import { bucketOf, type Clock, type Id, newId, Refusal } from '#base'
import { homePatient, type Matched, type Records, type Write } from '#records'
import { type BundleEntry, invalid, parseTarget, type Target } from './bundle.ts'
import { requireIdOf } from './changes.ts'
import { readCondition } from './conditions.ts'
import { linkKnown, type Links } from './links.ts'
import { ask, type Asking } from './offered.ts'
import { ownAddresses } from './own-address.ts'
import { applying } from './patch/read-patch.ts'
import type { ReadEntry } from './read-entries.ts'
import { type MadeAgainst, versionIn, versionMatched, versionToDelete } from './versions.ts'

/** What one entry of a transaction comes to: a change, something to be read when all changes are made, or nothing to do. */
export type Planned =
  | {
      readonly kind: 'write'
      readonly write: Write
      /** What is written, while some of its references still wait for the ids of other entries. */
      readonly unlinked: Resource | undefined
    }
  | { readonly kind: 'look'; readonly target: Target }
  | { readonly kind: 'nothing' }

export interface Planning {
  readonly records: Records
  readonly clock: Clock
  readonly asking: Asking
  readonly links: Links
  /** The service's own address. */
  readonly base: string
  /** The records that entries change or delete: none of them by two. */
  readonly touched: Set<string>
  /** Those that are deleted: no condition is met by them any more. */
  readonly deleted: Set<string>
}

type TypeTarget = Extract<Target, { kind: 'type' }>

/** Policy is asked of every entry, those that only read too: one refusal refuses the whole (S-23). */
export async function planEntry(planning: Planning, read: ReadEntry): Promise<Planned> {
  const { entry, resource } = read
  const target = parseTarget(entry)
  switch (entry.method) {
    case 'GET':
      return planLook(planning, target)
    case 'DELETE':
      return planDelete(planning, entry, target)
    case 'PUT':
      return planUpdate(planning, entry, target, resource)
    case 'PATCH':
      return planPatch(planning, read, target)
    default:
      return planCreate(planning, entry, target, resource)
  }
}

function planLook({ asking }: Planning, target: Target): Planned {
  const interaction = target.kind === 'type' ? 'search' : target.kind === 'record' ? 'read' : 'history'
  ask(asking, interaction, target.type)
  return { kind: 'look', target }
}

async function planDelete(planning: Planning, { at, conditions }: BundleEntry, target: Target): Promise<Planned> {
  const { type } = target
  const grant = ask(planning.asking, 'delete', type)
  const named = await namedBy(planning, at, target)
  if (named === undefined) return { kind: 'nothing' }
  touch(planning, at, type, named.id)
  planning.deleted.add(named.id)
  const against = { id: named.id, ...versionOf(planning.asking, named, conditions.ifMatch, type, versionToDelete) }
  return { kind: 'write', write: { kind: 'delete', grant, type, ...against }, unlinked: undefined }
}

async function planPatch(planning: Planning, { entry, patch }: ReadEntry, target: Target): Promise<Planned> {
  const { at, conditions } = entry
  const { type } = target
  const grant = ask(planning.asking, 'update', type)
  const read = ask(planning.asking, 'read', type)
  const named = await namedBy(planning, at, target)
  if (named === undefined || patch === undefined) throw new Refusal('not-found')
  touch(planning, at, type, named.id)
  const against: Against = { id: named.id, ...versionOf(planning.asking, named, conditions.ifMatch, type, versionIn) }
  planning.links.add(entry, { type, id: named.id, version: versionAfter(against) })
  const apply = applying({ type, own: ownAddresses(planning.base, planning.asking) }, patch)
  return { kind: 'write', write: { kind: 'patch', grant, read, type, ...against, apply }, unlinked: undefined }
}

async function planUpdate(
  planning: Planning,
  entry: BundleEntry,
  target: Target,
  resource: Resource | undefined,
): Promise<Planned> {
  const { asking, links } = planning
  const { at, conditions } = entry
  const { type } = target
  if (resource === undefined) throw invalid(`${at}.resource`, 'An update has a resource.')
  requireType(resource, type, at)
  const grant = ask(asking, 'update', type)
  const named = await namedBy(planning, at, target)
  if (target.kind === 'type') requireIdOf(resource, named?.id)
  else if (resource.id !== named?.id)
    throw invalid(`${at}.request.url`, 'An update names the record, and the resource has the same id.')
  if (named === undefined) return makeNew(planning, entry, resource)
  touch(planning, at, type, named.id)
  resource.id = named.id
  const against: Against = { id: named.id, ...versionOf(planning.asking, named, conditions.ifMatch, type, versionIn) }
  links.add(entry, { type, id: named.id, version: versionAfter(against) })
  return { kind: 'write', write: { kind: 'update', grant, resource, ...against }, unlinked: resource }
}

async function planCreate(
  planning: Planning,
  entry: BundleEntry,
  target: Target,
  resource: Resource | undefined,
): Promise<Planned> {
  const { asking, links } = planning
  const { at, conditions } = entry
  if (target.kind !== 'type' || target.query !== '' || resource === undefined)
    throw invalid(`${at}.request.url`, 'A create names a type.')
  const { type } = target
  requireType(resource, type, at)
  ask(asking, 'create', type)
  if (conditions.ifNoneExist === undefined) return makeNew(planning, entry, resource)
  ask(asking, 'read', type)
  const matched = await matching(planning, type, conditions.ifNoneExist)
  if (matched === undefined) return makeNew(planning, entry, resource)
  links.add(entry, { type, ...matched })
  return { kind: 'look', target: { kind: 'record', type, id: matched.id, query: '' } }
}

function makeNew({ asking, clock, links }: Planning, entry: BundleEntry, resource: Resource): Planned {
  const type = resource.resourceType
  const grant = ask(asking, 'create', type)
  // What is known by now (patients came first) tells whose the record is, and so its bucket.
  const linked = linkKnown(resource, links, entry)
  const patient = linked ? homePatient(resource) : homeIfKnown(resource)
  const id = newId<string>(clock.now(), patient === undefined ? undefined : bucketOf(patient))
  links.add(entry, { type, id, version: 1 })
  return { kind: 'write', write: { kind: 'create', grant, resource, id }, unlinked: linked ? undefined : resource }
}

/** While something leads nowhere yet, it is not known to be astray: the store judges it when all is linked. */
function homeIfKnown(resource: Resource): Id<'patient'> | undefined {
  try {
    return homePatient(resource)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

type Against = MadeAgainst & { readonly id: Id<string> }

function versionAfter({ ifMatch }: Against): number | undefined {
  const [version, ...others] = ifMatch === undefined || ifMatch === '*' ? [] : [ifMatch].flat()
  return version === undefined || others.length > 0 ? undefined : version + 1
}

/** The record that a change is of; undefined when nothing meets the condition. */
async function namedBy(
  planning: Planning,
  at: string,
  target: Target,
): Promise<{ id: Id<string>; version?: number } | undefined> {
  if (target.kind === 'record') return { id: target.id }
  if (target.kind !== 'type') throw invalid(`${at}.request.url`, 'A change names a record, or a condition.')
  return matching(planning, target.type, target.query)
}

async function matching(
  { records, asking, base, deleted }: Planning,
  type: TypeTarget['type'],
  query: string,
): Promise<Matched | undefined> {
  const condition = readCondition(query, type, ownAddresses(base, asking))
  const [matched, ...others] = await records.match(ask(asking, 'search', type), condition, asking.request)
  if (others.length > 0) throw new Refusal('match-ambiguous')
  return matched === undefined || deleted.has(matched.id) ? undefined : matched
}

/** Of a record that a condition found, its version then; of one that is named, what the caller says. */
function versionOf(
  asking: Asking,
  { id, version }: { id: Id<string>; version?: number },
  ifMatch: string | undefined,
  type: ResourceType,
  byId: typeof versionIn,
): MadeAgainst {
  return version === undefined ? byId(asking, ifMatch, type) : versionMatched({ id, version }, ifMatch)
}

/** R4 http, 3.1.0.11.2: no two entries change the same record. */
function touch({ touched }: Planning, at: string, type: string, id: string): void {
  const name = `${type}/${id}`
  if (touched.has(name)) throw invalid(`${at}.request.url`, 'Another entry changes the same record.')
  touched.add(name)
}

function requireType({ resourceType }: Resource, type: string, at: string): void {
  if (resourceType !== type) throw invalid(`${at}.resource`, 'The resource is not of the type that the url names.')
}
