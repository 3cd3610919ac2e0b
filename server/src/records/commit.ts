import { setTimeout as pause } from 'node:timers/promises'
import { type Id, Refusal } from '#base'
import { batch, type Database, type Held, holdStamp, type Tx } from '#db'
import type { Keyring } from '#keys'
import type { EntryFacts, Ledger } from '#ledger'
import type { NewKey } from './patient-keys.ts'
import { tellPatients } from './notices.ts'
import { storeKeys } from './patient-keys.ts'
import type { Prepared } from './prepare.ts'
import { chartsStanding, findBroken, holdOffWriters, patientsDeleted } from './reliance.ts'
import { insertNew, replaceLookups, replaceNewest, savedQuery } from './statements.ts'
import type { LookupToken } from './tokens.ts'

/** Writes that stand or fall together, with the one entry that records them. */
export interface Unit {
  readonly tenant: number
  readonly rows: readonly PreparedWrite[]
  readonly newKeys: readonly NewKey[]
  readonly facts: EntryFacts
  /** Of the turn that it rests on: lost, it is not committed. */
  readonly held?: Held | undefined
}

export interface PreparedWrite {
  readonly row: Prepared
  /** The look-ups of the version being replaced. */
  readonly oldLookups: readonly LookupToken[]
  /** Which of the changes that were asked for, from 0. */
  readonly part: number
  /** Records that must not have been deleted when it is committed. */
  readonly reliesOn: readonly Id<string>[]
  /** Those that must be there: whom the record is about, if not a patient. */
  readonly subjects: readonly Id<string>[]
}

export interface Committer {
  /**
   * Durable, entry included, when it resolves. Throws Refusal 'version-conflict' when another was first, 'chart-stands'
   * and 'reference-unresolved' for what was, or was not, deleted meanwhile.
   */
  commit(unit: Unit): Promise<void>
}

interface Stores {
  readonly db: Database
  readonly keys: Keyring
  readonly ledger: Ledger
  /** Names this process in notices. */
  readonly origin: string
}

const mostUnits = 64
const mostRowsShared = 32
const settleMs = 15_000

/**
 * Small units of many callers share a transaction, and so one flush of the disk; a large one has its own. A unit that
 * comes too late falls out alone: nothing of it is written, its entry neither.
 */
export function openCommitter(stores: Stores): Committer {
  const shared = batch<Unit, true>({ limit: mostUnits, flush: (units) => commitByTenant(stores, units) })
  return {
    async commit(unit) {
      const patients = patientsDeleted(unit.rows)
      if (patients.length > 0) await refuseStanding(stores.db, unit, patients)
      // What holds off the others is not made to wait for them.
      if (unit.rows.length <= mostRowsShared && patients.length === 0) await shared(unit)
      else {
        const [outcome] = await commitSettled(stores, unit.tenant, [unit])
        if (outcome instanceof Error) throw outcome
      }
    },
  }
}

/** Looked at once before anybody is held off, and again when they are. */
async function refuseStanding(db: Database, unit: Unit, patients: readonly PreparedWrite[]): Promise<void> {
  const removed = unit.rows.filter(({ row }) => row.deleted)
  const [found] = await db.run<{ id: string }>(unit.tenant, [chartsStanding(patients, removed)])
  const standing = new Set(found?.rows.map(({ id }) => id))
  const first = patients.find(({ row }) => standing.has(row.id))
  if (first !== undefined) throw new Refusal('chart-stands', { part: first.part })
}

async function commitByTenant(stores: Stores, units: readonly Unit[]): Promise<(true | Error)[]> {
  const outcomes = new Map<Unit, true | Error>()
  for (const group of apart(units)) {
    // Each group is a transaction of its own: one that fails says nothing of the others.
    const settled = await commitSettled(stores, group[0].tenant, group).catch((error: unknown) =>
      group.map(() => asError(error)),
    )
    for (const [index, unit] of group.entries()) outcomes.set(unit, settled[index] ?? fail())
  }
  return units.map((unit) => outcomes.get(unit) ?? fail())
}

/** Groups of one tenant in which no record is changed twice: the second change has to see what the first has done. */
function apart(units: readonly Unit[]): [Unit, ...Unit[]][] {
  const groups: { units: [Unit, ...Unit[]]; ids: Set<string> }[] = []
  for (const unit of units) {
    const ids = unit.rows.map(({ row }) => row.id)
    const group = groups.find((one) => one.units[0].tenant === unit.tenant && ids.every((id) => !one.ids.has(id)))
    if (group === undefined) groups.push({ units: [unit], ids: new Set(ids) })
    else {
      group.units.push(unit)
      for (const id of ids) group.ids.add(id)
    }
  }
  return groups.map((group) => group.units)
}

/**
 * When the connection is lost while committing, nobody knows yet: once the database answers again, the rows themselves
 * tell whether the transaction took place. Their ids were made beforehand, so it can be carried out again if not.
 */
async function commitSettled(stores: Stores, tenant: number, units: readonly Unit[]): Promise<(true | Error)[]> {
  try {
    return await commitOnce(stores, tenant, units)
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'outcome-unknown') throw error
    return settle(stores, tenant, units)
  }
}

async function settle(stores: Stores, tenant: number, units: readonly Unit[]): Promise<(true | Error)[]> {
  const saved = await findSaved(stores.db, tenant, units)
  // It took place, and with all of them.
  if (saved.includes(true)) return units.map(() => true)
  try {
    const again = await commitOnce(stores, tenant, units)
    if (!again.some((outcome) => outcome instanceof Error)) return again
    // What got in the way may be the first try, whose commit has arrived only now: the rows waited for it.
    const late = await findSaved(stores.db, tenant, units)
    return again.map((outcome, index) => late[index] || outcome)
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'version-conflict') throw error
    // The first try may be under way still, so that no other answer would be true.
    throw new Refusal('outcome-unknown', { cause: error })
  }
}

async function commitApart(stores: Stores, tenant: number, units: readonly Unit[]): Promise<(true | Error)[]> {
  const outcomes: (true | Error)[] = []
  for (const unit of units)
    outcomes.push(...(await commitSettled(stores, tenant, [unit]).catch((error: unknown) => [asRefusal(error)])))
  return outcomes
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('not an error', { cause: error })
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  throw error
}

/** For each unit, whether it was saved; asks until the database answers, for a while. Throws 'outcome-unknown'. */
async function findSaved(db: Database, tenant: number, units: readonly Unit[]): Promise<boolean[]> {
  const rows = units.flatMap((unit) => unit.rows.map(({ row }) => row))
  for (const began = performance.now(); ;) {
    try {
      const [found] = await db.run<{ id: string }>(tenant, [savedQuery(rows)])
      const saved = new Set(found?.rows.map(({ id }) => id))
      return units.map((unit) => unit.rows.every(({ row }) => saved.has(row.id)))
    } catch (error) {
      if (performance.now() - began > settleMs) throw new Refusal('outcome-unknown', { cause: error })
      await pause(100)
    }
  }
}

async function commitOnce(stores: Stores, tenant: number, units: readonly Unit[]): Promise<(true | Error)[]> {
  try {
    return await commitTogether(stores, tenant, units)
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error
    return units.length === 1 ? [new Refusal('version-conflict')] : commitApart(stores, tenant, units)
  }
}

/** One of the units came too late, and their transaction was given up: which one shows when each has its own. */
class GivenUp extends Error {}

/** As if nobody came too late, which is so nearly always: no statement waits for the answer to another. */
function commitTogether({ db, keys, ledger, origin }: Stores, tenant: number, units: readonly Unit[]): Promise<true[]> {
  return db.transact(tenant, async (tx) => {
    const writes = units.flatMap((unit) => unit.rows)
    const oldest = Math.min(...writes.map(({ row }) => row.updated))
    // The first statement: from here on the transaction itself holds back who asks for what is new.
    const holding = tx.query(holdStamp(oldest))
    const heldOff = patientsDeleted(writes).length > 0 ? holdOffWriters(tx) : undefined
    const [fresh, changed] = [writes.filter(isNew), writes.filter((write) => !isNew(write))]
    const [created, replaced, broken] = await Promise.all([
      insertNew(tx, fresh.map(rowOf)),
      replaceNewest(tx, changed.map(rowOf)),
      findBroken(tx, units),
      storeKeys(
        tx,
        keys,
        tenant,
        units.flatMap(({ newKeys }) => newKeys),
      ),
      indexAndRecord(tx, ledger, units),
      tellPatients(tx, origin, writes.map(rowOf)),
      holding,
      heldOff,
    ])
    if (created.size < fresh.length || replaced.size < changed.length) throw new GivenUp()
    const fault = broken.find((one) => one !== undefined)
    if (fault !== undefined) throw units.length === 1 ? fault : new GivenUp()
    // Asked last: the commit is sent next.
    if (units.some(({ held }) => held?.() === false)) throw units.length === 1 ? new Refusal('conflict') : new GivenUp()
    return units.map(() => true)
  })
}

const isNew = ({ row }: PreparedWrite): boolean => row.before === 0
const rowOf = ({ row }: PreparedWrite): Prepared => row

async function indexAndRecord(tx: Tx, ledger: Ledger, units: readonly Unit[]): Promise<void> {
  const writes = units.flatMap((unit) => unit.rows)
  await Promise.all([
    replaceLookups(
      tx,
      writes.map(({ row, oldLookups }) => ({ row, old: oldLookups })),
      writes.map(rowOf),
    ),
    ledger.recordWithin(
      tx,
      units.map(({ facts }) => facts),
    ),
  ])
}

function fail(): never {
  throw new Error('a batch answers each of its units')
}
