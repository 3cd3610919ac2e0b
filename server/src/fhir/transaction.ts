import { readReference, referencesIn, type Resource, rewriteReferences } from '@chartkeep/model/fhir'
import { bucketOf, type Clock, newId, Refusal } from '#base'
import type { Answer } from '#http'
import { homePatient, type Records, type Write, type Written } from '#records'
import { etagOf, fhirJson } from './answers.ts'
import { grantFor } from './asking.ts'
import { answerEntry, interact } from './batch.ts'
import { type BundleEntry, invalid, missing, type ParsedBundle, parseTarget } from './bundle.ts'
import { type BundleParts, bundleText, responseEntry } from './bundle-text.ts'
import { type Asking, type Interactions, versionIn } from './interactions.ts'
import { asResource } from './resource-body.ts'

interface TransactionParts {
  readonly records: Records
  readonly interactions: Interactions
  readonly base: string
  readonly clock: Clock
  readonly asking: Asking
}

/** One write of a transaction with the entry it came from; `existing` when a conditional create found its record. */
interface Planned {
  readonly entry: BundleEntry
  readonly resource: Resource | undefined
  readonly write: Write | undefined
  readonly existing: string | undefined
}

/**
 * All or nothing (R4 http, 3.1.0.11). Ids are given first, then references to the entries' fullUrls and conditional
 * references are replaced, then everything is written in one transaction of the database, then the reads are answered.
 */
export async function carryOutTransaction(
  { records, interactions, base, clock, asking }: TransactionParts,
  bundle: ParsedBundle,
): Promise<Answer> {
  const links = new Map<string, string>()
  const entries = bundle.entries.map((entry, index) => ({
    entry,
    at: `Bundle.entry[${index}]`,
    resource: resourceOf(entry),
  }))
  for (const { entry, at } of entries) {
    if (!['GET', 'POST', 'PUT', 'DELETE'].includes(entry.method))
      throw invalid(`${at}.request.method`, 'Only GET, POST, PUT and DELETE are carried out here.')
    if (entry.fullUrl !== undefined && links.has(entry.fullUrl))
      throw invalid(`${at}.fullUrl`, 'Two entries have the same fullUrl.')
    if (entry.fullUrl !== undefined) links.set(entry.fullUrl, '')
  }
  links.clear()
  const conditional = await resolveConditional(
    records,
    asking,
    entries.flatMap(({ resource }) => resource ?? []),
  )
  const planned: Planned[] = []
  // Patients first: what is theirs takes its bucket from their id.
  const ordered = entries.toSorted(
    (a, b) => Number(b.resource?.resourceType === 'Patient') - Number(a.resource?.resourceType === 'Patient'),
  )
  for (const { entry, at, resource } of ordered)
    planned.push(await plan(records, clock, asking, { entry, at, resource, links, conditional }))
  for (const { resource } of planned) if (resource !== undefined) resolveLinks(resource, links, conditional)
  const writes = planned.flatMap(({ write }) => write ?? [])
  const [first, ...rest] = writes
  const written = first === undefined ? [] : await records.write([first, ...rest], asking.request)
  const byWrite = new Map<Write, Written>(writes.map((write, index) => [write, written[index] ?? missing()]))
  const answers: BundleParts['entries'][number][] = []
  for (const entry of bundle.entries) {
    const one = planned.find((plan) => plan.entry === entry) ?? missing()
    answers.push(
      one.write === undefined
        ? await answerRead(interactions, base, asking, one)
        : answerWrite(base, byWrite.get(one.write) ?? missing()),
    )
  }
  return {
    status: 200,
    headers: { 'content-type': fhirJson },
    body: bundleText({ type: 'transaction-response', entries: answers }),
  }
}

function resourceOf(entry: BundleEntry): Resource | undefined {
  return entry.method === 'POST' || entry.method === 'PUT' ? asResource(entry.resource) : undefined
}

interface Planning {
  readonly entry: BundleEntry
  readonly at: string
  readonly resource: Resource | undefined
  readonly links: Map<string, string>
  readonly conditional: ReadonlyMap<string, string>
}

async function plan(
  records: Records,
  clock: Clock,
  asking: Asking,
  { entry, at, resource, links, conditional }: Planning,
): Promise<Planned> {
  if (entry.method === 'GET') return { entry, resource, write: undefined, existing: undefined }
  const { type, id } = parseTarget(entry.url, at)
  const link = (to: string): void => void (entry.fullUrl !== undefined && links.set(entry.fullUrl, to))
  if (entry.method === 'DELETE') {
    if (id === undefined) throw invalid(`${at}.request.url`, 'A delete names one record.')
    const grant = grantFor(asking, 'delete', type)
    return {
      entry,
      resource,
      existing: undefined,
      write: {
        kind: 'delete',
        grant,
        type,
        id,
        ...(entry.conditions.ifMatch === undefined ? {} : versionIn(entry.conditions.ifMatch, type)),
      },
    }
  }
  if (resource?.resourceType !== type)
    throw invalid(`${at}.resource`, 'The resource is not of the type that the url names.')
  if (entry.method === 'PUT') {
    if (id === undefined || resource.id !== id)
      throw invalid(`${at}.request.url`, 'An update names the record, and the resource has the same id.')
    link(`${type}/${id}`)
    return {
      entry,
      resource,
      existing: undefined,
      write: {
        kind: 'update',
        grant: grantFor(asking, 'update', type),
        resource,
        id,
        ...versionIn(entry.conditions.ifMatch, type),
      },
    }
  }
  const grant = grantFor(asking, 'create', type)
  if (entry.conditions.ifNoneExist !== undefined) {
    const ids = await records.match(grantFor(asking, 'search', type), entry.conditions.ifNoneExist, asking.request)
    if (ids.length > 1) throw new Refusal('match-ambiguous')
    if (ids[0] !== undefined) {
      link(`${type}/${ids[0]}`)
      return { entry, resource: undefined, existing: `${type}/${ids[0]}`, write: undefined }
    }
  }
  // What is known by now (patients came first) tells whose the record is, and so its bucket.
  rewriteReferences(resource, (reference) => links.get(reference) ?? conditional.get(reference))
  const patient = homePatient(resource)
  const made = newId<string>(clock.now(), patient === undefined ? undefined : bucketOf(patient))
  link(`${type}/${made}`)
  return { entry, resource, existing: undefined, write: { kind: 'create', grant, resource, id: made } }
}

/** `Practitioner?identifier=…` → `Practitioner/<id>`. Throws 'reference-unresolved' unless exactly one record matches. */
async function resolveConditional(
  records: Records,
  asking: Asking,
  resources: readonly Resource[],
): Promise<Map<string, string>> {
  const resolved = new Map<string, string>()
  for (const text of new Set(
    resources.flatMap((resource) => referencesIn(resource).map(({ reference }) => reference.reference)),
  )) {
    const read = readReference(text)
    if (read.kind !== 'condition') continue
    const ids = await records.match(grantFor(asking, 'search', read.type), read.query, asking.request)
    if (ids.length !== 1) throw new Refusal(ids.length === 0 ? 'reference-unresolved' : 'match-ambiguous')
    resolved.set(text, `${read.type}/${ids[0]}`)
  }
  return resolved
}

function resolveLinks(
  resource: Resource,
  links: ReadonlyMap<string, string>,
  conditional: ReadonlyMap<string, string>,
): void {
  rewriteReferences(resource, (reference, kind) => {
    const target = links.get(reference) ?? conditional.get(reference)
    if (target === undefined && kind === 'reference' && reference.startsWith('urn:uuid:'))
      throw new Refusal('reference-unresolved')
    return target
  })
}

function answerWrite(
  base: string,
  { type, id, version, updated, deleted, json }: Written,
): BundleParts['entries'][number] {
  const status = deleted ? '204 No Content' : version === 1 ? '201 Created' : '200 OK'
  const response = {
    status,
    location: `${base}/${type}/${id}/_history/${version}`,
    etag: etagOf(version),
    lastModified: new Date(updated).toISOString(),
  }
  return responseEntry(response, deleted ? undefined : json)
}

async function answerRead(
  interactions: Interactions,
  base: string,
  asking: Asking,
  { entry, existing }: Planned,
): Promise<BundleParts['entries'][number]> {
  const url = existing ?? entry.url
  const answer = await interact(interactions, base, asking, { ...entry, method: 'GET', url })
  return answerEntry(answer)
}
