import { Worker } from 'node:worker_threads'
import { Refusal, threadEnvironment } from '#base'
import type { Job, Judgement } from './job.ts'

/** A thread that judges one job after another, each within a time. */
export interface JudgingThread {
  /**
   * Throws 'too-costly' when the job takes longer than it may or needs more memory; the thread is ended then, and the
   * next job has another. Throws 'timed-out' for a job whose caller has left before its turn came, and 'rate-limited'
   * when too many wait.
   */
  run(job: Job, signal?: AbortSignal): Promise<Judgement>
  close(): Promise<void>
}

export interface ThreadLimits {
  /** From the job's turn to its judgement, the start of a thread included. */
  readonly milliseconds: number
  /** Jobs that may wait for their turn. */
  readonly waiting: number
}

// The largest body that is accepted takes some 300 MB while it is judged.
const memory = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 32 }
/** A thread that nobody has needed for so long is ended: it holds some 100 MB. */
const idleMilliseconds = 60_000

export function openJudgingThread({ milliseconds, waiting: most }: ThreadLimits): JudgingThread {
  let thread: Worker | undefined
  let idle: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0

  function start(): Worker {
    const started = new Worker(new URL('./thread.ts', import.meta.url), {
      resourceLimits: memory,
      env: threadEnvironment(),
    })
    started.once('exit', () => {
      if (thread === started) thread = undefined
    })
    return started
  }

  async function end(): Promise<void> {
    clearTimeout(idle)
    const ended = thread
    thread = undefined
    await ended?.terminate()
  }

  async function judge(job: Job, signal: AbortSignal | undefined): Promise<Judgement> {
    if (signal?.aborted === true) throw new Refusal('timed-out')
    clearTimeout(idle)
    const at = (thread ??= start())
    at.ref()
    const { promise, resolve, reject } = Promise.withResolvers<Judgement>()
    const fail = (error: unknown): void => reject(isOutOfMemory(error) ? new Refusal('too-costly') : error)
    const exited = (): void => reject(new Error('the judging thread ended'))
    const over = setTimeout(() => reject(new Refusal('too-costly')), milliseconds)
    at.once('message', resolve).once('error', fail).once('exit', exited)
    at.postMessage(job)
    try {
      return await promise
    } catch (error) {
      await end()
      throw error
    } finally {
      clearTimeout(over)
      at.off('message', resolve).off('error', fail).off('exit', exited)
      at.unref()
      idle = setTimeout(() => void end(), idleMilliseconds)
      idle.unref()
    }
  }

  return {
    async run(job, signal) {
      if (waiting >= most) throw new Refusal('rate-limited')
      waiting++
      const turn = last.then(() => judge(job, signal))
      last = turn.catch(() => undefined)
      try {
        return await turn
      } finally {
        waiting--
      }
    },
    close: end,
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
