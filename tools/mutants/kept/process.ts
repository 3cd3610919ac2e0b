import { randomUUID } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createVitest, type Vitest } from 'vitest/node'
import type { Job, Outcome } from './job.ts'

/** A process that keeps tests and code loaded and runs one job after another. */
export interface KeptProcess {
  /** Undefined when the job took longer than it may; the next has a process of its own. */
  run(job: Job, milliseconds: number): Promise<Outcome | undefined>
  /** Gives the next job a process of its own. */
  renew(): Promise<void>
  close(): Promise<void>
}

interface Connection {
  readonly pid: number
  readonly socket: Socket
  readonly answers: AsyncIterator<string>
  /** Ends when Vitest has noticed that the process has. */
  readonly ended: Promise<unknown>
}

/** @param configFile Vitest's, from the working directory. */
export async function openKeptProcess(configFile: string): Promise<KeptProcess> {
  const path = join(tmpdir(), `chartkeep-mutants-${randomUUID()}.sock`)
  process.env['MUTANTS_SOCKET'] = path
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const vitest = await createVitest({
    config: configFile,
    watch: false,
    reporters: [{}],
    pool: 'forks',
    maxWorkers: 1,
    onConsoleLog: () => false,
  })
  let connection: Connection | undefined

  async function renew(): Promise<void> {
    const old = connection
    connection = undefined
    if (old === undefined) return
    old.socket.destroy()
    try {
      // Also one that is in an endless loop.
      process.kill(old.pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
    await old.ended
  }

  return {
    async run(job, milliseconds) {
      connection ??= await connect(vitest, server)
      const { socket, answers } = connection
      socket.write(`${JSON.stringify(job)}\n`)
      const over = Promise.withResolvers<undefined>()
      const timer = setTimeout(() => over.resolve(undefined), milliseconds)
      const answer = await Promise.race([answers.next(), over.promise])
      clearTimeout(timer)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the worker, as this type
      if (answer?.done === false) return JSON.parse(answer.value) as Outcome
      await renew()
      return undefined
    },
    renew,
    async close() {
      await renew()
      server.close()
      await vitest.close()
    },
  }
}

async function connect(vitest: Vitest, server: Server): Promise<Connection> {
  const connected = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const ended = vitest.start(['idle.ts']).catch(() => undefined)
  const socket = await Promise.race([
    connected,
    ended.then(() => {
      throw new Error(`the tests' process did not start: ${String([...vitest.state.errorsSet][0])}`)
    }),
  ])
  socket.on('error', () => undefined)
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
  const { value } = await answers.next()
  return { pid: Number(value), socket, answers, ended }
}
