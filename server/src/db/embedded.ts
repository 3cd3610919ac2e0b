import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import { Interrupted, type Log, type Secret } from '#base'
import { type Cluster, databaseName, here, isMade, makeCluster } from './cluster.ts'
import { EmbeddedFault } from './embedded-fault.ts'
import { endClient } from './end.ts'
import { endPostgres, isAlive, runningPid } from './postmaster.ts'
import { makePrivateFolder } from './private-folder.ts'
import { findPrograms } from './programs.ts'
import { chooseLaunch } from './service-user.ts'
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

export interface EmbeddedOptions {
  /** How many processes of ours will work with it: 1 if not said. */
  readonly processes?: number | undefined
  /** The installation had a database before: a folder without one is not filled. */
  readonly expected?: boolean
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal | undefined
}

const startupMs = 60_000
const firstPauseMs = 250
const longestPauseMs = 2000
const steadyMs = 10_000
// Whoever ends so often before anyone could connect will not come to serve.
const mostEarlyEnds = 3

/** Where the socket is: not below the data folder, whose path may be longer than a socket's may be (107 bytes). */
export function socketFolderFor(data: string): string {
  return join(tmpdir(), `chartkeep-${createHash('sha256').update(resolve(data)).digest('hex').slice(0, 16)}`)
}

// What one process of ours takes, and what commands beside the server take.
const connectionsEach = 19
const connectionsBeside = 30

/**
 * Makes the cluster when there is none, adopts a running one (ours may outlive a killed server), or starts it; then
 * keeps it running: when it dies, it is started again until `stop`. A start that fails leaves none running.
 */
export async function startEmbedded(
  data: string,
  ownerPassword: Secret,
  log: Log,
  options: EmbeddedOptions = {},
): Promise<Embedded> {
  const { processes = 1, expected = false, signal } = options
  const cluster = await prepareCluster(data, ownerPassword, expected)
  const { folder } = cluster
  const socketFolder = socketFolderFor(data)
  makePrivateFolder(socketFolder, cluster.launch.owner)

  const adopted = runningPid(folder, basename(socketFolder))
  const keeper = new Keeper({ cluster, socketFolder, processes, log, logFile: join(resolve(data), 'postgres.log') })
  keeper.keepRunning()
  try {
    const connection = {
      ...{ host: socketFolder, port: 5432, database: databaseName },
      ...{ user: roleNames.owner, password: ownerPassword.reveal().toString() },
    }
    await untilReady(connection, keeper, signal)
  } catch (error) {
    if (adopted === undefined) await keeper.stop()
    else keeper.release()
    throw error
  }
  return { socketFolder, ours: adopted === undefined, release: () => keeper.release(), stop: () => keeper.stop() }
}

/** The cluster in the data folder, made when there is none and none is expected. Throws EmbeddedFault. */
export async function prepareCluster(data: string, ownerPassword: Secret, expected: boolean): Promise<Cluster> {
  const folder = join(resolve(data), 'pg')
  const launch = chooseLaunch()
  const cluster: Cluster = { folder, launch, bin: findPrograms(launch) }
  const made = isMade(resolve(data), cluster)
  if (!made && expected) throw new EmbeddedFault(missing(folder))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (launch.owner !== undefined) chownSync(folder, launch.owner.uid, launch.owner.gid)
  chmodSync(folder, 0o700)
  if (!made) await makeCluster(resolve(data), cluster, ownerPassword)
  return cluster
}

function missing(folder: string): string {
  return (
    `This practice had its database in ${folder}, and there is none now. Nothing was made in its place. ` +
    'Is the volume mounted, and is --data right? If the folder is lost, restore it from a backup.'
  )
}

interface Keeping {
  readonly cluster: Cluster
  readonly socketFolder: string
  readonly processes: number
  readonly log: Log
  /** What PostgreSQL says goes there. */
  readonly logFile: string
}

/** Keeps PostgreSQL running until told otherwise. */
class Keeper {
  readonly #keeping: Keeping
  #child: ChildProcess | undefined
  #done = false
  #wait = firstPauseMs
  #startedAt = 0
  /** How often it has ended since anyone could connect. */
  #ends = 0

  constructor(keeping: Keeping) {
    this.#keeping = keeping
  }

  get hopeless(): boolean {
    return this.#ends >= mostEarlyEnds
  }

  get logFile(): string {
    return this.#keeping.logFile
  }

  /** Somebody has connected. */
  served(): void {
    this.#ends = 0
    this.#wait = firstPauseMs
  }

  /** Another process of ours may have started it first: then that one is watched. */
  keepRunning(): void {
    const pid = this.#running()
    if (pid === undefined) this.#start()
    else this.#watch(pid)
  }

  release(): void {
    this.#done = true
  }

  async stop(): Promise<void> {
    this.#done = true
    const pid = this.#running() ?? this.#child?.pid
    if (pid !== undefined) await endPostgres(pid)
  }

  #running(): number | undefined {
    const { cluster, socketFolder } = this.#keeping
    return runningPid(cluster.folder, basename(socketFolder))
  }

  #start(): void {
    const { cluster, socketFolder, processes, logFile } = this.#keeping
    const out = openSync(logFile, 'a', 0o600)
    const [program, ...args] = cluster.launch.command(join(cluster.bin, 'postgres'), [
      ...['-D', here(cluster), '-k', socketFolder],
      ...(processes > 1 ? ['-c', `max_connections=${connectionsBeside + processes * connectionsEach}`] : []),
    ])
    // Detached: an interrupt typed at the terminal reaches us, and we stop it in order.
    const child = spawn(program, args, { stdio: ['ignore', out, out], detached: true, cwd: cluster.folder })
    closeSync(out)
    this.#startedAt = performance.now()
    this.#child = child
    child.once('error', () => this.#ended({ code: null, signal: null }))
    child.once('exit', (code, signal) => this.#ended({ code, signal }))
  }

  /** An adopted server is not our child: its end shows only by asking. */
  #watch(pid: number): void {
    const timer = setInterval(() => {
      if (this.#done) return clearInterval(timer)
      if (isAlive(pid)) return
      clearInterval(timer)
      this.#ended({})
    }, 500).unref()
  }

  #ended(how: object): void {
    this.#child = undefined
    this.#ends++
    if (this.#done) return
    if (performance.now() - this.#startedAt > steadyMs) this.#wait = firstPauseMs
    this.#keeping.log.error(how, 'PostgreSQL ended; starting it again')
    setTimeout(() => !this.#done && this.keepRunning(), this.#wait).unref()
    this.#wait = Math.min(this.#wait * 2, longestPauseMs)
  }
}

async function untilReady(connection: ClientConfig, keeper: Keeper, signal: AbortSignal | undefined): Promise<void> {
  const deadline = performance.now() + startupMs
  for (;;) {
    if (signal?.aborted === true) throw new Interrupted('stopped before the database was ready')
    const client = new Client({ ...connection, connectionTimeoutMillis: 5000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.query('select 1')
      return keeper.served()
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === '28P01')
        throw new EmbeddedFault(
          'This data folder was made with another keyring: its database does not know the key given.',
          { cause: error },
        )
      if (keeper.hopeless || performance.now() > deadline)
        throw new EmbeddedFault(`PostgreSQL did not start. Its own words are in ${keeper.logFile}.`, { cause: error })
      await pause(40)
    } finally {
      await endClient(client)
    }
  }
}
