import { bucketOf, type Clock, type Id, readUuid, Refusal, sha256, writeId, writeInt64 } from '#base'
import type { Database, Tx } from '#db'
import { Damaged, open, type PatientKey, seal } from '#keys'
import { type EntryFacts, type EntryState, type Ledger, newestStates } from '#ledger'
import type { Grant } from '#policy'
import { factsOf } from './facts.ts'
import { contentOf, fillUp, paddedContent } from './padding.ts'
import type { PatientKeys } from './patient-keys.ts'

interface DraftStores {
  readonly db: Database
  readonly ledger: Ledger
  readonly patientKeys: PatientKeys
  readonly clock: Clock
}

// A draft is the author's own and unsigned: replaced as it is typed, so it has no versions. It is no part of the legal
// record until it is signed, but it is health information: sealed under the patient's key, filled up so that the database
// does not tell what is typed by its length, and each look is recorded. The ledger knows when one was begun and when it was
// over, so that one which is gone is missed.

const longestStep = 256 * 1024

interface DraftRow {
  readonly tenant: number
  readonly patient: Id<'patient'>
  readonly author: string
  readonly keyId: number
  /** Unix ms. */
  readonly updated: number
}

/** All of its row: no column can be changed, and no draft moved to another. */
function associatedData({ tenant, patient, author, keyId, updated }: DraftRow): Buffer {
  const aad = Buffer.alloc(49)
  aad.writeUInt8(0xd3, 0)
  aad.writeUInt32BE(tenant, 1)
  writeId(patient, aad, 5)
  writeId(author, aad, 21)
  aad.writeInt32BE(keyId, 37)
  writeInt64(updated, aad, 41)
  return aad
}

/** The text of a draft. Throws 'record-damaged' when the row is not as it was saved. */
export function openDraft(key: PatientKey, row: DraftRow, body: Buffer): Buffer {
  try {
    const text = contentOf(open(key.draft, body, associatedData(row)))
    if (text === undefined) throw new Damaged()
    return text
  } catch (error) {
    if (error instanceof Damaged) throw new Refusal('record-damaged', { cause: error })
    throw error
  }
}

/** What the ledger calls an author's draft on a patient. */
export function draftId(of: { tenant: number; patient: string; author: string }): Id<'draft'> {
  const { tenant, patient, author } = of
  // oxlint-disable-next-line no-unsafe-type-assertion -- sixteen bytes are an id
  return readUuid(sha256(`draft ${tenant} ${patient} ${author}`), 0) as Id<'draft'>
}

const noCode = Buffer.alloc(16)

/** That it was begun, or is over; nothing when the ledger says so already. */
async function turnOf(tx: Tx, subject: Id<'draft'>, ended: boolean): Promise<EntryState[]> {
  const newest = (await newestStates(tx, [subject])).get(subject)
  if ((newest?.ended ?? true) === ended) return []
  return [{ kind: 'draft', subject, version: (newest?.version ?? 0) + 1, ended, mac: noCode }]
}

/** Keeps the author's unfinished note on this patient in place of the one before. */
export async function saveDraft(
  stores: DraftStores,
  grant: Grant<'draft'>,
  patient: Id<'patient'>,
  text: Buffer,
  request: string,
): Promise<{ at: number }> {
  const { actor } = grant.question
  const held = (await stores.patientKeys.find(actor.tenant, [patient]))[0]
  if (held === undefined) throw new Refusal('not-found')
  const at = stores.clock.now()
  const filled = fillUp(text, paddedContent(text.length, longestStep))
  const row = { tenant: actor.tenant, patient, author: actor.id, keyId: held.keyId, updated: at }
  const body = seal(held.key.draft, filled, associatedData(row))
  await stores.db.transact(actor.tenant, async (tx) => {
    const { rows } = await tx.query<{ begun: boolean }>({
      name: 'records.save-draft',
      text: `insert into records.draft (tenant, bucket, patient, author, key_id, updated, body) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (bucket, patient, author) do update set key_id = excluded.key_id, updated = excluded.updated, body = excluded.body
        returning xmax = 0 as begun`,
      values: [actor.tenant, bucketOf(patient), patient, actor.id, held.keyId, new Date(at), body],
    })
    const states = rows[0]?.begun === true ? await turnOf(tx, draftId(row), false) : []
    await stores.ledger.recordWithin(tx, [{ ...draftFacts(stores, grant, patient, request), states }])
  })
  return { at }
}

/** The entry of whatever is done with a draft. */
function draftFacts(
  { clock }: DraftStores,
  grant: Grant<'draft'>,
  patient: Id<'patient'>,
  request: string,
): EntryFacts {
  return factsOf([grant], request, clock, {
    action: 'draft',
    types: [grant.question.type],
    patients: [patient],
    records: [],
  })
}

/** The author's own unfinished note on this patient, if there is one. */
export async function readDraft(
  stores: DraftStores,
  grant: Grant<'draft'>,
  patient: Id<'patient'>,
  request: string,
): Promise<{ text: Buffer; at: number } | undefined> {
  const { actor } = grant.question
  const { rows } = await stores.db.transact(actor.tenant, (tx) =>
    tx.query<{ key_id: number; body: Buffer; updated: Date }>({
      name: 'records.read-draft',
      text: 'select key_id, body, updated from records.draft where bucket = $1 and patient = $2 and author = $3',
      values: [bucketOf(patient), patient, actor.id],
    }),
  )
  const row = rows[0]
  if (row === undefined) return undefined
  const held = await stores.patientKeys.require(actor.tenant, patient)
  await stores.ledger.record(draftFacts(stores, grant, patient, request))
  const updated = row.updated.getTime()
  const place = { tenant: actor.tenant, patient, author: actor.id, keyId: row.key_id, updated }
  return { text: openDraft(held.key, place, row.body), at: updated }
}

/** Drops it: signed, or given up. */
export async function dropDraft(
  stores: DraftStores,
  grant: Grant<'draft'>,
  patient: Id<'patient'>,
  request: string,
): Promise<void> {
  // Made also where there is nothing to drop, and so no entry: it looks at the grant.
  const facts = draftFacts(stores, grant, patient, request)
  const { actor } = grant.question
  await stores.db.transact(actor.tenant, async (tx) => {
    const { rowCount } = await tx.query({
      name: 'records.drop-draft',
      text: 'delete from records.draft where bucket = $1 and patient = $2 and author = $3',
      values: [bucketOf(patient), patient, actor.id],
    })
    const states = await turnOf(tx, draftId({ tenant: actor.tenant, patient, author: actor.id }), true)
    if (rowCount === 0 && states.length === 0) return
    await stores.ledger.recordWithin(tx, [{ ...facts, states }])
  })
}
