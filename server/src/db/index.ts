// The database: where it is, connections by role, transactions under row-level security, coalescing, migrations.
export { type Held, lockCount } from './alone.ts'
export { inspectDatabase } from './inspect-database.ts'
export {
  booleanArray,
  byteaArray,
  int2Array,
  int4Array,
  int8Array,
  textArray,
  timestamptzArray,
  uuidArray,
} from './arrays.ts'
export { batch } from './batch.ts'
export { CatalogueFault } from './catalogue.ts'
export { claimDatabase, ForeignDatabase, MissingDatabase } from './claim.ts'
export type { Leadership } from './control.ts'
export { type Database, openDatabase, type Query, type Tx } from './database.ts'
export { shareConnections } from './share.ts'
export { EmbeddedFault } from './embedded-fault.ts'
export { runAlone } from './cluster.ts'
export { type Embedded, prepareCluster, socketFolderFor, startEmbedded } from './embedded.ts'
export { FolderInUse, type FolderLock, isServed, lockFolder } from './folder-lock.ts'
export { holdStamp, type LowWater, type Stamp } from './low-water.ts'
export { isContention, isDuplicate, isStorageFault } from './faults.ts'
export { LostWrite } from './lost-write.ts'
export { migrate, MigrationFault } from './migrate.ts'
export { UnsafeDatabase } from './session.ts'
export {
  type DatabaseRole,
  type DatabaseTarget,
  roleNames,
  socketTarget,
  UnsafeDatabaseUrl,
  urlTarget,
} from './target.ts'
