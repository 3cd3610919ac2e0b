import { parseJson, type Resource } from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import type { PatientKeys } from './patient-keys.ts'
import { openRow, type Row } from './row.ts'
import type { Change, Write } from './write.ts'

/**
 * A patch as the update it comes to: applied to the version that is there, less what its grant hides, which can so be
 * neither tested nor changed. The version before is not released: the entry of the change names both. Whoever changes
 * the record in between makes it a 'version-conflict'; nothing is tried again. Throws 'gone' for a deleted record.
 */
export async function asChange(keys: PatientKeys, write: Write, row: Row | undefined): Promise<Change> {
  if (write.kind !== 'patch') return write
  const { grant, id, type, ifMatch, apply } = write
  if (row === undefined || row.type !== type) throw new Refusal('not-found')
  if (row.deleted) throw new Refusal('gone')
  if (ifMatch !== undefined && ifMatch !== row.version) throw new Refusal('version-conflict')
  const before = withheld(parseExactly(await openRow(keys, row)), grant.hidden)
  const resource = apply(before)
  if (resource.resourceType !== type || resource.id !== id) throw new Refusal('resource-mismatch')
  return { kind: 'update', grant, resource, id, ifMatch: row.version }
}

const stored = { bytes: 64 * 1024 * 1024, nodes: 10_000_000 }

/** A stored text with its decimals as they were written: the parts that a patch leaves alone are stored again. */
function parseExactly(json: Buffer): Resource {
  // oxlint-disable-next-line no-unsafe-type-assertion -- sealed by us from a Resource, and unaltered since
  return parseJson(json, stored) as Resource
}

function withheld(resource: Resource, hidden: readonly string[]): Resource {
  for (const element of hidden) {
    delete resource[element]
    delete resource[`_${element}`]
  }
  return resource
}
