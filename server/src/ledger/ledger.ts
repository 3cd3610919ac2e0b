import type { Clock, Id, Log } from '#base'
import type { Database, Tx } from '#db'
import type { Keyring } from '#keys'
import { type AccessPage, accessesOf, type FoundEntry, findEntry, type PageAsk } from './access-history.ts'
import { type Author, authorsOf, type WrittenVersion } from './authors.ts'
import { openAcknowledged } from './acknowledged.ts'
import type { EntryFacts } from './facts.ts'
import { type WritesPage, writesUpTo } from './newest-writes.ts'
import { checkOrigin } from './note.ts'
import { type EntryProof, proveEntry } from './prove.ts'
import { openHanding, Recent } from './recent.ts'
import { openRecorder } from './record.ts'
import { openSequencer } from './sequencer.ts'
import { type LedgerStatus, readStatus, type Sequencing } from './status.ts'
import type { Place } from './stored.ts'
import { openWitness } from './witness.ts'
import { requireWitnessed } from './witness-check.ts'

export interface Ledger {
  /**
   * Durable when it resolves: await it before releasing anything. Throws Refusal 'ledger-unavailable' when it is not
   * certain to be durable; then nothing may be released. Throws TypeError for facts that cannot be recorded exactly.
   */
  record(facts: EntryFacts): Promise<void>
  /** Adds entries to the caller's transaction: they are durable with what they record, or both are not. */
  recordWithin(tx: Tx, facts: readonly EntryFacts[]): Promise<void>
  /** Whether entries become durable, as far as is known: false for a while after one did not. */
  recording(): boolean
  /**
   * Begins to take entries into the tree and to sign its head, unless another process does. Throws LedgerCut when a witness
   * has seen more, or other, than there is.
   */
  start(): Promise<void>
  /** Waits for entries under way, signs a last checkpoint, and records no more. */
  stop(): Promise<void>
  status(tenant: number): Promise<LedgerStatus>
  /** The part of it that is known only where entries are sequenced. */
  sequencing(): Sequencing
  /** Takes in the entries that another process of ours has written. */
  wroteElsewhere(batches: Uint8Array): void
  /** Who opened or changed this patient's record; newest first. */
  accessesOf(tenant: number, patient: Id<'patient'>, page: PageAsk): Promise<AccessPage>
  /** What this actor did; newest first. */
  accessesBy(tenant: number, actor: string, page: PageAsk): Promise<AccessPage>
  /** One entry with its details opened; undefined when there is none. Throws Damaged. */
  find(tenant: number, entry: Id<'entry'>): Promise<FoundEntry | undefined>
  /** What was written up to an entry, newest first, by a look at this many batches of entries. */
  writesUpTo(tenant: number, from: Place | undefined, batches: number): Promise<WritesPage>
  /** Who wrote each of these versions; undefined where no genuine entry says so. */
  authorsOf(tenant: number, versions: readonly WrittenVersion[]): Promise<(Author | undefined)[]>
  /** Shows that an entry is in the newest checkpoint; undefined when it is not in one yet. */
  prove(tenant: number, entry: Id<'entry'>): Promise<EntryProof | undefined>
}

/** For a process whose entries another one takes into the tree. */
export interface SequencedElsewhere {
  /** Is given the entries that are written here, about when they are. */
  wrote(batches: Buffer): void
  sequencing(): Promise<Sequencing>
}

/**
 * @param witnesses folders off the data folder; they must exist
 * @param origin name of this log in its checkpoints, such as 'practice.example/ledger'
 * @param elsewhere when given, nothing is sequenced here
 */
export function openLedger(parts: {
  readonly db: Database
  readonly keys: Keyring
  readonly clock: Clock
  readonly log: Log
  readonly witnesses: readonly string[]
  readonly origin: string
  readonly elsewhere?: SequencedElsewhere
}): Ledger {
  const { db, clock, log } = parts
  const keys = parts.keys.ledger
  const origin = checkOrigin(parts.origin)
  const witnesses = parts.witnesses.map((folder) => openWitness(folder, log))
  const recent = new Recent()
  const { elsewhere } = parts
  const handing = elsewhere === undefined ? undefined : openHanding(elsewhere.wrote)
  const acknowledged = openAcknowledged(db, log)
  const recorder = openRecorder({ db, keys, recent: handing ?? recent, acknowledged })
  const sequencer = openSequencer({ db, keys, clock, log, origin, witnesses, recent })
  const sequencing = (): Sequencing => ({
    sequencer: sequencer.status(),
    witnesses: witnesses.map((witness) => witness.status()),
  })
  return {
    record: recorder.record,
    recordWithin: recorder.recordWithin,
    recording: recorder.recording,
    async start() {
      if (elsewhere !== undefined) return
      await requireWitnessed(db, { origin, publicKey: keys.signer.publicKey, witnesses: parts.witnesses })
      sequencer.start()
    },
    async stop() {
      await recorder.close()
      handing?.flush()
      if (elsewhere === undefined) await sequencer.stop()
    },
    sequencing,
    wroteElsewhere: (batches) => recent.take(batches),
    async status(tenant) {
      return readStatus(db, tenant, elsewhere === undefined ? sequencing() : await elsewhere.sequencing())
    },
    accessesOf: async (tenant, patient, page) => accessesOf(db, tenant, { subject: patient, actor: false }, page),
    accessesBy: async (tenant, actor, page) => accessesOf(db, tenant, { subject: actor, actor: true }, page),
    find: async (tenant, entry) => findEntry(db, keys, tenant, entry),
    writesUpTo: async (tenant, from, batches) => writesUpTo(db, tenant, from, batches),
    authorsOf: async (tenant, versions) => authorsOf(db, keys, tenant, versions),
    prove: async (tenant, entry) => proveEntry(db, tenant, entry),
  }
}
