import { Refusal } from '#base'
import { requireMatch } from './if-match.ts'
import type { PatientKeys } from './patient-keys.ts'
import { openRow, type Row } from './row.ts'
import { parseExactly } from './visible.ts'
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
  requireMatch(ifMatch, row)
  const stored = parseExactly(await openRow(keys, row))
  const before = grant.view?.show(stored) ?? stored
  const resource = await apply(before)
  if (resource.resourceType !== type || resource.id !== id) throw new Refusal('resource-mismatch')
  return { kind: 'update', grant, resource, id, ifMatch: row.version }
}
