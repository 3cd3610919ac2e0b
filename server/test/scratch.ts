import { mkdtempSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
/** Of memory, and of the room that may be used of it for files: two workers with a cluster each need under one. */
const gibibytes = 4

/**
 * Whether folders of tests lie in memory, where there is room: a database is cloned there in 15 ms, on a disk in 300.
 * Tests about disks and lost power use the disk, by `mkdtempSync`.
 */
export const scratchIsMemory = hasRoom()

/** A new folder for a test's files; the test removes it. @param name goes into the folder's name */
export function scratchFolder(name: string): string {
  return mkdtempSync(join(scratchIsMemory ? memory : tmpdir(), `chartkeep-${name}-`))
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return Math.min(bavail * bsize, process.availableMemory()) > gibibytes * 2 ** 30
  } catch {
    return false
  }
}
