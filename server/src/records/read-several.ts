import type { Id } from '#base'
import type { Grant } from '#policy'
import { factsOf } from './facts.ts'
import { fetchNewest, type ReadStores } from './read.ts'
import type { Row } from './row.ts'
import { grantOfContext } from './security-context.ts'
import { type Candidate, openAllVisible, type Stored, storedOf } from './visible.ts'

/**
 * The newest versions of these that are there and of a type that one of the grants is for, deletions among them. One entry
 * names them all, and is durable before any is handed out. Throws 'record-damaged'.
 */
export async function readSeveral(
  stores: ReadStores,
  grants: readonly [Grant<'read'>, ...Grant<'read'>[]],
  ids: readonly Id<string>[],
  request: string,
): Promise<Stored[]> {
  const { tenant } = grants[0].question.actor
  const ofType = new Map(grants.map((grant) => [grant.question.type, grant]))
  const rows = (await fetchNewest(stores.db, tenant, ids)).filter((row) => row !== undefined)
  const candidates: Candidate[] = []
  for (const row of rows) {
    const grant = ofType.get(row.type)
    if (grant !== undefined) candidates.push({ grant, row, held: await heldFor(stores, row) })
  }
  const opened = (await openAllVisible(stores.sealer, candidates)).filter((one) => one !== undefined)
  if (opened.length === 0) return []
  const asked: Grant<'read'>[] = []
  for (const { row, resource } of opened.filter(({ row }) => row.type === 'Binary' && !row.deleted)) {
    const grant = ofType.get(row.type)
    const context = grant === undefined ? undefined : await grantOfContext(stores, grant, resource)
    if (context !== undefined) asked.push(context)
  }
  const shown = opened.map(({ row }) => row)
  await stores.ledger.record(
    factsOf([...grants, ...asked], request, stores.clock, {
      types: shown.map(({ type }) => type),
      patients: shown.map(({ patient }) => patient),
      records: shown.map(({ type, id, version }) => ({ type, id, version })),
    }),
  )
  return opened.map(storedOf)
}

async function heldFor({ patientKeys }: ReadStores, { tenant, patient }: Row): Promise<Candidate['held']> {
  return patientKeys.held(tenant, patient) ?? (await patientKeys.require(tenant, patient))
}
