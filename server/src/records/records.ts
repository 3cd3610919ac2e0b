import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import type { Bucket, Clock, Id, Log } from '#base'
import type { Database, Held } from '#db'
import type { Keyring } from '#keys'
import type { Ledger, WrittenVersion } from '#ledger'
import type { Action, Grant } from '#policy'
import type { WrittenBy } from './authors.ts'
import type { Watcher } from './changes.ts'
import type { Content } from './content.ts'
import type { EverythingAsk, EverythingGrants, EverythingPage } from './everything.ts'
import type { HistoryAsk, HistoryPage } from './history.ts'
import type { LastNAsk } from './last-n.ts'
import type { MatchAsk, PatientMatch } from './match-patients.ts'
import type { PatientFace } from './patient-index.ts'
import type { Stored } from './visible.ts'
import type { Search } from './search/ask.ts'
import type { HandOf } from './signing.ts'
import type { ScanLimits } from './search/engine.ts'
import type { Found } from './search/search.ts'
import type { TakeTurns } from './take-turns.ts'
import type { Write } from './write.ts'

/**
 * Every way to a chart. Each takes a Grant, and each makes its entry durable before anything comes out: a read cannot
 * be had without its record. `request` is the id of the request that asked, kept in the entry.
 */
export interface Records {
  /** The newest version. Throws 'not-found', 'gone', 'record-damaged'. */
  read(grant: Grant<'read'>, id: Id<string>, request: string): Promise<Stored>
  /** The newest versions of these that are here, deletions among them, as one look with one entry. */
  readSeveral(grants: Grants<'read'>, ids: readonly Id<string>[], request: string): Promise<Stored[]>
  /** Who wrote each of these versions, by the ledger: undefined where it does not say. Opens no record. */
  authors(grant: Grant<'update'>, versions: readonly WrittenVersion[]): Promise<(WrittenBy | undefined)[]>
  readVersion(grant: Grant<'history'>, id: Id<string>, version: number, request: string): Promise<Stored>
  /** The versions of one record, newest first, a deletion among them. Throws 'not-found'. */
  history(grant: Grant<'history'>, id: Id<string>, asked: HistoryAsk, request: string): Promise<HistoryPage>
  /** The versions of every record of these types, newest first. */
  historyOfTypes(
    grants: readonly [Grant<'history'>, ...Grant<'history'>[]],
    asked: HistoryAsk,
    request: string,
  ): Promise<HistoryPage>
  /**
   * One type by its parameters, and what comes along. Where no index leads to candidates, everyone's records are gone
   * through under the right to scan; without it, 'search-too-broad'.
   */
  search(grant: Grant<'search'>, search: Search, request: string): Promise<Found>
  /** A stored definition by its canonical, as one search of its type with one entry; undefined when there is none. */
  definition(grant: Grant<'search'>, canonical: string, request: string): Promise<Stored | undefined>
  /** A patient's records of several types, newest first, as one look with one entry. */
  chart(
    grants: readonly [Grant<'search'>, ...Grant<'search'>[]],
    page: ChartRequest,
    request: string,
  ): Promise<ChartFound>
  /** A patient, the patient's compartment, and the directory records that it refers to, in pages. */
  everything(grants: EverythingGrants, asked: EverythingAsk, request: string): Promise<EverythingPage>
  /** A patient's newest observations of each code. */
  lastN(grant: Grant<'search'>, asked: LastNAsk, request: string): Promise<Stored[]>
  /** Who may be the person described, likeliest first; the entry names every patient returned. */
  matchPatients(grant: Grant<'search'>, asked: MatchAsk, request: string): Promise<PatientMatch[]>
  /** A patient's record with the face that the index has of it, as one look with one entry. Throws as `read`. */
  readPatient(
    grant: Grant<'read'>,
    id: Id<'patient'>,
    request: string,
  ): Promise<{ readonly stored: Stored; readonly found: FoundPatient }>
  /** Names, birth date or numbers as they are typed; the entry names everyone shown. */
  findPatients(grant: Grant<'search'>, text: string, limit: number, request: string): Promise<PatientHits>
  /** Faces of patients already known by id (recent, today's schedule), recorded like a search. */
  faces(grant: Grant<'search'>, ids: readonly Id<'patient'>[], request: string): Promise<FoundPatient[]>
  /** All of these changes or none, with one entry. Throws 'conflict' when they rest on a turn that is not held any more. */
  write(writes: readonly [Write, ...Write[]], request: string, held?: Held): Promise<Stored[]>
  /** For what is written on a condition: of several on the same one, the second finds what the first has made. */
  readonly inTurn: TakeTurns
  /** A Binary with its content streamed in; `resource` has everything but the data. */
  storeBinary(
    grant: Grant<'create'>,
    resource: Resource,
    stream: AsyncIterable<Uint8Array>,
    request: string,
  ): Promise<Stored>
  /** A Binary's content, to be streamed out as a whole or in part, after its entry is durable. */
  openBinary(grant: Grant<'read'>, id: Id<string>, request: string): Promise<Content & { readonly stored: Stored }>
  saveDraft(grant: Grant<'draft'>, patient: Id<'patient'>, text: Buffer, request: string): Promise<{ at: number }>
  readDraft(
    grant: Grant<'draft'>,
    patient: Id<'patient'>,
    request: string,
  ): Promise<{ text: Buffer; at: number } | undefined>
  dropDraft(grant: Grant<'draft'>, patient: Id<'patient'>, request: string): Promise<void>
  /** The records of a type that meet a condition (R4 http, 3.1.0.8.1 and others); of more than one, two. */
  match(grant: Grant<'search'>, query: string, request: string): Promise<Matched[]>
  /** The entry of what is done under these grants without opening a record. */
  recordUse(grants: readonly [Grant, ...Grant[]], action: string, request: string): Promise<void>
  /** Which of these ids have a record, deleted ones included: for an import that goes on where it stopped. */
  existing(grant: Grant<'create'>, ids: readonly Id<string>[]): Promise<Set<string>>
  /** The ids that imports made in these buckets, 16 bytes each, of records that are not deleted. */
  importedIds(grant: Grant<'create'>, buckets: readonly Bucket[]): Promise<Uint8Array>
  /** Calls back after each change, whichever process saved it; answers how to stop. Holds no content. */
  watch(onChange: Watcher): () => void
  /** Another process has ended without having told all of its changes. */
  missed(): void
  /** Tells other processes of the last changes. */
  close(): Promise<void>
  /** Loads the in-memory patient index; `ready` before it is complete answers false. */
  ready(): boolean
  /** Patients in the in-memory index. */
  patientCount(tenant: number): number
}

type Grants<A extends Action> = readonly [Grant<A>, ...Grant<A>[]]

/** A record that met a condition, and the version that did. */
export interface Matched {
  readonly id: Id<string>
  readonly version: number
}

export interface ChartRequest {
  readonly patient: Id<'patient'>
  readonly types: readonly ResourceType[]
  /** Only records with one of these category codes. */
  readonly category?: readonly string[]
  readonly count: number
  readonly before?: string
}

export interface ChartFound {
  readonly records: readonly Stored[]
  /** For the next page; absent at the end. */
  readonly next?: string
}

export interface PatientHits {
  readonly patients: readonly FoundPatient[]
  readonly more: boolean
}

export interface FoundPatient {
  readonly face: PatientFace
  /** Others who may be the same person. */
  readonly likely: readonly Id<'patient'>[]
}

export interface RecordsOptions {
  /** What a page of a scan may come to: 20,000 records and 8 seconds if not said. */
  readonly scanLimits?: ScanLimits
  /** Left out, nobody is known by name, and nobody names an author of a note. */
  readonly handOf?: HandOf
  readonly db: Database
  readonly keys: Keyring
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Log
  /** Seals and opens pages on a second thread: yes, if not said; not where other processes use the processors. */
  readonly secondThread?: boolean
}
