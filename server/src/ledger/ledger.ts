import type { Clock, Id, Log } from '#base'
import type { Database, Tx } from '#db'
import type { Keyring } from '#keys'
import { type AccessPage, accessesBy, accessesOf, type FoundEntry, findEntry, type PageAsk } from './access-history.ts'
import type { EntryFacts } from './facts.ts'
import { checkOrigin } from './note.ts'
import { type EntryProof, proveEntry } from './prove.ts'
import { Recent } from './recent.ts'
import { openRecorder } from './record.ts'
import { openSequencer } from './sequencer.ts'
import { type LedgerStatus, readStatus } from './status.ts'
import { openWitness } from './witness.ts'

export interface Ledger {
  /**
   * Durable when it resolves: await it before releasing anything. Throws Refusal 'ledger-unavailable' when it is not
   * certain to be durable; then nothing may be released. Throws TypeError for facts that cannot be recorded exactly.
   */
  record(facts: EntryFacts): Promise<void>
  /** Adds entries to the caller's transaction: they are durable with what they record, or both are not. */
  recordWithin(tx: Tx, facts: readonly EntryFacts[]): Promise<void>
  /** Whether entries become durable, as far as is known: false for some seconds after one did not. */
  recording(): boolean
  /** Begins to take entries into the tree and to sign its head, unless another process does. */
  start(): Promise<void>
  /** Waits for entries under way, signs a last checkpoint, and records no more. */
  stop(): Promise<void>
  status(tenant: number): Promise<LedgerStatus>
  /** Who opened or changed this patient's record; newest first. */
  accessesOf(tenant: number, patient: Id<'patient'>, page: PageAsk): Promise<AccessPage>
  /** What this actor did; newest first. */
  accessesBy(tenant: number, actor: string, page: PageAsk): Promise<AccessPage>
  /** One entry with its details opened; undefined when there is none. Throws Damaged. */
  find(tenant: number, entry: Id<'entry'>): Promise<FoundEntry | undefined>
  /** Shows that an entry is in the newest checkpoint; undefined when it is not in one yet. */
  prove(tenant: number, entry: Id<'entry'>): Promise<EntryProof | undefined>
}

/**
 * @param witnesses folders off the data folder; they must exist
 * @param origin name of this log in its checkpoints, such as 'practice.example/ledger'
 */
export function openLedger(parts: {
  readonly db: Database
  readonly keys: Keyring
  readonly clock: Clock
  readonly log: Log
  readonly witnesses: readonly string[]
  readonly origin: string
}): Ledger {
  const { db, clock, log } = parts
  const keys = parts.keys.ledger
  const origin = checkOrigin(parts.origin)
  const witnesses = parts.witnesses.map((folder) => openWitness(folder, log))
  const recent = new Recent()
  const recorder = openRecorder(db, keys, recent)
  const sequencer = openSequencer({ db, keys, clock, log, origin, witnesses, recent })
  return {
    record: recorder.record,
    recordWithin: recorder.recordWithin,
    recording: recorder.recording,
    async start() {
      sequencer.start()
    },
    async stop() {
      await recorder.close()
      await sequencer.stop()
    },
    status: async (tenant) =>
      readStatus(
        db,
        tenant,
        sequencer.status(),
        witnesses.map((witness) => witness.status()),
      ),
    accessesOf: async (tenant, patient, page) => accessesOf(db, tenant, patient, page),
    accessesBy: async (tenant, actor, page) => accessesBy(db, tenant, actor, page),
    find: async (tenant, entry) => findEntry(db, keys, tenant, entry),
    prove: async (tenant, entry) => proveEntry(db, tenant, entry),
  }
}
