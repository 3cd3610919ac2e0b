import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '#base'

/** A folder off the data folder, better off the host, that keeps every checkpoint it is given. */
export interface Witness {
  readonly folder: string
  /** Gives it a checkpoint without waiting. When it is slow, it gets the newest only. */
  give(note: string, at: number): void
  /** Waits until what was given last is there, or has failed. */
  settled(): Promise<void>
  status(): WitnessStatus
}

export interface WitnessStatus {
  readonly folder: string
  /** Unix milliseconds of the newest checkpoint that is surely there. */
  readonly at: number | undefined
  readonly failing: boolean
}

const latestName = 'latest'
/** One file a month, a JSON line for each checkpoint: `at` and `note`. */
const logName = (at: number): string => `checkpoints-${new Date(at).toISOString().slice(0, 7)}.ndjson`
export const isLogName = (name: string): boolean => /^checkpoints-\d{4,6}-\d\d\.ndjson$/.test(name)

export function openWitness(folder: string, log: Log): Witness {
  let next: { note: string; at: number } | undefined
  let working: Promise<void> | undefined
  let at: number | undefined
  let failing = false

  async function work(): Promise<void> {
    while (next !== undefined) {
      const given = next
      next = undefined
      try {
        await keep(folder, given.note, given.at)
        at = given.at
        failing = false
      } catch (error) {
        if (!failing) log.error({ err: error }, 'a witness folder does not take checkpoints')
        failing = true
        return
      }
    }
  }

  return {
    folder,
    give(note, time) {
      next = { note, at: time }
      working ??= work().finally(() => (working = undefined))
    },
    async settled() {
      while (working !== undefined) await working
    },
    status: () => ({ folder, at, failing }),
  }
}

/** Durable when it resolves: appended to the month's log, then put in place as the latest. */
async function keep(folder: string, note: string, at: number): Promise<void> {
  const line = JSON.stringify({ at, note }) + '\n'
  const file = await open(join(folder, logName(at)), 'a+', 0o644)
  try {
    const { size } = await file.stat()
    // A line that a power failure cut short must not take this one with it.
    const whole = size === 0 || (await endsLine(file, size))
    await file.appendFile(whole ? line : `\n${line}`)
    await file.datasync()
  } finally {
    await file.close()
  }
  const beside = join(folder, `${latestName}.new`)
  const latest = await open(beside, 'w', 0o644)
  try {
    await latest.writeFile(note)
    await latest.datasync()
  } finally {
    await latest.close()
  }
  await rename(beside, join(folder, latestName))
}

async function endsLine(file: Awaited<ReturnType<typeof open>>, size: number): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] === 0x0a
}

/** The note in a witness's `latest`, if there is one. */
export async function readLatest(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, latestName), 'utf8')
  } catch {
    return undefined
  }
}
