import type { Resource } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import { parseStored, type Stored } from '#records'
import type { Admitted } from './item.ts'
import { patientIn } from './content.ts'
import { sameContent } from './same-content.ts'
import { maybeSamePerson, personOf } from './same-person.ts'
import type { ImportStore, NamedResource, Origin } from './store.ts'

/** What was read of a record, ready to be written. */
export interface Ready {
  readonly item: Admitted
  readonly resource: Resource
  readonly id: Id<string>
  readonly dangling: number
}

/** Nothing is to be written: it is here as it was read, or what is here is kept. */
export type Judged = 'unchanged' | 'older-state' | 'changed-here' | 'deleted-here' | 'moved' | 'another-person'

type Change = Ready & NamedResource

/** Tells what is new or newer than what is here from what is not. */
export async function judgeChanges(
  ready: readonly Ready[],
  there: ReadonlyMap<string, Stored>,
  { origins }: Pick<ImportStore, 'origins'>,
): Promise<{ readonly changes: Change[]; readonly settled: readonly (readonly [Change, Judged])[] }> {
  const changes: Change[] = []
  const settled: [Change, Judged][] = []
  const differing: { readonly change: Change; readonly stored: Stored }[] = []
  for (const one of ready) {
    const stored = there.get(one.id)
    const { updated, leftOut, doubtful } = one.item
    const change = { ...one, before: stored?.version ?? 0, updated, leftOut, doubtful }
    if (stored === undefined) changes.push(change)
    else if (sameContent(stored, one.resource)) settled.push([change, 'unchanged'])
    else differing.push({ change, stored })
  }
  const known = await origins(differing.map(({ stored }) => stored))
  for (const [at, { change, stored }] of differing.entries()) {
    const kept = isAnother(change, stored)
      ? 'another-person'
      : isElsewhere(change, stored)
        ? 'moved'
        : reasonToKeep(change.item, stored, known[at])
    if (kept === undefined) changes.push(change)
    else settled.push([change, kept])
  }
  return { changes, settled }
}

/** A Patient of another system under the same name is not a state of this one. */
function isAnother({ resource }: Change, { type, deleted, json }: Stored): boolean {
  if (type !== 'Patient' || deleted) return false
  return !maybeSamePerson(personOf(parseStored(json)), personOf(resource))
}

/** It is in the chart of another patient than the source names now. A record stays in its chart as long as it is here. */
function isElsewhere({ resource }: Change, { type, deleted, patient }: Stored): boolean {
  return type !== 'Patient' && !deleted && patientIn(resource) !== patient
}

/**
 * A state of the source replaces the one that an import brought before, unless meta.lastUpdated says that it is older.
 * What anybody else wrote is kept; but a record that was made here, and that an entry says to replace on a condition,
 * is replaced by a newer state, or by one without a date when it was never changed.
 */
function reasonToKeep(
  { updated, pinned, condition }: Admitted,
  stored: Stored,
  origin: Origin | undefined,
): Judged | undefined {
  if (stored.deleted) return 'deleted-here'
  if (origin?.imported === true) return updated < origin.updated ? 'older-state' : undefined
  const isReplaced = pinned && condition?.kind === 'update'
  const isNewer = updated === 0 ? stored.version === 1 : updated > stored.updated
  return isReplaced && isNewer ? undefined : 'changed-here'
}
