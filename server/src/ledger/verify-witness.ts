import type { KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Tx } from '#db'
import type { Faults } from './faults.ts'
import { type Checkpoint, isSigned, parseCheckpoint } from './note.ts'
import { isLogName, readLatest } from './witness.ts'

export interface WitnessFinding {
  readonly folder: string
  /** Checkpoints that it holds. */
  readonly checkpoints: number
  /** Lines that a power failure cut short. */
  readonly unreadable: number
  /** Size of the largest one, and when it came (Unix milliseconds). */
  readonly newest: { readonly size: number; readonly at: number } | undefined
}

const pageLength = 1000

/** What a witness is compared with. */
interface Against {
  readonly tx: Tx
  readonly publicKey: KeyObject
  /** Entries in the tree. */
  readonly size: number
  readonly faults: Faults
}

/** How far a witness had got at one moment. */
export interface WitnessState {
  readonly folder: string
  readonly logs: readonly { readonly name: string; readonly size: number }[]
  readonly latest: string | undefined
}

/**
 * What a witness holds by now. Looked at before the snapshot that it is compared with: whatever comes to it later may
 * be of entries that the snapshot does not show.
 */
export async function lookAtWitness(folder: string): Promise<WitnessState> {
  const names = await readdir(folder).catch(() => [])
  const logs = names.filter(isLogName).toSorted()
  const sizes = await Promise.all(logs.map(async (name) => stat(join(folder, name))))
  return {
    folder,
    logs: logs.map((name, i) => ({ name, size: sizes[i]?.size ?? 0 })),
    latest: await readLatest(folder),
  }
}

/** Compares what a witness had seen with the checkpoints in the database, which were compared with the tree already. */
export async function verifyWitness(state: WitnessState, ledger: Against): Promise<WitnessFinding> {
  const { folder } = state
  let [checkpoints, unreadable] = [0, 0]
  let newest: { size: number; at: number } | undefined
  let page: Checkpoint[] = []
  const judge = async (): Promise<void> => {
    await judgePage(folder, page, ledger)
    page = []
  }
  for await (const { note, at } of notesIn(state)) {
    const seen = parseCheckpoint(note)
    if (seen === undefined) {
      unreadable++
      continue
    }
    checkpoints++
    if (newest === undefined || seen.size > newest.size) newest = { size: seen.size, at }
    page.push(seen)
    if (page.length === pageLength) await judge()
  }
  await judge()
  if (checkpoints === 0 && ledger.size > 0)
    ledger.faults.add({
      what: `The witness folder ${folder} holds no checkpoint: it was emptied, or is not the one in use.`,
    })
  return { folder, checkpoints, unreadable, newest }
}

async function judgePage(folder: string, page: readonly Checkpoint[], ledger: Against): Promise<void> {
  const { tx, publicKey, size, faults } = ledger
  const { rows } = await tx.query<{ size: string; note: string }>({
    text: 'select size, note from ledger.checkpoint where size = any($1::bigint[])',
    values: [page.map((seen) => seen.size)],
  })
  const stored = new Map(rows.map((row) => [Number(row.size), parseCheckpoint(row.note)]))
  for (const seen of page) {
    const ours = stored.get(seen.size)
    // The same text and signature: judged with the database's own.
    if (ours?.text === seen.text && ours.signature.equals(seen.signature)) continue
    if (!(await isSigned(seen, publicKey))) {
      faults.add({
        leaf: seen.size,
        what: `The witness ${folder} holds a checkpoint for ${seen.size} entries that this ledger’s key did not sign.`,
      })
    } else if (seen.size > size) {
      faults.add({
        leaf: size,
        what: `The ledger was cut or put back: the witness ${folder} has seen ${seen.size} entries, and there are ${size}.`,
      })
    } else if (ours === undefined) {
      faults.add({
        leaf: seen.size,
        what: `The checkpoint for ${seen.size} entries was removed: the witness ${folder} has it.`,
      })
    } else if (!ours.root.equals(seen.root)) {
      faults.add({
        leaf: seen.size,
        what: `History was replaced: the witness ${folder} has seen another root for ${seen.size} entries.`,
      })
    } else {
      faults.add({
        leaf: seen.size,
        what: `The checkpoint for ${seen.size} entries was replaced: the witness ${folder} has it as it was signed.`,
      })
    }
  }
}

async function* notesIn({ folder, logs, latest }: WitnessState): AsyncGenerator<{ note: string; at: number }> {
  for (const { name, size } of logs) {
    if (size === 0) continue
    const input = createReadStream(join(folder, name), { end: size - 1 })
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (line !== '') yield parseLine(line)
    }
  }
  if (latest !== undefined) yield { note: latest, at: 0 }
}

function parseLine(line: string): { note: string; at: number } {
  try {
    const value: unknown = JSON.parse(line)
    const { note, at }: { readonly note?: unknown; readonly at?: unknown } = Object(value)
    if (typeof note === 'string' && typeof at === 'number') return { note, at }
  } catch {
    // Cut short: counted as unreadable.
  }
  return { note: '', at: 0 }
}
