import { codeOfType } from '@chartkeep/model/fhir'
import { bucketOf, type Id, parseId, Refusal } from '#base'
import type { Tx } from '#db'
import { everyNewestState } from '#ledger'
import { opensFirst } from './content.ts'
import { draftId, openDraft } from './draft.ts'
import type { PatientKeys } from './patient-keys.ts'
import type { RecordFault } from './verify.ts'

// What is stored beside records: content that no record leads to, and drafts.

const pageSize = 500
const lowest = -32_768
const nobody = '00000000-0000-0000-0000-000000000000'

/**
 * Pieces of content without a Binary. An upload that is under way, or was cut off and waits to be swept away, is sealed for
 * its patient: what opens under nobody's key was put there by someone else.
 */
export async function contentFaults(tx: Tx, tenant: number, patientKeys: PatientKeys): Promise<RecordFault[]> {
  const faults: RecordFault[] = []
  const text = `select distinct c.bucket, c.id from records.chunk c where (c.bucket, c.id) > ($1::smallint, $2::uuid)
      and not exists (select from records.resource r where r.bucket = c.bucket and r.id = c.id and r.type = ${codeOfType('Binary')})
      order by c.bucket, c.id limit $3`
  const orphans = pages(
    (values) => tx.query<{ bucket: number; id: string }>({ text, values }),
    (row) => [row.bucket, row.id],
    [lowest, nobody],
  )
  for await (const { bucket, id } of orphans) {
    const parsed = parseId<string>(id)
    if (parsed !== undefined && bucketOf(parsed) === bucket && (await isUpload(tx, tenant, parsed, patientKeys)))
      continue
    faults.push({ record: `content ${id}`, what: 'belongs to no document, and was not stored by us' })
  }
  return faults
}

async function isUpload(tx: Tx, tenant: number, id: Id<string>, patientKeys: PatientKeys): Promise<boolean> {
  const { rows } = await tx.query<{ number: number }>({
    text: 'select number from records.chunk where bucket = $1 and id = $2 order by number limit 1',
    values: [bucketOf(id), id],
  })
  if (rows[0]?.number !== 0) return false
  const { rows: owners } = await tx.query<{ owner: string }>({
    text: 'select owner from records.patient_key where bucket = $1',
    values: [bucketOf(id)],
  })
  for (const owner of [undefined, ...owners.flatMap((row) => parseId<string>(row.owner) ?? [])]) {
    const held = await patientKeys.require(tenant, owner).catch(() => undefined)
    if (held !== undefined && (await opensFirst(tx, { tenant, id, key: held.key }))) return true
  }
  return false
}

/** Drafts that are not as their author has saved them, or are there and over, or begun and not there. */
export async function draftFaults(tx: Tx, tenant: number, patientKeys: PatientKeys): Promise<RecordFault[]> {
  const faults: RecordFault[] = []
  const text = `select bucket, patient, author, key_id, updated, body from records.draft
      where (bucket, patient, author) > ($1::smallint, $2::uuid, $3::uuid) order by bucket, patient, author limit $4`
  const drafts = pages(
    (values) => tx.query<Draft>({ text, values }),
    (row) => [row.bucket, row.patient, row.author],
    [lowest, nobody, nobody],
  )
  const begun = await begunDrafts(tx, tenant)
  for await (const row of drafts) {
    const known = begun.delete(draftId({ ...row, tenant }))
    const what = (await faultInDraft(tenant, row, patientKeys)) ?? (known ? undefined : notBegun)
    if (what !== undefined) faults.push({ record: `draft of Patient/${row.patient} by ${row.author}`, what })
  }
  for (const id of begun)
    faults.push({ record: `draft ${id}`, what: 'was begun, and is not there: its row was removed' })
  return faults
}

/** Those that are not over yet, by the ledger. */
async function begunDrafts(tx: Tx, tenant: number): Promise<Set<string>> {
  const begun = new Set<string>()
  for await (const page of everyNewestState(tx, tenant))
    for (const { kind, subject, ended } of page) if (kind === 'draft' && !ended) begun.add(subject)
  return begun
}

const notBegun = 'was never begun, or is over: its row was put in or put back'

interface Draft {
  bucket: number
  patient: string
  author: string
  key_id: number
  updated: Date
  body: Buffer
}

async function faultInDraft(tenant: number, row: Draft, patientKeys: PatientKeys): Promise<string | undefined> {
  const patient = parseId<'patient'>(row.patient)
  if (patient === undefined || bucketOf(patient) !== row.bucket) return 'stands in a bucket that is not its own'
  try {
    const { key, keyId } = await patientKeys.require(tenant, patient)
    if (keyId !== row.key_id) return notOpen
    const { author, updated, body } = row
    openDraft(key, { tenant, patient, author, keyId, updated: updated.getTime() }, body)
    return undefined
  } catch (error) {
    if (error instanceof Refusal && error.code === 'record-damaged') return notOpen
    throw error
  }
}

const notOpen = 'does not open: it was altered, put back, or moved from another patient or author'

/** Rows by the page, each page from where the last one ended. */
async function* pages<R>(
  query: (values: readonly unknown[]) => Promise<{ readonly rows: readonly R[] }>,
  keyOf: (row: R) => readonly unknown[],
  first: readonly unknown[],
): AsyncGenerator<R> {
  for (let after = first; ;) {
    const { rows } = await query([...after, pageSize])
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    after = keyOf(last)
  }
}
