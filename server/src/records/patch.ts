import { Refusal } from '#base'
import { requireMatch } from './if-match.ts'
import type { PatientKeys } from './patient-keys.ts'
import { goneFor } from './read.ts'
import type { Row } from './row.ts'
import { openVisible, parseExactly } from './visible.ts'
import type { Change, Write } from './write.ts'

/**
 * A patch as the update it comes to: applied to the version that is there, as its grant to read shows it; what that leaves
 * out can so be neither tested nor changed. The version before is not released: the entry of the change names both. Whoever changes
 * the record in between makes it a 'version-conflict'; nothing is tried again. Throws 'gone' for a deleted record.
 */
export async function asChange(keys: PatientKeys, write: Write, row: Row | undefined): Promise<Change> {
  if (write.kind !== 'patch') return write
  const { grant, read, id, type, ifMatch, blindly } = write
  if (row === undefined || row.type !== type) throw new Refusal('not-found')
  if (row.deleted) throw goneFor(read)
  const before = await openVisible(keys, read, row)
  if (before === undefined) throw new Refusal('not-found')
  requireMatch(ifMatch, row)
  const resource = await write.apply(parseExactly(before.json))
  if (resource.resourceType !== type || resource.id !== id) throw new Refusal('resource-mismatch')
  const note = write.noteOn?.(resource)
  return {
    ...{ kind: 'update', grant, resource, id, ifMatch: row.version },
    ...(blindly === undefined ? {} : { blindly }),
    ...(note === undefined ? {} : { note }),
  }
}
