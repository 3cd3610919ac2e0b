import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Secret } from '#base'
import { EmbeddedFault } from './embedded-fault.ts'
import type { Launch } from './service-user.ts'
import { roleNames } from './target.ts'

const run = promisify(execFile)
export const databaseName = 'chartkeep'
// Whoever this is can read every file of the database's user. Nobody can log in as this role.
const superuser = 'postgres'

export interface Cluster {
  readonly folder: string
  /** Of PostgreSQL's programs. */
  readonly bin: string
  readonly launch: Launch
}

/**
 * The cluster's folder as its programs are told. As root they run in it, as a user who need not be able to walk there: a
 * process always reaches the folder that it works in.
 */
export function here({ folder, launch }: Cluster): string {
  return launch.owner === undefined ? folder : '/proc/self/cwd'
}

/** Written before a cluster is made and removed when it is whole: one that was begun only is made anew. */
const unfinished = (data: string): string => join(data, 'pg.unfinished')

export function isMade(data: string, { folder }: Cluster): boolean {
  return existsSync(join(folder, 'PG_VERSION')) && !existsSync(unfinished(data))
}

/**
 * Makes the cluster: its superuser may not log in, and the owner of the one database is an ordinary role that may make
 * the two others. So no role of ours can read a file or run a program through SQL. Throws EmbeddedFault.
 */
export async function makeCluster(data: string, cluster: Cluster, ownerPassword: Secret): Promise<void> {
  const { folder, bin, launch } = cluster
  const marker = unfinished(data)
  try {
    if (existsSync(marker))
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
    writeFileSync(marker, '')
    const [program, ...args] = launch.command(join(bin, 'initdb'), [
      ...['-D', here(cluster), '-U', superuser, '-E', 'UTF8', '--auth-local=scram-sha-256', '--auth-host=reject'],
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ])
    await run(program, args, { cwd: folder })
    writeFileSync(join(folder, 'postgresql.conf'), settings, { flag: 'a' })
    await makeRoles(cluster, ownerPassword)
    rmSync(marker)
  } catch (error) {
    throw new EmbeddedFault(
      'The database could not be created in the data folder. Is there space, and may the folder be written to?',
      { cause: error },
    )
  }
}

function makeRoles(cluster: Cluster, ownerPassword: Secret): Promise<void> {
  const password = ownerPassword.reveal().toString().replaceAll("'", "''")
  return runAlone(cluster, [
    `create role ${roleNames.owner} login createrole password '${password}'`,
    `create database ${databaseName} owner ${roleNames.owner}`,
    `revoke temporary on database ${databaseName} from public`,
    `revoke all on database postgres, template1 from public`,
    `alter role ${superuser} nologin password null`,
  ])
}

/** As the superuser, in PostgreSQL's single-user mode: while no server runs, and without a password that could be used again. */
export async function runAlone(cluster: Cluster, statements: readonly string[], database = 'postgres'): Promise<void> {
  const { folder, bin, launch } = cluster
  const [program, ...args] = launch.command(join(bin, 'postgres'), ['--single', '-D', here(cluster), database])
  const child = spawn(program, args, { cwd: folder, stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stdin.on('error', () => undefined)
  child.stdin.end(statements.map((statement) => `${statement};\n`).join(''))
  const [code] = await once(child, 'close')
  // What goes wrong with a statement does not show in the exit code.
  if (code !== 0 || /\b(ERROR|FATAL|PANIC)\b/.test(said)) throw new Error('statements in single-user mode failed')
}

// No statement, parameter or row value may reach PostgreSQL's log: terse leaves DETAIL (row values) out.
const settings = `
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 128MB
wal_level = replica
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = on
max_parallel_workers_per_gather = 0
jit = off
log_statement = none
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
log_min_messages = warning
log_checkpoints = off
`
