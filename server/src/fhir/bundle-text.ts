import type { Stored } from '#records'
import { etagOf } from './answers.ts'

/** One entry: a stored text with what stands around it. */
export interface EntryText {
  readonly before: string
  readonly json: Buffer | undefined
  readonly after: string
}

/** A Bundle around stored JSON texts, which go in as they are: they are not parsed to be printed again. */
interface BundleParts {
  readonly type: 'searchset' | 'history' | 'transaction-response' | 'batch-response'
  readonly total?: number
  /** All that was written before this time is in it, Unix ms: who polls may go on from here. */
  readonly settled?: number | undefined
  readonly links?: Readonly<Record<string, string>>
  readonly entries: readonly EntryText[]
}

export function bundleText({ type, total, settled, links, entries }: BundleParts): Buffer {
  const head: Record<string, unknown> = { resourceType: 'Bundle' }
  if (settled !== undefined) head['meta'] = { lastUpdated: new Date(settled).toISOString() }
  head['type'] = type
  if (total !== undefined) head['total'] = total
  if (links !== undefined) head['link'] = Object.entries(links).map(([relation, url]) => ({ relation, url }))
  const parts: Buffer[] = [Buffer.from(JSON.stringify(head).slice(0, -1))]
  for (const [index, { before, json, after }] of entries.entries()) {
    parts.push(Buffer.from(index === 0 ? `,"entry":[{${before}` : `,{${before}`))
    if (json !== undefined) parts.push(json)
    parts.push(Buffer.from(`${after}}`))
  }
  parts.push(Buffer.from(entries.length === 0 ? '}' : ']}'))
  return Buffer.concat(parts)
}

export function searchEntry(base: string, stored: Stored, mode: 'match' | 'include' = 'match'): EntryText {
  return {
    before: `"fullUrl":"${base}/${stored.type}/${stored.id}","resource":`,
    json: stored.json,
    after: `,"search":{"mode":"${mode}"}`,
  }
}

/** One version in a history: how it came about, and its content unless it was a deletion. */
export function historyEntry(base: string, { type, id, version, updated, deleted, json }: Stored): EntryText {
  const method = deleted ? 'DELETE' : version === 1 ? 'POST' : 'PUT'
  const request = { method, url: version === 1 ? type : `${type}/${id}` }
  const response = {
    status: deleted ? '204' : version === 1 ? '201' : '200',
    etag: etagOf(version),
    lastModified: new Date(updated).toISOString(),
  }
  const after = `"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}`
  const before = `"fullUrl":"${base}/${type}/${id}",`
  return deleted
    ? { before: before + after, json: undefined, after: '' }
    : { before: `${before}"resource":`, json, after: `,${after}` }
}

/** One answered entry of a transaction or batch. */
export function responseEntry(response: Readonly<Record<string, unknown>>, json?: Buffer): EntryText {
  const text = `"response":${JSON.stringify(response)}`
  return json === undefined
    ? { before: text, json: undefined, after: '' }
    : { before: '"resource":', json, after: `,${text}` }
}
