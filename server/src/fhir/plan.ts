import { type Resource, rewriteReferences } from '@chartkeep/model/fhir'
import { bucketOf, type Clock, newId, Refusal } from '#base'
import { homePatient, type Records, type Write } from '#records'
import { type BundleEntry, invalid, parseTarget, type Target } from './bundle.ts'
import { deletedVersionIn, versionIn } from './interactions.ts'
import { ask, type Asking, refuseSigning } from './offered.ts'
import { asResource } from './resource-body.ts'

/** What one entry of a transaction comes to: a change, or something to be read when all changes are made. */
export type Planned =
  | { readonly kind: 'write'; readonly write: Write; readonly resource: Resource | undefined }
  | { readonly kind: 'look'; readonly target: Target }

/** An entry whose method and resource have been read. */
export interface ReadEntry {
  readonly entry: BundleEntry
  readonly resource: Resource | undefined
}

export interface Planning {
  readonly records: Records
  readonly clock: Clock
  readonly asking: Asking
  /** From an entry's fullUrl to the record that it becomes: filled as entries are planned. */
  readonly links: Map<string, string>
  /** From conditional references to the record that each leads to. */
  readonly conditional: ReadonlyMap<string, string>
}

const methods = new Set(['GET', 'POST', 'PUT', 'DELETE'])

/** The resources, read strictly. Throws 'transaction-invalid' and 'resource-invalid'. */
export function readEntries(entries: readonly BundleEntry[]): ReadEntry[] {
  const fullUrls = new Set<string>()
  return entries.map((entry) => {
    const { at, method, fullUrl } = entry
    if (!methods.has(method))
      throw invalid(`${at}.request.method`, 'Only GET, POST, PUT and DELETE are carried out here.')
    if (fullUrl !== undefined && fullUrls.has(fullUrl))
      throw invalid(`${at}.fullUrl`, 'Two entries have the same fullUrl.')
    if (fullUrl !== undefined) fullUrls.add(fullUrl)
    return { entry, resource: method === 'POST' || method === 'PUT' ? asResource(entry.resource) : undefined }
  })
}

/** Policy is asked of every entry, those that only read too: one refusal refuses the whole (S-23). */
export async function planEntry(planning: Planning, { entry, resource }: ReadEntry): Promise<Planned> {
  const target = parseTarget(entry)
  switch (entry.method) {
    case 'GET':
      return planLook(planning, target)
    case 'DELETE':
      return planDelete(planning, entry, target)
    case 'PUT':
      return planUpdate(planning, entry, target, resource)
    default:
      return planCreate(planning, entry, target, resource)
  }
}

function planLook({ asking }: Planning, target: Target): Planned {
  const interaction = target.kind === 'type' ? 'search' : target.kind === 'record' ? 'read' : 'history'
  ask(asking, interaction, target.type)
  return { kind: 'look', target }
}

function planDelete({ asking }: Planning, { at, conditions }: BundleEntry, target: Target): Planned {
  if (target.kind !== 'record') throw invalid(`${at}.request.url`, 'A delete names one record.')
  const { type, id } = target
  const grant = ask(asking, 'delete', type)
  const write = { kind: 'delete', grant, type, id, ...deletedVersionIn(conditions.ifMatch, type) } as const
  return { kind: 'write', write, resource: undefined }
}

function planUpdate(
  { asking, links }: Planning,
  { at, conditions, fullUrl }: BundleEntry,
  target: Target,
  resource: Resource | undefined,
): Planned {
  if (target.kind !== 'record' || resource?.id !== target.id)
    throw invalid(`${at}.request.url`, 'An update names the record, and the resource has the same id.')
  const { type, id } = target
  requireType(resource, type, at)
  const grant = ask(asking, 'update', type)
  refuseSigning(asking, resource)
  if (fullUrl !== undefined) links.set(fullUrl, `${type}/${id}`)
  const write = { kind: 'update', grant, resource, id, ...versionIn(conditions.ifMatch, type) } as const
  return { kind: 'write', write, resource }
}

async function planCreate(
  { records, clock, asking, links, conditional }: Planning,
  { at, conditions, fullUrl }: BundleEntry,
  target: Target,
  resource: Resource | undefined,
): Promise<Planned> {
  if (target.kind !== 'type' || target.query !== '' || resource === undefined)
    throw invalid(`${at}.request.url`, 'A create names a type.')
  const { type } = target
  requireType(resource, type, at)
  const grant = ask(asking, 'create', type)
  refuseSigning(asking, resource)
  if (conditions.ifNoneExist !== undefined) {
    const search = ask(asking, 'search', type)
    const read = ask(asking, 'read', type)
    const [id, ...others] = await records.match(search, conditions.ifNoneExist, asking.request)
    if (others.length > 0) throw new Refusal('match-ambiguous')
    if (id !== undefined) {
      if (fullUrl !== undefined) links.set(fullUrl, `${type}/${id}`)
      return { kind: 'look', target: { kind: 'record', type: read.question.type, id } }
    }
  }
  // What is known by now (patients came first) tells whose the record is, and so its bucket.
  rewriteReferences(resource, (reference) => links.get(reference) ?? conditional.get(reference))
  const patient = homePatient(resource)
  const id = newId<string>(clock.now(), patient === undefined ? undefined : bucketOf(patient))
  if (fullUrl !== undefined) links.set(fullUrl, `${type}/${id}`)
  return { kind: 'write', write: { kind: 'create', grant, resource, id }, resource }
}

function requireType({ resourceType }: Resource, type: string, at: string): void {
  if (resourceType !== type) throw invalid(`${at}.resource`, 'The resource is not of the type that the url names.')
}
