import { readReference, referencesIn, type Resource, rewriteReferences } from '@chartkeep/model/fhir'
import { type Clock, Refusal } from '#base'
import type { Answer, Exchange } from '#http'
import type { Held, Records, Write, Written } from '#records'
import { etagOf, fhirJson, wantsMinimal } from './answers.ts'
import { answerOrRefuse, look } from './batch.ts'
import { type BundleEntry, invalid, type ParsedBundle, parseTarget } from './bundle.ts'
import { bundleText, type EntryText, responseEntry } from './bundle-text.ts'
import { conditionName, type Interactions } from './interactions.ts'
import { ask, type Asking } from './offered.ts'
import { type Planned, planEntry, readEntries, type ReadEntry } from './plan.ts'

interface TransactionParts {
  readonly records: Records
  readonly interactions: Interactions
  readonly base: string
  readonly clock: Clock
}

/**
 * All or nothing (R4 http, 3.1.0.11). Ids are given first, then references to the entries' fullUrls and conditional
 * references are replaced, then everything is written in one transaction of the database, then the reads are answered.
 */
export async function carryOutTransaction(
  parts: TransactionParts,
  exchange: Exchange,
  { entries }: ParsedBundle,
): Promise<Answer> {
  const read = readEntries(entries)
  const answers = await parts.interactions.inTurn(conditionsOf(entries), async (held) => {
    const planned = await planAll(parts, exchange, read)
    const written = await writeAll(parts.records, planned, exchange.request, held)
    return answerAll(parts, exchange, entries, planned, written)
  })
  return {
    status: 200,
    headers: { 'content-type': fhirJson },
    body: bundleText({ type: 'transaction-response', entries: answers }),
  }
}

/** The conditions that creates stand under, each by one name. */
function conditionsOf(entries: readonly BundleEntry[]): string[] {
  const names = new Set<string>()
  for (const entry of entries) {
    const { ifNoneExist } = entry.conditions
    if (ifNoneExist === undefined || entry.method !== 'POST') continue
    const name = conditionName(parseTarget(entry).type, ifNoneExist)
    if (names.has(name)) throw invalid(`${entry.at}.request.ifNoneExist`, 'Two entries stand under one condition.')
    names.add(name)
  }
  return [...names]
}

type Plans = ReadonlyMap<BundleEntry, Planned>

async function planAll(
  { records, clock }: TransactionParts,
  asking: Asking,
  read: readonly ReadEntry[],
): Promise<Plans> {
  const links = new Map<string, string>()
  const resources = read.flatMap(({ resource }) => resource ?? [])
  const conditional = await resolveConditional(records, asking, resources)
  // Patients first: what is theirs takes its bucket from their id.
  const isPatient = ({ resource }: ReadEntry): boolean => resource?.resourceType === 'Patient'
  const planned = new Map<BundleEntry, Planned>()
  for (const one of [...read.filter(isPatient), ...read.filter((other) => !isPatient(other))])
    planned.set(one.entry, await planEntry({ records, clock, asking, links, conditional }, one))
  for (const plan of planned.values())
    if (plan.kind === 'write' && plan.resource !== undefined) resolveLinks(plan.resource, links, conditional)
  return planned
}

async function writeAll(
  records: Records,
  planned: Plans,
  request: string,
  held: Held,
): Promise<ReadonlyMap<Write, Written>> {
  const writes = [...planned.values()].flatMap((plan) => (plan.kind === 'write' ? [plan.write] : []))
  const [first, ...rest] = writes
  const written = first === undefined ? [] : await records.write([first, ...rest], request, held)
  return new Map(writes.map((write, index) => [write, written[index] ?? unanswered()]))
}

/** What is read now is read after the changes were saved: should it not be there, that is told of the entry alone. */
async function answerAll(
  { interactions, base }: TransactionParts,
  exchange: Exchange,
  entries: readonly BundleEntry[],
  planned: Plans,
  written: ReadonlyMap<Write, Written>,
): Promise<EntryText[]> {
  const answers: EntryText[] = []
  const minimal = wantsMinimal(exchange.headers['prefer']?.toString())
  for (const entry of entries) {
    const plan = planned.get(entry) ?? unanswered()
    answers.push(
      plan.kind === 'write'
        ? answerWrite(base, written.get(plan.write) ?? unanswered(), minimal)
        : await answerOrRefuse(exchange, () => look(interactions, exchange, plan.target, entry)),
    )
  }
  return answers
}

function unanswered(): never {
  throw new Error('each entry is planned and answered')
}

/** `Practitioner?identifier=…` → `Practitioner/<id>`. Throws 'reference-unresolved' unless exactly one record matches. */
async function resolveConditional(
  records: Records,
  asking: Asking,
  resources: readonly Resource[],
): Promise<Map<string, string>> {
  const resolved = new Map<string, string>()
  const texts = resources.flatMap((resource) => referencesIn(resource).map(({ reference }) => reference.reference))
  for (const text of new Set(texts)) {
    const read = readReference(text)
    if (read.kind !== 'condition') continue
    const ids = await records.match(ask(asking, 'search', read.type), read.query, asking.request)
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
  minimal: boolean,
): EntryText {
  const status = deleted ? '204 No Content' : version === 1 ? '201 Created' : '200 OK'
  const response = {
    status,
    location: `${base}/${type}/${id}/_history/${version}`,
    etag: etagOf(version),
    lastModified: new Date(updated).toISOString(),
  }
  return responseEntry(response, deleted || minimal ? undefined : json)
}
