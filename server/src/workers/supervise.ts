import cluster, { type Worker } from 'node:cluster'
import { setTimeout as pause } from 'node:timers/promises'
import { type Log, unless } from '#base'
import { type Hearing, type Line, openLine, watch } from '#keeper'

export interface Supervision {
  readonly count: number
  /** The program that each worker runs. */
  readonly program: string
  /** Variables of our environment that workers are not to have. */
  readonly withheld: readonly string[]
  readonly log: Log
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal | undefined
  /** What a worker is told first. It answers when it serves; until then, and when it fails, it does not count. */
  first(worker: number): unknown
  /** What a worker may say. */
  hearing(worker: number): Hearing
  /** One has ended that was not told to. */
  onLost(worker: number): void
}

export interface Workers {
  /** Tells all who serve, but for one. */
  tell(what: string, said?: unknown, except?: number): void
  /** Asks all who serve; those who do not answer are left out. */
  ask(what: string): Promise<unknown[]>
  serving(): number
  /** How often one was started again. */
  restarts(): number
  /** Tells all to stop and waits for them; who takes longer is killed. */
  stop(patienceMs: number): Promise<void>
}

const startPatienceMs = 15 * 60_000
const firstPauseMs = 250
const longestPauseMs = 30_000
/** Who has served for this long and then ends is started again at once. */
const steadyMs = 60_000

/**
 * Starts workers and keeps them: one that ends is started again, at once after a steady run, else after a pause that
 * doubles up to half a minute. One that hangs, so that connections wait with it for nothing, is ended. Rejects, with none
 * left running, when one does not come to serve at the start.
 */
export async function superviseWorkers(supervision: Supervision): Promise<Workers> {
  const { count, program, log } = supervision
  // Connections are handed out in turn: a listener shared by the kernel gives most of them to a few.
  cluster.schedulingPolicy = cluster.SCHED_RR
  cluster.setupPrimary({ exec: program, args: [], execArgv: process.execArgv, serialization: 'advanced' })
  const stopping = new AbortController()
  const slots = Array.from({ length: count }, (_, index) => new Slot(index + 1, supervision))
  let restarts = 0

  async function keep(slot: Slot): Promise<void> {
    let wait = firstPauseMs
    for (;;) {
      const steady = await slot.ended()
      if (stopping.signal.aborted) return
      if (steady) wait = firstPauseMs
      log.error({ worker: slot.number, ...slot.how(), again: wait }, 'a worker ended; starting another')
      supervision.onLost(slot.number)
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      wait = Math.min(wait * 2, longestPauseMs)
      restarts++
      await slot.start().catch((error: unknown) => log.error({ worker: slot.number, err: error }, 'it does not serve'))
    }
  }

  async function stop(patienceMs: number): Promise<void> {
    stopping.abort()
    const over = setTimeout(() => slots.forEach((slot) => slot.kill()), patienceMs)
    for (const slot of slots) slot.line?.tell('stop')
    await Promise.all(slots.map((slot) => slot.ended()))
    clearTimeout(over)
  }

  try {
    await unless(supervision.signal, Promise.all(slots.map((slot) => slot.start())))
  } catch (error) {
    stopping.abort()
    for (const slot of slots) slot.kill()
    await Promise.all(slots.map((slot) => slot.ended()))
    throw error
  }
  const kept = slots.map(keep)
  return {
    tell(what, said, except) {
      for (const slot of slots) if (slot.serving && slot.number !== except) slot.line?.tell(what, said)
    },
    async ask(what) {
      const asked = slots.flatMap(({ serving, line }) => (serving && line !== undefined ? [line.ask(what)] : []))
      return (await Promise.allSettled(asked)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    },
    serving: () => slots.filter((slot) => slot.serving).length,
    restarts: () => restarts,
    async stop(patienceMs) {
      await stop(patienceMs)
      await Promise.all(kept)
    },
  }
}

/** The place of one worker, which may be taken by one process after another. */
class Slot {
  readonly number: number
  readonly #supervision: Supervision
  #process: Worker | undefined
  #ended: Promise<boolean> = Promise.resolve(false)
  line: Line | undefined
  serving = false

  constructor(number: number, supervision: Supervision) {
    this.number = number
    this.#supervision = supervision
  }

  /** Resolves when it serves. One that fails to is ended. */
  async start(): Promise<void> {
    const { withheld, log, first, hearing } = this.#supervision
    const without: Record<string, undefined> = Object.fromEntries(withheld.map((name) => [name, undefined]))
    const started = cluster.fork(without)
    const line = openLine(started, hearing(this.number), (error) => log.error({ err: error }, 'a worker asked in vain'))
    this.#process = started
    this.line = line
    let serves = Number.POSITIVE_INFINITY
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.serving = false
        line.close()
        resolve(performance.now() - serves > steadyMs)
      }
      started.once('exit', end)
      // A message that could not be sent is no end; a process that could not be made is.
      started.on('error', () => started.process.pid === undefined && end())
    })
    try {
      await line.ask('start', first(this.number), startPatienceMs)
      serves = performance.now()
      this.serving = true
      void this.#watch(line)
    } catch (error) {
      this.kill()
      throw error
    }
  }

  async #watch(line: Line): Promise<void> {
    if ((await watch(line, () => this.serving && this.line === line)) === 'over') return
    this.#supervision.log.error({ worker: this.number }, 'a worker does not answer and is ended')
    this.kill()
  }

  /** Whether it had served for long. */
  ended(): Promise<boolean> {
    return this.#ended
  }

  how(): { readonly code: number | null; readonly signal: string | null } {
    const { exitCode = null, signalCode = null } = this.#process?.process ?? {}
    return { code: exitCode, signal: signalCode }
  }

  kill(): void {
    this.#process?.process.kill('SIGKILL')
  }
}
