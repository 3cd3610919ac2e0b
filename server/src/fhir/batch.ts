import { Refusal } from '#base'
import type { Answer, Exchange } from '#http'
import { fhirJson } from './answers.ts'
import { type BundleEntry, type ParsedBundle, parseTarget, type Target } from './bundle.ts'
import { bundleText, type EntryText, responseEntry } from './bundle-text.ts'
import type { Interactions } from './interactions.ts'
import type { Asking } from './offered.ts'
import { asResourceOf } from './resource-body.ts'

/** Each entry on its own; a refusal is the entry's, not the batch's. */
export async function carryOutBatch(
  interactions: Interactions,
  exchange: Exchange,
  bundle: ParsedBundle,
): Promise<Answer> {
  const entries: EntryText[] = []
  for (const entry of bundle.entries) {
    // Whoever asked has gone, or was told that it took too long.
    if (exchange.signal.aborted) throw new Refusal('timed-out')
    entries.push(await answerOrRefuse(exchange, () => interact(interactions, exchange, entry)))
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
  work: () => Promise<Answer>,
): Promise<EntryText> {
  try {
    return answerEntry(await work())
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { status, body } = exchange.refuse(error)
    return { before: `"response":{"status":"${status}","outcome":`, json: Buffer.from(body), after: '}' }
  }
}

function answerEntry({ status, headers = {}, body }: Answer): EntryText {
  const { location, etag } = headers
  const response = {
    status: String(status),
    ...(location === undefined ? {} : { location }),
    ...(etag === undefined ? {} : { etag }),
  }
  return responseEntry(response, Buffer.isBuffer(body) && body.length > 0 ? body : undefined)
}

/** One interaction named by method and url, as a batch's entries are. */
async function interact(interactions: Interactions, asking: Asking, entry: BundleEntry): Promise<Answer> {
  const { method, conditions, resource } = entry
  const target = parseTarget(entry)
  if (method === 'GET') return look(interactions, asking, target, entry)
  if (method === 'POST' && target.kind === 'type' && target.query === '')
    return interactions.create(asking, asResourceOf(target.type, resource), conditions)
  if (target.kind !== 'record') throw new Refusal('method-not-allowed')
  const { type, id } = target
  if (method === 'PUT') return interactions.update(asking, asResourceOf(type, resource), id, conditions)
  if (method === 'DELETE') return interactions.remove(asking, type, id, conditions)
  throw new Refusal('method-not-allowed')
}

/** What a GET names. */
export async function look(
  interactions: Interactions,
  asking: Asking,
  target: Target,
  { conditions }: Pick<BundleEntry, 'conditions'>,
): Promise<Answer> {
  switch (target.kind) {
    case 'type':
      return interactions.search(asking, target.type, new URLSearchParams(target.query))
    case 'record':
      return interactions.read(asking, target.type, target.id, conditions)
    case 'history':
      return interactions.history(asking, target.type, target.id)
    case 'version':
      return interactions.readVersion(asking, target.type, target.id, target.version)
  }
}
