import type { Resource } from '@chartkeep/model/fhir'
import { parseStored, type Stored } from './visible.ts'

// A Binary whose content stands beside it, in pieces, says so in its sealed text by an empty `data`, which no resource that
// is sent can have: so that verification knows of pieces that were all removed. Nobody outside sees it.

export function markBeside(resource: Resource): Resource {
  return { ...resource, data: '' }
}

export function isBeside(resource: Resource): boolean {
  return resource.resourceType === 'Binary' && resource['data'] === ''
}

/** The record as it is shown. */
export function withoutMark(stored: Stored): Stored {
  if (stored.type !== 'Binary' || stored.deleted) return stored
  const resource = parseStored(stored.json)
  if (!isBeside(resource)) return stored
  const { data: _, ...shown } = resource
  return { ...stored, json: Buffer.from(JSON.stringify(shown)) }
}
