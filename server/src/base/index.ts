// What every module stands on. No clinical word in here, and at most a dozen files.
export { type Clock, systemClock } from './clock.ts'
export { readSetting } from './config.ts'
export { type Bucket, bucketCount, bucketOf, formatId, type Id, newId, parseId, readId, writeId } from './ids.ts'
export { describeError, type Log, openLog } from './log.ts'
export { type Finding, Refusal, type RefusalCode, refusals } from './refusal.ts'
export { Secret } from './secret.ts'
export { sha256 } from './sha256.ts'
