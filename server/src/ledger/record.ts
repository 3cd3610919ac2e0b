import { Refusal } from '#base'
import { batch, type Database, type Tx } from '#db'
import type { LedgerKeys } from '#keys'
import type { Acknowledged } from './acknowledged.ts'
import { appending } from './append.ts'
import { mostBytes, mostEntries, type SealedBatch, sealBatch } from './batch.ts'
import { type PackedEntry, packEntry, sizeOf } from './entry.ts'
import type { EntryFacts } from './facts.ts'
import type { Recent } from './recent.ts'

export interface Recorder {
  record(facts: EntryFacts): Promise<void>
  recordWithin(tx: Tx, facts: readonly EntryFacts[]): Promise<void>
  /** False for some seconds after an entry could not be made durable, for one second when a later one could. */
  recording(): boolean
  /** Refuses what comes from now on, and resolves when what came before is durable or refused. */
  close(): Promise<void>
}

// Two transactions may be under way: while the database has one, the callers of the other go on. Below so many entries,
// a second one would cost more than it saves.
const lanes = 2
const least = 32
// Long enough for whoever asks each few seconds; not for ever, for without requests nothing would show that it works.
const doubtMs = 5000
// On a full disk the database finds a page now and then: one entry that is durable says little about the next.
const doubtAfterSuccessMs = 1000

const monotonic = (): number => performance.now()

interface Recording {
  readonly db: Database
  readonly keys: LedgerKeys
  readonly recent: Pick<Recent, 'add'>
  readonly acknowledged: Acknowledged
  /** Milliseconds of a clock that is never set back. */
  readonly now?: () => number
}

export function openRecorder({ db, keys, recent, acknowledged, now = monotonic }: Recording): Recorder {
  const writers = new Map<number, (entry: PackedEntry) => Promise<void>>()
  const idle = Promise.withResolvers<void>()
  let underWay = 0
  let closed = false
  let failedAt = Number.NEGATIVE_INFINITY
  let wroteAt = Number.NEGATIVE_INFINITY

  function seal(packed: readonly PackedEntry[]): SealedBatch[] {
    const sealed = groupsOf(packed).map((group) => sealBatch(group, keys))
    for (const each of sealed) recent.add(each)
    return sealed
  }

  function writerOf(tenant: number): (entry: PackedEntry) => Promise<void> {
    const known = writers.get(tenant)
    if (known !== undefined) return known
    const writer = batch<PackedEntry, undefined>({
      ...{ limit: mostEntries, least, lanes },
      flush: async (packed) => {
        const sealed = seal(packed)
        await db.run(tenant, sealed.flatMap(appending))
        for (const each of sealed) acknowledged.add(each)
        return packed.map(() => undefined)
      },
    })
    const write = async (entry: PackedEntry): Promise<void> => {
      try {
        await writer(entry)
        wroteAt = now()
      } catch (cause) {
        failedAt = now()
        // Also when the outcome is unknown: an entry too many harms nobody, a release without one does.
        throw new Refusal('ledger-unavailable', { cause })
      }
    }
    writers.set(tenant, write)
    return write
  }

  return {
    async record(facts) {
      if (closed) throw new Refusal('ledger-unavailable')
      const packed = packEntry(facts)
      underWay++
      try {
        await writerOf(facts.tenant)(packed)
      } finally {
        underWay--
        if (closed && underWay === 0) idle.resolve()
      }
    },
    async recordWithin(tx, facts) {
      for (const group of Map.groupBy(facts.map(packEntry), ({ tenant }) => tenant).values())
        for (const each of seal(group)) {
          for (const query of appending(each)) await tx.query(query)
          tx.onCommit(() => acknowledged.add(each))
        }
    },
    recording: () =>
      !closed && acknowledged.whole() && now() - failedAt > (wroteAt > failedAt ? doubtAfterSuccessMs : doubtMs),
    async close() {
      closed = true
      if (underWay > 0) await idle.promise
      await acknowledged.stop()
    },
  }
}

type Group = [PackedEntry, ...PackedEntry[]]

/** In their order, as many together as a batch may hold. */
function groupsOf(packed: readonly PackedEntry[]): Group[] {
  const groups: Group[] = []
  let bytes = 0
  for (const entry of packed) {
    const group = groups.at(-1)
    bytes += sizeOf(entry)
    if (group === undefined || group.length === mostEntries || bytes > mostBytes) {
      groups.push([entry])
      bytes = sizeOf(entry)
    } else group.push(entry)
  }
  return groups
}
