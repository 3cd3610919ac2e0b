import { closeSync, constants, fchmodSync, fchownSync, fstatSync, mkdirSync, openSync } from 'node:fs'
import { EmbeddedFault } from './embedded-fault.ts'
import type { Launch } from './service-user.ts'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants

/**
 * A folder that its owner alone may enter, in a place where others may make folders too. One that somebody else has made,
 * or a link that leads elsewhere, is refused: who owns it would own what is put into it. Throws EmbeddedFault.
 */
export function makePrivateFolder(path: string, owner: Launch['owner']): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const folder = openFolder(path)
  try {
    const { uid } = fstatSync(folder)
    if (uid !== process.getuid?.() && uid !== owner?.uid) throw foreign(path)
    // From here on nobody else puts anything into it, also when it was made with another mode.
    fchmodSync(folder, 0o700)
    if (owner !== undefined) fchownSync(folder, owner.uid, owner.gid)
  } finally {
    closeSync(folder)
  }
}

/** What is looked at is what is changed: no link can be put in its place in between. */
function openFolder(path: string): number {
  try {
    return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (cause) {
    throw foreign(path, cause)
  }
}

function foreign(path: string, cause?: unknown): EmbeddedFault {
  return new EmbeddedFault(
    `${path} was made by another user of this machine, so the database is not started in it. See who (ls -ld ${path}), and remove it. Nothing was changed.`,
    { cause },
  )
}
