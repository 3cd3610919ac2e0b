import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { EmbeddedFault } from './embedded-fault.ts'

/** How to start PostgreSQL's programs: as ourselves, or, when we are root, which PostgreSQL refuses, as a service user. */
export interface Launch {
  /** The command line to run for `program` with `args`. */
  command(program: string, args: readonly string[]): readonly [string, ...string[]]
  readonly owner: { readonly uid: number; readonly gid: number } | undefined
}

const asOurselves: Launch = { command: (program, args) => [program, ...args], owner: undefined }
const setpcap = 1n << 8n

/**
 * As root: runs as `postgres`, or `nobody`, through setpriv, without any capability and without a way to get one. So it
 * reads what that user may read: the folders on the way to its programs and its cluster have to let it through, or it has
 * to be led there (programs.ts, `here`).
 */
export function chooseLaunch(): Launch {
  if (process.getuid?.() !== 0) return asOurselves
  const owner = findUser('postgres') ?? findUser('nobody')
  if (owner === undefined)
    throw new EmbeddedFault(
      'Running as root needs a system user named postgres or nobody for the database. Add one, or run as an ordinary user.',
    )
  requireSetpriv()
  const options = [
    ...[`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--no-new-privs', '--inh-caps=-all'],
    // A container may be without the capability to give up capabilities for good; without privileges they do not return.
    ...(mayDropForGood() ? ['--bounding-set=-all'] : []),
  ]
  return { owner, command: (program, args) => ['setpriv', ...options, '--', program, ...args] }
}

function mayDropForGood(): boolean {
  const held = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return (BigInt(`0x${held}`) & setpcap) !== 0n
}

function findUser(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
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
