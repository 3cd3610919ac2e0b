import { codeOfType, type ResourceType, typeOfCode } from '@chartkeep/model/fhir'
import { type Id, type Log, parseId, readId, writeId } from '#base'
import type { Database } from '#db'

/** What changed, for open charts and in-memory indexes: never what it says. */
export interface RecordChange {
  readonly tenant: number
  readonly type: ResourceType
  readonly id: Id<string>
  readonly patient: Id<'patient'> | undefined
  /** Id of who changed it, so that a page does not announce its own user's change. */
  readonly by: string
}

/** Called with undefined when changes may have been missed: whoever must not miss one looks again. */
export type Watcher = (change: RecordChange | undefined) => void

export interface Changes {
  /** Tells watchers here at once, and those of other processes soon. */
  announce(changes: readonly RecordChange[]): void
  /** Calls back after each commit, of whichever process; answers how to stop. */
  watch(onChange: Watcher): () => void
  /** What another process had to tell may be lost: it has ended. */
  missed(): void
  /** Tells what is still to be told. */
  close(): Promise<void>
}

interface ChangesOptions {
  readonly db: Pick<Database, 'listen' | 'run'>
  readonly tenant: number
  /** Names this process in notices. */
  readonly origin: string
  readonly log: Log
}

const channel = 'records_changes'
const bytesEach = 50
// PostgreSQL takes payloads below 8,000 bytes.
const mostInNotice = 100
const mostWaiting = 10_000
const tellMs = 50
const againMs = 1000
// Only "some were missed" follows the origin.
const lost = '!'

/**
 * Notices follow the commit rather than going with it: PostgreSQL lets one transaction with a notice commit at a time,
 * flush of the disk included. What a process has not told when it is killed is lost, a 20th of a second at most.
 */
export async function openChanges({ db, tenant, origin, log }: ChangesOptions): Promise<Changes> {
  const watchers = new Set<Watcher>()
  let waiting: RecordChange[] = []
  let overflown = false
  let telling: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const call = (change: RecordChange | undefined): void => {
    for (const watcher of watchers) watcher(change)
  }

  await db.listen(channel, (payload) => {
    const [from, packed = lost] = payload.split(' ')
    if (from === origin || watchers.size === 0) return
    for (const change of packed === lost ? [undefined] : unpack(Buffer.from(packed, 'base64'), tenant)) call(change)
  })

  async function tell(): Promise<void> {
    const told = waiting
    const payloads = overflown ? [lost] : []
    waiting = []
    overflown = false
    for (let from = 0; from < told.length; from += mostInNotice)
      payloads.push(pack(told.slice(from, from + mostInNotice)).toString('base64'))
    try {
      await db.run(tenant, [
        // A notice is worth no flush of the disk.
        { name: 'records.tell-unflushed', text: `select set_config('synchronous_commit', 'off', true)` },
        {
          name: 'records.tell-changes',
          text: 'select pg_notify($1, payload) from unnest($2::text[]) as payload',
          values: [channel, payloads.map((payload) => `${origin} ${payload}`)],
        },
      ])
    } catch (error) {
      log.warn({ err: error }, 'other processes were not told of changes')
      overflown = true
      tellSoon(againMs)
    }
  }

  async function tellAll(): Promise<void> {
    do await tell()
    while (waiting.length > 0)
  }

  function tellSoon(ms = tellMs): void {
    timer ??= setTimeout(() => {
      timer = undefined
      telling ??= tellAll().finally(() => (telling = undefined))
    }, ms).unref()
  }

  return {
    announce(changes) {
      for (const change of changes) {
        call(change)
        if (change.tenant !== tenant) continue
        if (waiting.length < mostWaiting) waiting.push(change)
        else overflown = true
      }
      if (waiting.length > 0) tellSoon()
    },
    watch(onChange) {
      watchers.add(onChange)
      return () => void watchers.delete(onChange)
    },
    missed: () => call(undefined),
    async close() {
      await telling
      if (waiting.length > 0) await tellAll()
      clearTimeout(timer)
    },
  }
}

const nobody = '00000000-0000-0000-0000-000000000000'

function pack(changes: readonly RecordChange[]): Buffer {
  const packed = Buffer.alloc(changes.length * bytesEach)
  for (const [index, { type, id, patient, by }] of changes.entries()) {
    const at = index * bytesEach
    packed.writeUInt16BE(codeOfType(type), at)
    writeId(id, packed, at + 2)
    writeId(patient ?? nobody, packed, at + 18)
    writeId(parseId(by) ?? nobody, packed, at + 34)
  }
  return packed
}

/** Of a notice that is not as we write it, what can be read; the rest may be anything. */
function unpack(packed: Buffer, tenant: number): (RecordChange | undefined)[] {
  return Array.from({ length: Math.ceil(packed.length / bytesEach) }, (_, index) => {
    const one = packed.subarray(index * bytesEach, (index + 1) * bytesEach)
    if (one.length < bytesEach) return undefined
    const id = readId<string>(one, 2)
    const type = typeIn(one.readUInt16BE(0))
    if (id === undefined || type === undefined) return undefined
    return { tenant, type, id, patient: readId<'patient'>(one, 18), by: readId<string>(one, 34) ?? '' }
  })
}

function typeIn(code: number): ResourceType | undefined {
  try {
    return typeOfCode(code)
  } catch {
    return undefined
  }
}
