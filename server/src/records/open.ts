import { newId, Refusal } from '#base'
import type { Tx } from '#db'
import type { Keyring } from '#keys'
import { openBinaries } from './binary.ts'
import { openChanges } from './changes.ts'
import { openCommitter } from './commit.ts'
import { definition } from './definition.ts'
import { dropDraft, readDraft, saveDraft } from './draft.ts'
import { everything } from './everything.ts'
import { factsOf } from './facts.ts'
import { openLookUp } from './lookups.ts'
import { lastN } from './last-n.ts'
import { matchPatients } from './match-patients.ts'
import { openPatientKeys } from './patient-keys.ts'
import { openPatients } from './patients.ts'
import { history, historyOfTypes } from './history.ts'
import type { IndexKeys } from './prepare.ts'
import { openNewest, read, readVersion } from './read.ts'
import { authors } from './authors.ts'
import { readSeveral } from './read-several.ts'
import type { Records, RecordsOptions } from './records.ts'
import { chartOf } from './search/chart-of.ts'
import { defaultScanLimits, type SearchStores } from './search/engine.ts'
import { importedIds } from './imported-ids.ts'
import { matchRecords, search } from './search/search.ts'
import { openSealer } from './sealing/sealer.ts'
import { termsFor } from './terms.ts'
import { openTurns } from './take-turns.ts'
import { write } from './write.ts'

/** The one tenant of an installation so far; every row and key names it. */
export const firstTenant = 1

/** Thrown when the keyring is another database's: plain words for the operator; nothing was changed. */
export class ForeignKeyring extends Error {}

/** Opens the store and loads the patient index. Throws ForeignKeyring. */
export async function openRecords({
  db,
  keys,
  ledger,
  clock,
  log,
  scanLimits = defaultScanLimits,
  handOf = async () => undefined,
  secondThread = true,
}: RecordsOptions): Promise<Records> {
  const tenant = firstTenant
  await db.transact(tenant, (tx) => claimKeyring(tx, keys, tenant))
  const patientKeys = openPatientKeys(db, keys)
  await patientKeys.ensurePractice(tenant)
  const indexKeys: IndexKeys = {
    identity: keys.hmacKey('index/identity'),
    operational: keys.hmacKey('index/operational'),
  }
  const origin: string = newId(clock.now())
  const changes = await openChanges({ db, tenant, origin, log })
  const newest = openNewest(db)
  const stores = {
    db,
    keys,
    ledger,
    clock,
    handOf,
    log,
    patientKeys,
    indexKeys,
    changes,
    newest,
    origin,
    committer: openCommitter({ db, keys, ledger, origin }),
    lookUp: openLookUp(db),
    sealer: openSealer(log, secondThread),
  }
  const patients = await openPatients(stores, tenant)
  const terms: SearchStores['terms'] = async (grant, parameters, request) =>
    termsFor((of, canonical) => definition(open, of, canonical, request), grant, parameters)
  const open = { ...stores, patients, terms, scanLimits }
  const binaries = openBinaries(open)
  return {
    read: (grant, id, request) => read(stores, grant, id, request),
    readSeveral: (grants, ids, request) => readSeveral(stores, grants, ids, request),
    authors: (grant, versions) => authors(ledger, grant, versions),
    readVersion: (grant, id, version, request) => readVersion(stores, grant, id, version, request),
    history: (grant, id, asked, request) => history(stores, grant, id, asked, request),
    historyOfTypes: (grants, asked, request) => historyOfTypes(stores, grants, asked, request),
    search: (grant, asked, request) => search(open, grant, asked, request),
    definition: (grant, canonical, request) => definition(open, grant, canonical, request),
    chart: (grants, page, request) => chartOf(open, grants, page, request),
    everything: (grants, asked, request) => everything(open, grants, asked, request),
    lastN: (grant, asked, request) => lastN(open, grant, asked, request),
    matchPatients: (grant, asked, request) => matchPatients(open, grant, asked, request),
    readPatient: async (grant, id, request) => {
      const stored = await read(stores, grant, id, request)
      return { stored, found: patients.faceIn(stored.json) }
    },
    findPatients: patients.find,
    faces: patients.faces,
    write: (writes, request, held) => write(open, writes, request, held),
    inTurn: openTurns({ db, key: keys.hmacKey('index/turns'), tenant, caughtUp: patients.caughtUp }),
    storeBinary: binaries.store,
    openBinary: binaries.open,
    saveDraft: (grant, patient, text, request) => saveDraft(stores, grant, patient, text, request),
    readDraft: (grant, patient, request) => readDraft(stores, grant, patient, request),
    dropDraft: (grant, patient, request) => dropDraft(stores, grant, patient, request),
    match: (grant, query, request) => matchRecords(open, grant, query, request),
    recordUse: async (grants, action, request) => {
      const types = grants.map(({ question }) => question.type)
      await ledger.record(factsOf(grants, request, clock, { action, types, patients: [], records: [] }))
    },
    existing: async (grant, ids) => {
      const rows = await newest(grant.question.actor.tenant, ids)
      return new Set(rows.flatMap((row) => row?.id ?? []))
    },
    importedIds: (grant, buckets) => importedIds(db, grant, buckets),
    watch: changes.watch,
    missed: changes.missed,
    close: async () => {
      patients.close()
      await changes.close()
      await stores.sealer.close()
    },
    ready: patients.ready,
    patientCount: patients.count,
  }
}

async function claimKeyring(tx: Tx, keys: Keyring, tenant: number): Promise<void> {
  await tx.query({
    text: 'insert into records.keyring (tenant, id, epoch) values ($1, $2, $3) on conflict do nothing',
    values: [tenant, keys.id, keys.epoch],
  })
  const { rows } = await tx.query<{ id: string; epoch: number }>({
    text: 'select id, epoch from records.keyring where tenant = $1',
    values: [tenant],
  })
  const [row] = rows
  if (row === undefined) throw new Refusal('storage-unavailable')
  if (row.id !== keys.id)
    throw new ForeignKeyring(
      'This keyring belongs to another database. Start with the keyring that was made with this data folder.',
    )
  if (row.epoch > keys.epoch)
    throw new ForeignKeyring('This keyring is an older copy: keys were rotated since. Start with the newest keyring.')
}
