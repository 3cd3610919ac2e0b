// Bringing records in from files: bundles, NDJSON, gzip of either. Ids follow from the source, so a second run adds
// nothing twice; everything read is imported or rejected with its reason, and a reason holds no value of a record.
export { importFiles, ImportStopped } from './import-files.ts'
export { importedId } from './identity.ts'
export type { ImportParts } from './open-sources.ts'
export type { ImportProgress } from './progress.ts'
export type { ImportReport, Rejection } from './report.ts'
export { findSources, SourceMissing, type Sources } from './sources.ts'
export { verifyFiles, VerifyStopped } from './verify/verify-files.ts'
export type { VerifyReport } from './verify/verify-report.ts'
