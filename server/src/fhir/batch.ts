import { referencesIn, type Resource } from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import type { Answer, Exchange } from '#http'
import { fhirJson, type RecordAnswer } from './answers.ts'
import { type BundleEntry, type ParsedBundle, parseTarget, type Target } from './bundle.ts'
import { bundleText, type EntryText, responseEntry } from './bundle-text.ts'
import type { Interactions } from './interactions.ts'
import type { Asking } from './offered.ts'
import { readBundledPatch } from './patch/read-patch.ts'
import { requireType, resourceOf } from './resource-body.ts'
import { unresolved } from './unresolved.ts'

/** Each entry on its own; a refusal is the entry's, not the batch's. */
export async function carryOutBatch(
  interactions: Interactions,
  exchange: Exchange,
  bundle: ParsedBundle,
): Promise<Answer> {
  const fullUrls = new Set(bundle.entries.map(({ fullUrl }) => fullUrl))
  const entries: EntryText[] = []
  for (const entry of bundle.entries) {
    // Whoever asked has gone, or was told that it took too long.
    if (exchange.signal.aborted) throw new Refusal('timed-out')
    entries.push(
      await answerOrRefuse(exchange, async () => {
        exchange.spend(1)
        return interact(interactions, exchange, entry, fullUrls)
      }),
    )
  }
  return {
    status: 200,
    headers: { 'content-type': fhirJson },
    body: bundleText({ type: 'batch-response', entries }),
  }
}

/** The entry that answers; when it is refused, one that says so, and the refusal is recorded. */
export async function answerOrRefuse(
  exchange: Pick<Exchange, 'refuse'>,
  work: () => Promise<RecordAnswer>,
): Promise<EntryText> {
  try {
    return answerEntry(await work())
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { status, body } = exchange.refuse(error)
    return { before: `"response":{"status":"${status}","outcome":`, json: Buffer.from(body), after: '}' }
  }
}

function answerEntry({ status, headers = {}, body, updated }: RecordAnswer): EntryText {
  const { location, etag } = headers
  const response = {
    status: String(status),
    ...(location === undefined ? {} : { location }),
    ...(etag === undefined ? {} : { etag }),
    ...(updated === undefined ? {} : { lastModified: new Date(updated).toISOString() }),
  }
  return responseEntry(response, Buffer.isBuffer(body) && body.length > 0 ? body : undefined)
}

/** One interaction named by method and url, as a batch's entries are. */
async function interact(
  interactions: Interactions,
  asking: Asking,
  entry: BundleEntry,
  fullUrls: ReadonlySet<string | undefined>,
): Promise<RecordAnswer> {
  const { method, conditions } = entry
  const target = parseTarget(entry)
  const { type } = target
  if (method === 'GET') return look(interactions, asking, target, entry)
  if (method === 'POST' && target.kind === 'type' && target.query === '')
    return interactions.create(asking, alone(requireType(type, resourceOf(entry)), fullUrls), conditions)
  if (target.kind !== 'record' && target.kind !== 'type') throw new Refusal('method-not-allowed')
  const named = target.kind === 'record' ? { id: target.id } : { condition: target.query }
  if (method === 'PUT')
    return interactions.update(asking, alone(requireType(type, resourceOf(entry)), fullUrls), named, conditions)
  if (method === 'PATCH')
    return interactions.patch(asking, type, named, {
      patch: await readBundledPatch(interactions.judge, entry),
      conditions,
    })
  if (method === 'DELETE') return interactions.remove(asking, type, named, conditions)
  throw new Refusal('method-not-allowed')
}

/** Entries of a batch know nothing of each other (R4 http, 3.1.0.11.1), so a reference to another leads nowhere. */
function alone(resource: Resource, fullUrls: ReadonlySet<string | undefined>): Resource {
  const other = referencesIn(resource).find(({ reference }) => fullUrls.has(reference.reference))
  if (other !== undefined) throw unresolved(resource, other.reference.reference)
  return resource
}

/** What a GET names. */
export async function look(
  interactions: Interactions,
  asking: Asking,
  target: Target,
  { conditions }: Pick<BundleEntry, 'conditions'>,
): Promise<RecordAnswer> {
  const parameters = new URLSearchParams(target.query)
  switch (target.kind) {
    case 'type':
      return interactions.search(asking, target.type, parameters)
    case 'record':
      return interactions.read(asking, target.type, target.id, parameters, conditions)
    case 'history':
      return interactions.history(asking, target.type, target.id, parameters)
    case 'type-history':
      return interactions.historyOfType(asking, target.type, parameters)
    case 'version':
      return interactions.readVersion(asking, target.type, target.id, target.version, parameters)
  }
}
