import { Readable } from 'node:stream'
import type { Resource } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import type { Answer, Exchange } from '#http'
import { parseStored, type Records, type Stored } from '#records'
import { etagOf, fhirJson } from './answers.ts'
import { ask } from './offered.ts'
import { partAnswer, rangeAsked } from './byte-range.ts'
import { makeRelative, ownAddresses, withinOwn } from './own-address.ts'
import type { Judge } from './judge/judge.ts'
import { readResource } from './read-resource.ts'

// As JSON the content is base64 within the resource and held in memory; larger content is read and sent as itself.
export const mostAsJson = 8 * 1024 * 1024

const wantsJson = (accept: string): boolean => /\bapplication\/(fhir[+ ])?json\b|^json$/.test(accept)
/** A Binary resource as XML is no content of its own: it is not read, nor is one written. */
const isXml = (media: string): boolean => /\bapplication\/fhir[+ ]xml\b/.test(media)

/** A Binary, as its own content or, when JSON is asked for, as a resource with `data` (R4 binary, 2.37.4). */
export async function readBinary(records: Records, exchange: Exchange, id: Id<string>): Promise<Answer> {
  const wanted = exchange.query.get('_format') ?? exchange.headers.accept ?? ''
  if (isXml(wanted)) throw new Refusal('not-acceptable')
  const { stored, size, read } = await records.openBinary(ask(exchange, 'read', 'Binary'), id, exchange.request)
  const resource = parseStored(stored.json)
  const headers = { etag: etagOf(stored.version), 'last-modified': new Date(stored.updated).toUTCString() }
  if (!wantsJson(wanted)) {
    // Never shown within our own pages: what it holds came from someone else.
    const inert = { 'content-disposition': 'attachment', 'content-security-policy': "sandbox; default-src 'none'" }
    const described = { ...headers, ...inert, 'content-type': mediaTypeOf(resource['contentType']) }
    return partAnswer({ size, read }, described, rangeAsked(exchange, stored, size))
  }
  if (size > mostAsJson) throw new Refusal('not-acceptable')
  const data = Buffer.concat(await read().toArray()).toString('base64')
  return { status: 200, headers: { ...headers, 'content-type': fhirJson }, body: JSON.stringify({ ...resource, data }) }
}

/** The media type without its parameters; what is none, and could break a header, is only bytes. */
function mediaTypeOf(value: unknown): string {
  const type = typeof value === 'string' ? /^[\w.+-]+\/[\w.+-]+(?=\s*(?:;|$))/.exec(value)?.[0] : undefined
  return type ?? 'application/octet-stream'
}

/** Content as it is, of the type the header names, or a Binary resource with `data`. Up to 1 GB passes without being held. */
export async function storeBinary(
  { records, judge, base }: { readonly records: Records; readonly judge: Judge; readonly base: string },
  exchange: Exchange,
): Promise<Stored> {
  const own = ownAddresses(base, exchange)
  const grant = ask(exchange, 'create', 'Binary')
  const type = exchange.headers['content-type'] ?? 'application/octet-stream'
  if (isXml(type)) throw new Refusal('media-type-unsupported')
  if (!wantsJson(type)) {
    const context = exchange.headers['x-security-context']
    const resource: Resource = {
      resourceType: 'Binary',
      contentType: mediaTypeOf(type),
      ...(typeof context === 'string' ? { securityContext: { reference: withinOwn(context, own) ?? context } } : {}),
    }
    return records.storeBinary(grant, resource, exchange.stream, exchange.request)
  }
  const parts: Buffer[] = []
  let length = 0
  for await (const part of exchange.stream as AsyncIterable<Buffer>) {
    length += part.length
    if (length > mostAsJson * 2) throw new Refusal('too-large')
    parts.push(part)
  }
  const resource = await readResource(judge, Buffer.concat(parts), 'Binary', exchange.signal)
  makeRelative(resource, own)
  const data = typeof resource['data'] === 'string' ? resource['data'] : ''
  return records.storeBinary(grant, resource, Readable.from([Buffer.from(data, 'base64')]), exchange.request)
}
