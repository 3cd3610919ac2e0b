import type { SearchQuery } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import type { Grant } from '#policy'
import type { HeldKey } from '../patient-keys.ts'
import { type Candidate, type Opened, openAllVisible } from '../visible.ts'
import { everyMatches } from './compare.ts'
import type { Engine } from './engine.ts'
import type { Candidates, Place } from './place.ts'

export interface Match {
  readonly opened: Opened
  readonly place: Place
}

/** What one batch of candidates came to. */
export interface Matched {
  readonly matches: readonly Match[]
  /** Where to go on; undefined at the end. */
  readonly after: Place | undefined
}

export interface Walk {
  readonly after?: Place | undefined
  /** Candidates of one batch. */
  readonly size: number
  /** Leaves out what was written from this time on. */
  readonly before?: number | undefined
}

/** Opens candidates, leaves out what the grant does not show, and compares what is left as it is shown. */
// oxlint-disable-next-line max-params -- one place where all that a walk needs comes together
export async function* walkCandidates(
  { stores, tenant, spent }: Engine,
  grant: Grant,
  queries: readonly SearchQuery[],
  candidates: Candidates,
  { after, size, before }: Walk,
  keep: ((matches: readonly Match[]) => Promise<readonly Match[]>) | undefined,
): AsyncGenerator<Matched> {
  const { type } = grant.question
  // Most candidates are of one chart: its key is looked for once.
  let key: HeldKey | undefined
  let owner: Id<'patient'> | undefined
  for await (const batch of candidates.from(after, size)) {
    spent.open(batch.candidates.length)
    const chosen: (Candidate & { readonly place: Place })[] = []
    for (const { row, place } of batch.candidates) {
      // An id leads to a record of any type.
      if (row.deleted || row.type !== type || (before !== undefined && row.updated >= before)) continue
      if (key === undefined || owner !== row.patient) {
        owner = row.patient
        key = stores.patientKeys.held(tenant, owner) ?? (await stores.patientKeys.require(tenant, owner))
      }
      chosen.push({ row, place, held: key, grant })
    }
    const matches: Match[] = []
    for (const [index, opened] of (await openAllVisible(stores.sealer, chosen)).entries()) {
      const place = chosen[index]?.place
      if (opened !== undefined && place !== undefined && everyMatches(queries, opened)) matches.push({ opened, place })
    }
    yield { matches: keep === undefined || matches.length === 0 ? matches : await keep(matches), after: batch.after }
  }
}
