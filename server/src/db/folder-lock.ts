import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another server works with this data folder. Nothing was changed. */
export class FolderInUse extends Error {}

/** Held until released or until the process ends, however it ends. */
export interface FolderLock {
  release(): void
}

const patienceMs = 2000
const busy = 5 // SQLITE_BUSY

/**
 * One server works with a data folder. The lock is the kernel's, on a file in the folder, so that nothing of it is left
 * when its holder is killed: Node has no call for it, and its SQLite has. Throws FolderInUse.
 */
export function lockFolder(data: string): FolderLock {
  const file = new DatabaseSync(fileIn(data), { timeout: patienceMs })
  try {
    file.exec('begin immediate')
  } catch (error) {
    file.close()
    if (!isBusy(error)) throw error
    throw new FolderInUse(
      `Another chartkeep serve works with ${data} already. It was left alone, its database too. To start this one, stop the other first.`,
    )
  }
  return { release: () => file.close() }
}

/** Whether a server works with the data folder now; nothing is made there. */
export function isServed(data: string): boolean {
  if (!existsSync(fileIn(data))) return false
  try {
    lockFolder(data).release()
    return false
  } catch (error) {
    if (error instanceof FolderInUse) return true
    throw error
  }
}

function fileIn(data: string): string {
  return join(data, 'serving.lock')
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === busy
}
