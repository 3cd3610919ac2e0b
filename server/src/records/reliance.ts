import { isObject, type JsonObject, referencesIn, readReference, type Resource } from '@chartkeep/model/fhir'
import { bucketOf, type Id, parseId, Refusal } from '#base'
import { int2Array, type Query, type Tx, uuidArray } from '#db'
import type { PreparedWrite, Unit } from './commit.ts'
import { parseStored } from './visible.ts'

// A record that is referred to may be deleted while the record that refers to it is being written, and a patient while
// something is added to the chart. Both are judged inside the transaction, after its own rows.

/** The records of ours that a resource refers to and its version before did not; the patient whose it is in any case. */
export function reliedOn(resource: Resource, before: Resource | undefined, patient: Id<'patient'> | undefined) {
  // A Bundle's references lead to its own entries.
  const ids = resource.resourceType === 'Bundle' ? new Set<Id<string>>() : localReferences(resource)
  if (before !== undefined) for (const id of localReferences(before)) ids.delete(id)
  if (patient !== undefined && resource.resourceType !== 'Patient') ids.add(patient)
  return [...ids]
}

function localReferences(resource: Resource): Set<Id<string>> {
  const ids = new Set<Id<string>>()
  collect(resource, ids)
  return ids
}

/** As `referencesIn` finds them, but without putting their places into words: few are ever asked for. */
function collect(holder: JsonObject, ids: Set<Id<string>>): void {
  for (const name in holder) {
    const member = holder[name]
    if (typeof member === 'string') {
      const id = name === 'reference' ? localId(member) : undefined
      if (id !== undefined) ids.add(id)
    } else if (Array.isArray(member)) {
      for (const one of member) if (isObject(one)) collect(one, ids)
    } else if (isObject(member)) collect(member, ids)
  }
}

function localId(text: string): Id<string> | undefined {
  const read = readReference(text)
  return read.kind === 'record' && read.base === '' ? parseId<string>(read.id) : undefined
}

/** Deletions of patients, whose charts must be empty. */
export function patientsDeleted(writes: readonly PreparedWrite[]): PreparedWrite[] {
  return writes.filter(({ row }) => row.deleted && row.type === 'Patient')
}

/**
 * Holds off every other writer until the transaction ends: what they have written is seen then, and what they will write
 * sees the deletion. Called before any row is written. Patients are deleted seldom, so nobody else pays for it.
 */
export async function holdOffWriters(tx: Tx): Promise<void> {
  await Promise.all([
    tx.query({ text: "set local lock_timeout = '5s'" }),
    tx.query({ text: 'lock table records.resource in share row exclusive mode' }),
  ])
}

/** Of these patients, those that have records left; deletions of this transaction count when they are written. */
export function chartsStanding(patients: readonly PreparedWrite[], except: readonly PreparedWrite[] = []): Query {
  const ids = patients.map(({ row }) => row.id)
  return {
    name: 'records.charts-standing',
    text: `select q.id from unnest($1::smallint[], $2::uuid[]) as q(bucket, id)
      where exists (select from records.resource r where r.bucket = q.bucket and r.patient = q.id and r.id <> q.id
        and not r.deleted and r.id <> all($3::uuid[]))`,
    values: [int2Array(ids.map(bucketOf)), uuidArray(ids), uuidArray(except.map(({ row }) => row.id))],
  }
}

/** Of the records that these rely on, those that are deleted. */
function deletedQuery(ids: readonly Id<string>[]): Query {
  return {
    name: 'records.deleted',
    text: `select r.id from unnest($1::smallint[], $2::uuid[]) as q(bucket, id)
      join records.resource r on r.bucket = q.bucket and r.id = q.id and r.deleted`,
    values: [int2Array(ids.map(bucketOf)), uuidArray(ids)],
  }
}

/** Of these, those that have no record. */
function absentQuery(ids: readonly Id<string>[]): Query {
  return {
    name: 'records.absent',
    text: `select q.id from unnest($1::smallint[], $2::uuid[]) as q(bucket, id)
      where not exists (select from records.resource r where r.bucket = q.bucket and r.id = q.id and not r.deleted)`,
    values: [int2Array(ids.map(bucketOf)), uuidArray(ids)],
  }
}

/** Judges units whose rows are written: for each, why it may not stand. */
export async function findBroken(tx: Tx, units: readonly Unit[]): Promise<(Refusal | undefined)[]> {
  const writes = units.flatMap(({ rows }) => rows)
  const relied = [...new Set(writes.flatMap(({ reliesOn }) => reliesOn))]
  const subjects = [...new Set(writes.flatMap((write) => write.subjects))]
  const patients = patientsDeleted(writes)
  const idsOf = async (asked: readonly unknown[], query: Query): Promise<ReadonlySet<string>> => {
    if (asked.length === 0) return new Set()
    const { rows } = await tx.query<{ id: string }>(query)
    return new Set(rows.map(({ id }) => id))
  }
  const [gone, absent, standing] = await Promise.all([
    idsOf(relied, deletedQuery(relied)),
    idsOf(subjects, absentQuery(subjects)),
    idsOf(patients, chartsStanding(patients)),
  ])
  return units.map(({ rows }) => {
    for (const write of rows) {
      if (standing.has(write.row.id)) return new Refusal('chart-stands', { part: write.part })
      const lost = write.reliesOn.find((id) => gone.has(id)) ?? write.subjects.find((id) => absent.has(id))
      if (lost !== undefined) return brokenReference(write, lost, gone.has(lost))
    }
    return undefined
  })
}

function brokenReference({ row, part }: PreparedWrite, id: Id<string>, deleted: boolean): Refusal {
  const found = referencesIn(parseStored(row.json)).find(({ reference }) => localId(reference.reference) === id)
  const text = deleted ? 'This leads to a record that was deleted.' : 'This leads to no record here.'
  return new Refusal('reference-unresolved', {
    part,
    findings: [{ expression: found?.path ?? row.type, issue: 'not-found', text }],
  })
}
