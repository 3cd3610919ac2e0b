import { Refusal } from '#base'
import type { Answer } from '#http'
import { fhirJson } from './answers.ts'
import { type BundleEntry, missing, type ParsedBundle, parseTarget, typeOf } from './bundle.ts'
import { type BundleParts, bundleText, responseEntry } from './bundle-text.ts'
import type { Asking, Interactions } from './interactions.ts'
import { asResource } from './resource-body.ts'

/** Each on its own; a refusal is the entry's, not the batch's. */
export async function carryOutBatch(
  interactions: Interactions,
  base: string,
  asking: Asking,
  bundle: ParsedBundle,
  refused: (refusal: Refusal) => { status: number; body: string },
): Promise<Answer> {
  const answers: BundleParts['entries'][number][] = []
  for (const entry of bundle.entries) {
    try {
      answers.push(answerEntry(await interact(interactions, base, asking, entry)))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { status, body } = refused(error)
      answers.push({ before: `"response":{"status":"${status}","outcome":`, json: Buffer.from(body), after: '}' })
    }
  }
  return {
    status: 200,
    headers: { 'content-type': fhirJson },
    body: bundleText({ type: 'batch-response', entries: answers }),
  }
}

export function answerEntry({ status, headers = {}, body }: Answer): BundleParts['entries'][number] {
  const response = {
    status: String(status),
    ...(headers['location'] === undefined ? {} : { location: headers['location'] }),
    ...(headers['etag'] === undefined ? {} : { etag: headers['etag'] }),
  }
  return responseEntry(response, Buffer.isBuffer(body) && body.length > 0 ? body : undefined)
}

/** One interaction named by method and url, as a batch's entries are. */
export async function interact(
  interactions: Interactions,
  base: string,
  asking: Asking,
  entry: BundleEntry,
): Promise<Answer> {
  const { method, url, conditions } = entry
  const [path = '', query = ''] = url.split('?')
  if (method === 'GET' && /^\/?[A-Za-z]+$/.test(path))
    return interactions.search(
      asking,
      typeOf(path.replace('/', ''), 'Bundle.entry'),
      new URLSearchParams(query),
      undefined,
    )
  const version = /^\/?([A-Za-z]+)\/([^/]+)\/_history(?:\/(\d{1,9}))?$/.exec(path)
  if (method === 'GET' && version !== null) {
    const { type, id } = parseTarget(`${version[1]}/${version[2]}`, 'Bundle.entry')
    if (id === undefined) return missing()
    return version[3] === undefined
      ? interactions.history(asking, type, id, `${base}/${path}`)
      : interactions.readVersion(asking, type, id, Number(version[3]))
  }
  const { type, id } = parseTarget(path, 'Bundle.entry')
  if (method === 'POST' && id === undefined) {
    const resource = asResource(entry.resource)
    if (resource.resourceType !== type) throw new Refusal('resource-mismatch')
    return interactions.create(asking, resource, conditions)
  }
  if (id === undefined) throw new Refusal('method-not-allowed')
  if (method === 'GET') return interactions.read(asking, type, id, conditions)
  if (method === 'PUT') return interactions.update(asking, asResource(entry.resource), id, conditions)
  if (method === 'DELETE') return interactions.remove(asking, type, id, conditions)
  throw new Refusal('method-not-allowed')
}
