import { type Clock, type Id, Refusal } from '#base'
import { batch, type Database } from '#db'
import type { Ledger } from '#ledger'
import type { Grant } from '#policy'
import { withoutMark } from './content-mark.ts'
import { factsOf } from './facts.ts'
import type { PatientKeys } from './patient-keys.ts'
import type { Row, StoredRow } from './row.ts'
import type { Sealer } from './sealing/sealer.ts'
import { grantOfContext } from './security-context.ts'
import { newestIn, newestQuery } from './statements.ts'
import { fetchVersions } from './versions.ts'
import { type Opened, openVisible, type Stored, storedOf } from './visible.ts'

export interface ReadStores {
  readonly db: Database
  readonly ledger: Ledger
  readonly patientKeys: PatientKeys
  readonly clock: Clock
  readonly sealer: Pick<Sealer, 'open'>
  newest(tenant: number, ids: readonly Id<string>[]): Promise<(Row | undefined)[]>
}

const mostReads = 128

/** Newest versions by id; concurrent calls share a statement. */
export function openNewest(db: Database): ReadStores['newest'] {
  const one = batch<{ tenant: number; id: Id<string> }, { row: Row | undefined }>({
    limit: mostReads,
    async flush(wanted) {
      const rows = new Map<string, Row>()
      for (const [tenant, group] of Map.groupBy(wanted, (key) => key.tenant)) {
        for (const row of await fetchNewest(
          db,
          tenant,
          group.map(({ id }) => id),
        )) {
          if (row !== undefined) rows.set(`${tenant}/${row.id}`, row)
        }
      }
      return wanted.map(({ tenant, id }) => ({ row: rows.get(`${tenant}/${id}`) }))
    },
  })
  return async (tenant, ids) => {
    if (ids.length > mostReads) return fetchNewest(db, tenant, ids)
    return (await Promise.all(ids.map((id) => one({ tenant, id })))).map(({ row }) => row)
  }
}

/** The newest version of each, in a transaction of their own. */
export async function fetchNewest(
  db: Database,
  tenant: number,
  ids: readonly Id<string>[],
): Promise<(Row | undefined)[]> {
  const [found] = await db.run<StoredRow>(tenant, [newestQuery(ids)])
  return newestIn(found?.rows ?? [], ids)
}

/**
 * The newest version, with its entry durable first (45 CFR 164.312(b)). Throws 'not-found', 'gone' and, for bytes that
 * are not what was stored, 'record-damaged'.
 */
export async function read(stores: ReadStores, grant: Grant<'read'>, id: Id<string>, request: string): Promise<Stored> {
  const { actor, type, patient } = grant.question
  const [row] = await stores.newest(actor.tenant, [id])
  if (row === undefined || row.type !== type) throw new Refusal('not-found')
  // Asked for as one patient's: that it is another's is not told.
  if (patient !== undefined && row.patient !== patient) throw new Refusal('not-found')
  if (row.deleted) throw goneFor(grant)
  if (type === 'Binary') return readBinary(stores, grant, row, request)
  return release(stores, grant, [row], request).then(([stored]) => stored ?? missing())
}

/** A Binary is opened first: what it says decides who may see it. */
async function readBinary(stores: ReadStores, grant: Grant<'read'>, row: Row, request: string): Promise<Stored> {
  const opened = await openVisible(stores.patientKeys, grant, row)
  if (opened === undefined) throw new Refusal('not-found')
  const context = await grantOfContext(stores, grant, opened.resource)
  const { type, id, version, patient } = row
  const touched = { types: [type], patients: [patient, context?.patient], records: [{ type, id, version }] }
  const grants = context === undefined ? ([grant] as const) : ([grant, context.grant] as const)
  await stores.ledger.record(factsOf(grants, request, stores.clock, touched))
  return withoutMark(storedOf(opened))
}

/** One version by its number; a deleted one is 'gone'. */
export async function readVersion(
  stores: ReadStores,
  grant: Grant<'history'>,
  id: Id<string>,
  version: number,
  request: string,
): Promise<Stored> {
  const [found] = await fetchVersions(stores.db, grant.question.actor.tenant, [{ id, version }])
  if (found === undefined || found.row.type !== grant.question.type) throw new Refusal('not-found')
  const { row } = found
  if (row.deleted) throw goneFor(grant)
  return release(stores, grant, [row], request).then(([stored]) => stored ?? missing())
}

/**
 * Opens rows and makes the entry durable at the same time; nothing is handed out before both are done. Rows that the
 * grant does not show are left out, and then it is opened first: an entry tells of what was released.
 */
async function release(
  stores: Pick<ReadStores, 'ledger' | 'patientKeys' | 'clock'>,
  grant: Grant<'read' | 'history'>,
  rows: readonly Row[],
  request: string,
): Promise<Stored[]> {
  const open = async (): Promise<(Opened | undefined)[]> =>
    Promise.all(rows.map((row) => openVisible(stores.patientKeys, grant, row)))
  const record = async (shown: readonly Row[]): Promise<void> => {
    if (shown.length === 0) throw new Refusal('not-found')
    const facts = factsOf([grant], request, stores.clock, {
      types: shown.map(({ type }) => type),
      patients: shown.map(({ patient }) => patient),
      records: shown.map(({ type, id, version }) => ({ type, id, version })),
    })
    await stores.ledger.record(facts)
  }
  if (grant.rows !== undefined) {
    const shown = (await open()).filter((one) => one !== undefined)
    await record(shown.map(({ row }) => row))
    return shown.map(storedOf)
  }
  // The entry goes on its way first, with those of others: while the database has it, there is time to open.
  const [opened] = await Promise.all([nextTurn().then(open), record(rows)])
  return opened.flatMap((one) => (one === undefined ? [] : [storedOf(one)]))
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Whoever sees some rows of a type only is not told that there was another. */
export function goneFor(grant: Grant): Refusal {
  return new Refusal(grant.rows === undefined ? 'gone' : 'not-found')
}

function missing(): never {
  throw new Error('a release answers each row')
}
