import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { EmbeddedFault } from './embedded-fault.ts'

/** How to start PostgreSQL's programs: as ourselves, or, when we are root, which PostgreSQL refuses, as a service user. */
export interface Launch {
  /** The command line to run for `program` with `args`. */
  command(program: string, args: readonly string[]): readonly [string, ...string[]]
  readonly owner: { readonly uid: number; readonly gid: number } | undefined
}

const asOurselves: Launch = { command: (program, args) => [program, ...args], owner: undefined }

/**
 * As root: runs as `postgres`, or `nobody`, through setpriv. When a folder on the way to `paths` is closed to others
 * (a private temporary folder), the one capability to pass through closed folders goes along: read, never write.
 */
export function chooseLaunch(paths: readonly string[]): Launch {
  if (process.getuid?.() !== 0) return asOurselves
  const owner = findUser('postgres') ?? findUser('nobody')
  if (owner === undefined)
    throw new EmbeddedFault(
      'Running as root needs a system user named postgres or nobody for the database. Add one, or run as an ordinary user.',
    )
  const setpriv = ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--no-new-privs']
  requireSetpriv()
  const capability = paths.some(isClosed) ? throughClosedFolders() : ['--inh-caps=-all']
  return { owner, command: (program, args) => ['setpriv', ...setpriv.slice(1), ...capability, '--', program, ...args] }
}

/**
 * Containers are often without dac_read_search and have dac_override, which may write as well: the next best. Without
 * no_setuid_fixup the kernel leaves capabilities out of access(2), by which initdb looks for its programs.
 */
function throughClosedFolders(): string[] {
  const held = BigInt(`0x${/^CapPrm:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`)
  const name = held & 4n ? 'dac_read_search' : held & 2n ? 'dac_override' : undefined
  if (name === undefined)
    throw new EmbeddedFault(
      'The database runs as a user of its own, who cannot enter this folder. Choose a data folder that others may pass through (chmod o+x on the folders above it), or run as an ordinary user.',
    )
  return ['--securebits=+no_setuid_fixup', `--inh-caps=+${name}`, `--ambient-caps=+${name}`]
}

function findUser(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}

/** Some folder above does not let others through. */
function isClosed(path: string): boolean {
  for (let folder = dirname(resolve(path)); folder !== '/'; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return true
  }
  return false
}

function requireSetpriv(): void {
  try {
    execFileSync('setpriv', ['--version'], { stdio: 'ignore' })
  } catch (error) {
    throw new EmbeddedFault(
      'Running as root needs the program setpriv (package util-linux). Install it, or run as an ordinary user.',
      { cause: error },
    )
  }
}
