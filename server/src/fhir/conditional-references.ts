import { readReference, type ResourceType, rewriteLiterals } from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import type { Records } from '#records'
import type { BundleEntry } from './bundle.ts'
import { readCondition } from './conditions.ts'
import { type Entries, openEntries } from './entries-met.ts'
import { ask, type Asking } from './offered.ts'
import { isSelfContained, type OwnAddresses } from './own-address.ts'
import { ofEntry, type ReadEntry } from './read-entries.ts'

/** What may meet the condition that a reference states: records, and what the transaction itself makes of its entries. */
export interface ConditionalReference {
  /** `Practitioner/<id>`: none, one, or two of several. */
  readonly stored: readonly string[]
  readonly entries: readonly BundleEntry[]
}

/**
 * Each condition of a reference such as `Practitioner?identifier=…`, by its text (R4 http, 3.1.0.11.2). They are met by
 * what is there when all entries are carried out, so by what they create and update too.
 */
export async function readConditionalReferences(
  records: Records,
  asking: Asking,
  read: readonly ReadEntry[],
  own: OwnAddresses,
): Promise<Map<string, ConditionalReference>> {
  const conditions = new Map<string, BundleEntry>()
  for (const { entry, resource } of read)
    if (resource !== undefined && !isSelfContained(resource))
      rewriteLiterals(resource, (text) => {
        if (readReference(text).kind === 'condition') conditions.set(text, entry)
        return undefined
      })
  const within = openEntries(read)
  // All at once, so that they share their round trips.
  const found = await Promise.all(
    [...conditions].map(async ([text, entry]): Promise<readonly [string, ConditionalReference]> => {
      try {
        return [text, await candidatesFor(records, asking, readOf(text, own), within)]
      } catch (error) {
        throw ofEntry(entry, error)
      }
    }),
  )
  return new Map(found)
}

function readOf(text: string, own: OwnAddresses): Stated {
  const reference = readReference(text)
  if (reference.kind !== 'condition') throw new Refusal('reference-unresolved')
  const { type } = reference
  return { type, condition: readCondition(reference.query, type, own) }
}

interface Stated {
  readonly type: ResourceType
  readonly condition: string
}

async function candidatesFor(
  records: Records,
  asking: Asking,
  { type, condition }: Stated,
  within: Entries,
): Promise<ConditionalReference> {
  const entries = within.thatMeet(type, condition)
  const matched = await records.match(ask(asking, 'search', type), condition, asking.request)
  return { stored: matched.map(({ id }) => `${type}/${id}`), entries }
}
