// The ledger: every access and every change has an entry that is durable before anything is released or acknowledged,
// nobody can take one back, and `verifyLedger` names what was tampered with. There is no way to switch it off.
export type { Access, AccessPage, FoundEntry, PageAsk } from './access-history.ts'
export type { Author, WrittenVersion } from './authors.ts'
export type { EntryActor, EntryFacts, EntryRecord, EntryState, StateKind } from './facts.ts'
export { type Ledger, openLedger, type SequencedElsewhere } from './ledger.ts'
export type { EntryProof } from './prove.ts'
export { RepeatedEntries } from './repeated.ts'
export type { LedgerStatus, Sequencing } from './status.ts'
export type { WritesPage } from './newest-writes.ts'
export type { Place } from './stored.ts'
export type { LedgerFault } from './faults.ts'
export {
  everyNewestState,
  joinNewest,
  newestColumns,
  type NewestColumns,
  newestIn,
  type NewestState,
  newestStates,
  type StateRow,
} from './states.ts'
export { type Verification, verifyLedger } from './verify.ts'
export type { WitnessFinding } from './verify-witness.ts'
export { writesIn } from './writes.ts'
export { type RecalledState, recallStates } from './recall-states.ts'
export { LedgerCut, requireWitnessed } from './witness-check.ts'
