import type { Clock, Id } from '#base'
import type { PreparedWrite, Unit } from './commit.ts'
import { factsOf } from './facts.ts'
import type { NewKey } from './patient-keys.ts'
import type { Changing, Note } from './write.ts'

/**
 * What stands or falls together, and the one entry for all of it.
 * @param about patients whom it is about, though the records are not kept with them
 */
export function unitOf(
  clock: Clock,
  writes: Changing,
  prepared: readonly PreparedWrite[],
  newKeys: NewKey[],
  { request, about }: { readonly request: string; readonly about: readonly (Id<'patient'> | undefined)[] },
): Unit {
  const [first, ...rest] = writes
  const kinds = new Set(writes.map(({ kind }) => kind))
  const notes = notesFor(writes, prepared)
  const details = { ...(notes.some((note) => note !== null) ? { notes } : {}), ...withoutVersion(writes) }
  const facts = factsOf([first.grant, ...rest.map(({ grant }) => grant)], request, clock, {
    action: kinds.size === 1 ? first.kind : 'transaction',
    types: prepared.map(({ row }) => row.type),
    patients: [...prepared.map(({ row }) => row.patient), ...about],
    records: prepared.map(({ row }) => ({
      type: row.type,
      id: row.id,
      version: row.version,
      hash: row.hash,
      ...(row.before === 0 ? {} : { before: row.before }),
    })),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  })
  return { tenant: facts.tenant, rows: prepared, newKeys, facts }
}

/** One for each version, in their order. */
function notesFor(writes: Changing, prepared: readonly PreparedWrite[]): (Note | null)[] {
  return prepared.map(({ part }) => {
    const write = writes[part]
    return write !== undefined && 'note' in write ? (write.note ?? null) : null
  })
}

/** Which records were changed by a program that named no version, and why it may. */
function withoutVersion(writes: Changing): { withoutVersion?: object } {
  const blind = writes.flatMap((one) => ('blindly' in one && one.blindly !== undefined ? [one] : []))
  const [first] = blind
  return first === undefined ? {} : { withoutVersion: { reason: first.blindly, records: blind.map(({ id }) => id) } }
}
