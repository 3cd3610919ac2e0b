import { byteaArray, type Query, timestamptzArray, type Tx, uuidArray } from '#db'
import type { SealedEntry } from './entry.ts'
import { unpackIds } from './packed.ts'

const insertEntries = {
  name: 'ledger-append',
  text: `insert into ledger.entry (tenant, id, at, actor, patient, header, patients, reads, writes, details, tag)
    select $1::integer, e.* from unnest($2::uuid[], $3::timestamptz[], $4::uuid[], $5::uuid[], $6::bytea[], $7::bytea[],
      $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[]) as e`,
}

const insertSubjects = {
  name: 'ledger-append-subjects',
  text: `insert into ledger.subject (tenant, patient, entry, at)
    select $1::integer, s.* from unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) as s`,
}

/** Adds the entries, all of one tenant, in the transaction. They are durable when it commits. */
export async function append(tx: Tx, tenant: number, entries: readonly SealedEntry[]): Promise<void> {
  for (const query of appendQueries(tenant, entries)) await tx.query(query)
}

/** The statements that add these entries, all of one tenant. */
export function appendQueries(tenant: number, entries: readonly SealedEntry[]): Query[] {
  if (entries.length === 0) return []
  const milliseconds = (entry: SealedEntry): number => entry.at / 1000
  const subjects = entries.flatMap((entry) => unpackIds(entry.patients).map((patient) => ({ entry, patient })))
  const values = [
    tenant,
    uuidArray(entries.map((entry) => entry.id)),
    timestamptzArray(entries.map(milliseconds)),
    uuidArray(entries.map((entry) => entry.actor)),
    uuidArray(entries.map((entry) => entry.patient)),
    byteaArray(entries.map((entry) => entry.header)),
    byteaArray(entries.map((entry) => entry.patients)),
    byteaArray(entries.map((entry) => entry.reads)),
    byteaArray(entries.map((entry) => entry.writes)),
    byteaArray(entries.map((entry) => entry.details)),
    byteaArray(entries.map((entry) => entry.tag)),
  ]
  if (subjects.length === 0) return [{ ...insertEntries, values }]
  const subjectValues = [
    tenant,
    uuidArray(subjects.map((subject) => subject.patient)),
    uuidArray(subjects.map((subject) => subject.entry.id)),
    timestamptzArray(subjects.map((subject) => milliseconds(subject.entry))),
  ]
  return [
    { ...insertEntries, values },
    { ...insertSubjects, values: subjectValues },
  ]
}
