import { type Clock, type Id, type Log, parseId, Refusal } from '#base'
import type { Database } from '#db'
import type { Ledger } from '#ledger'
import type { Grant } from '#policy'
import { factsOf } from './facts.ts'
import { patientsChannel, patientsTold } from './notices.ts'
import { faceOf } from './patient-face.ts'
import { type PatientFace, PatientIndex } from './patient-index.ts'
import type { PatientKeys } from './patient-keys.ts'
import { openReadAgain } from './read-again.ts'
import { fetchNewest, type ReadStores } from './read.ts'
import type { FoundPatient, PatientHits } from './records.ts'
import { openRow, type Row } from './row.ts'
import { parseStored } from './visible.ts'

interface PatientStores extends ReadStores {
  readonly db: Database
  readonly ledger: Ledger
  readonly patientKeys: PatientKeys
  readonly clock: Clock
  readonly log: Log
  /** Names this process in notices. */
  readonly origin: string
}

const pageSize = 500

export interface Patients {
  /** Whether the index has everyone, and hears of what others change. */
  ready(): boolean
  count(tenant: number): number
  /** Throws 'storage-unavailable' while it is not whole: nobody is said not to exist because the database was away. */
  index(tenant: number): PatientIndex
  /** Takes in what was just written here, from its text: whoever wrote it finds it with the next search. */
  written(rows: readonly (Pick<Row, 'type' | 'id' | 'version' | 'deleted'> & { readonly json: Buffer })[]): void
  /** The face in the text of a Patient that was released already, with who may be the same person. */
  faceIn(json: Buffer): FoundPatient
  /** Resolves when what other processes have committed before is in the index. Throws 'storage-unavailable'. */
  caughtUp(): Promise<void>
  find(grant: Grant<'search'>, text: string, limit: number, request: string): Promise<PatientHits>
  faces(grant: Grant<'search'>, ids: readonly Id<'patient'>[], request: string): Promise<FoundPatient[]>
  close(): void
}

/** Keeps every patient's face in memory: loaded when opened, then after each write of a Patient here, or notice of one elsewhere. */
export async function openPatients(stores: PatientStores, tenant: number): Promise<Patients> {
  const index = new PatientIndex()
  let behind: Promise<void> = Promise.resolve()

  async function refresh(ids: readonly Id<string>[]): Promise<void> {
    const rows = await stores.newest(tenant, ids)
    for (const row of rows) if (row !== undefined) await place(row)
  }

  async function place(row: Row): Promise<void> {
    putFace(row, row.deleted ? undefined : await openRow(stores.patientKeys, row))
  }

  function putFace({ id, version }: Pick<Row, 'id' | 'version'>, json: Buffer | undefined): void {
    if (json === undefined) index.remove(id, version)
    else index.put(faceOf(parseStored(json)))
  }

  async function load(): Promise<void> {
    for await (const row of allPatients(stores.db, tenant)) {
      await place(row).catch((error: unknown) => {
        // One record that is damaged does not hide the others; a database that has gone would hide them all.
        if (error instanceof Refusal && error.status === 503) throw error
        stores.log.error({ err: error, record: row.id }, 'a patient could not be read into the index')
      })
    }
  }

  const whole = openReadAgain(load, noteBehind)
  await stores.db.listen(patientsChannel, (payload) => {
    const ids = patientsTold(stores.origin, payload)
    if (ids === undefined) return
    // One that cannot be refreshed now is read with all others, as soon as that is possible.
    const refreshed =
      ids.length === 0
        ? whole.read()
        : refresh(ids).catch((error: unknown) => {
            noteBehind(error)
            return whole.read()
          })
    behind = Promise.all([behind, refreshed]).then(() => undefined)
  })
  // A start that cannot read it fails, and says why.
  await load()

  function noteBehind(error: unknown): void {
    stores.log.error({ err: error }, 'the patient index is behind')
  }

  function ready(): boolean {
    return stores.db.listening() && whole.done()
  }

  function requireWhole(): void {
    if (!ready()) throw new Refusal('storage-unavailable')
  }

  function found(face: PatientFace): FoundPatient {
    return { face, likely: index.likely(face).map(({ id }) => id) }
  }

  async function record(
    grant: Grant<'search'>,
    faces: readonly PatientFace[],
    request: string,
    details?: Record<string, unknown>,
  ): Promise<void> {
    const touched = {
      types: ['Patient'] as const,
      patients: faces.map(({ id }) => id),
      records: [],
      ...(details === undefined ? {} : { details }),
    }
    await stores.ledger.record(factsOf([grant], request, stores.clock, touched))
  }

  return {
    ready,
    close: whole.stop,
    count: () => index.size,
    index() {
      requireWhole()
      return index
    },
    written(rows) {
      for (const row of rows) {
        if (row.type !== 'Patient') continue
        try {
          putFace(row, row.deleted ? undefined : row.json)
        } catch (error) {
          // It is saved, and the writer has to be told so.
          stores.log.error({ err: error, record: row.id }, 'a patient could not be read into the index')
        }
      }
    },
    async caughtUp() {
      await stores.db.heard()
      await behind
    },
    faceIn: (json) => found(faceOf(parseStored(json))),
    async find(grant, text, limit, request) {
      requireWhole()
      const { faces, more } = index.find(text, limit)
      await record(grant, faces, request, { text })
      return { patients: faces.map(found), more }
    },
    async faces(grant, ids, request) {
      const faces = ids.flatMap((id) => index.get(id) ?? [])
      await record(grant, faces, request)
      return faces.map(found)
    },
  }
}

/** Deleted ones too. Every patient has a key of their own: the key table names them all without walking the records. */
async function* allPatients(db: Database, tenant: number): AsyncGenerator<Row> {
  let after: { bucket: number; owner: string } = { bucket: -1, owner: '00000000-0000-0000-0000-000000000000' }
  for (;;) {
    const { rows } = await db.transact(tenant, (tx) =>
      tx.query<{ bucket: number; owner: string }>({
        text: 'select bucket, owner from records.patient_key where (bucket, owner) > ($1::smallint, $2::uuid) order by bucket, owner limit $3',
        values: [after.bucket, after.owner, pageSize],
      }),
    )
    const ids = rows.flatMap(({ owner }) => parseId<string>(owner) ?? [])
    const found = await fetchNewest(db, tenant, ids)
    for (const row of found) if (row?.type === 'Patient') yield row
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    after = last
  }
}
