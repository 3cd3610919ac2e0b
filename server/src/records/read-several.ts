import { type Id, Refusal } from '#base'
import type { Grant } from '#policy'
import { withoutMark } from './content-mark.ts'
import { factsOf } from './facts.ts'
import { fetchNewest, type ReadStores } from './read.ts'
import type { Row } from './row.ts'
import { grantOfContext } from './security-context.ts'
import { type Candidate, openAllVisible, type Opened, type Stored, storedOf } from './visible.ts'

/**
 * The newest versions of these that are there and of a type that one of the grants is for, deletions among them. One entry
 * names them all, and is durable before any is handed out. A Binary whose security context is not here is left out. Throws
 * 'record-damaged'.
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
  const asked: Grant<'read'>[] = []
  const about: (Id<'patient'> | undefined)[] = []
  const shown: Opened[] = []
  for (const one of opened) {
    const grant = ofType.get(one.row.type)
    const context = grant === undefined ? undefined : await contextFor(stores, grant, one)
    if (context === 'missing') continue
    shown.push(one)
    if (context === undefined) continue
    asked.push(context.grant)
    about.push(context.patient)
  }
  if (shown.length === 0) return []
  await stores.ledger.record(
    factsOf([...grants, ...asked], request, stores.clock, {
      types: shown.map(({ row }) => row.type),
      patients: [...shown.map(({ row }) => row.patient), ...about],
      records: shown.map(({ row: { type, id, version } }) => ({ type, id, version })),
    }),
  )
  return shown.map(storedOf).map(withoutMark)
}

/** Policy's second yes, that a Binary with a security context takes; 'missing': nobody can be judged by what is not here. */
async function contextFor(
  stores: ReadStores,
  grant: Grant<'read'>,
  one: Opened,
): Promise<Awaited<ReturnType<typeof grantOfContext>> | 'missing'> {
  if (one.row.type !== 'Binary' || one.row.deleted) return undefined
  try {
    return await grantOfContext(stores, grant, one.resource)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not-found') return 'missing'
    throw error
  }
}

async function heldFor({ patientKeys }: ReadStores, { tenant, patient }: Row): Promise<Candidate['held']> {
  return patientKeys.held(tenant, patient) ?? (await patientKeys.require(tenant, patient))
}
