import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyObject } from 'node:crypto'
import type { Database } from '#db'
import { type Checkpoint, isSigned, parseCheckpoint } from './note.ts'
import { isLogName, readLatest } from './witness.ts'

/** A witness has seen more of this ledger than there is, or another past; or recorded states are not there. */
export class LedgerCut extends Error {}

// Leaves and checkpoints belong to no tenant, but a transaction is always some tenant's.
const anyTenant = 1

/**
 * Asks each witness whether what it saw last is still so. What is no checkpoint of this ledger, signed with its key, says
 * nothing: a damaged witness does not stop a practice. Throws LedgerCut.
 */
export async function requireWitnessed(
  db: Database,
  { origin, publicKey, witnesses }: { origin: string; publicKey: KeyObject; witnesses: readonly string[] },
): Promise<void> {
  for (const folder of witnesses) {
    const seen = await newestSeen(folder, origin, publicKey)
    if (seen === undefined || seen.size === 0) continue
    const { size, same } = await compare(db, seen)
    if (same) continue
    throw new LedgerCut(
      size < seen.size
        ? `The witness ${folder} has seen ${seen.size} entries of the ledger, and the database has ${size}: it is empty, another one, or was put back to an earlier state. Nothing was changed. Is the volume of the database mounted, and is it the right one? If a backup was restored on purpose, give a new, empty witness folder and keep this one.`
        : `The witness ${folder} has seen another history of the first ${seen.size} entries than the database has. Nothing was changed. Is it the right database? Run chartkeep ledger verify, and keep the witness folder.`,
    )
  }
}

async function newestSeen(folder: string, origin: string, publicKey: KeyObject): Promise<Checkpoint | undefined> {
  for (const note of [await readLatest(folder), await lastInLog(folder)]) {
    const seen = note === undefined ? undefined : parseCheckpoint(note)
    if (seen?.origin === origin && (await isSigned(seen, publicKey))) return seen
  }
  return undefined
}

/** For a witness whose `latest` is missing or damaged. */
async function lastInLog(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => [])
  const newest = names.filter(isLogName).toSorted().at(-1)
  if (newest === undefined) return undefined
  const lines = (await readFile(join(folder, newest), 'utf8').catch(() => '')).split('\n')
  for (const line of lines.toReversed()) {
    const note = /"note":("(?:[^"\\]|\\.)*")\}$/.exec(line)?.[1]
    if (note !== undefined) return String(JSON.parse(note))
  }
  return undefined
}

async function compare(db: Database, seen: Checkpoint): Promise<{ size: number; same: boolean }> {
  return db.inspect(anyTenant, async (tx) => {
    const { rows } = await tx.query<{ size: string; note: string }>({
      text: `(select size, note from ledger.checkpoint where size = $1::bigint)
        union all (select size, note from ledger.checkpoint order by size desc limit 1)`,
      values: [seen.size],
    })
    const ours = rows.find(({ size }) => Number(size) === seen.size)
    const root = ours === undefined ? undefined : parseCheckpoint(ours.note)?.root
    return { size: Number(rows.at(-1)?.size ?? 0), same: root?.equals(seen.root) === true }
  })
}
