// Bringing records in from files: bundles, NDJSON, gzip of either. Ids follow from the source, so a second run adds
// nothing twice; everything read is imported or rejected with its reason, and a reason holds no value of a record.
export { importFiles, type ImportParts, type ImportProgress, ImportStopped } from './import-files.ts'
export { importedId } from './identity.ts'
export type { ImportReport, Rejection } from './report.ts'
export { findSources, SourceMissing, type Sources } from './sources.ts'
