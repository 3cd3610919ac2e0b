import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { type Log, threadEnvironment } from '#base'
import { ask, readOpened, readSealed, type Work } from './packet.ts'
import { openPiece, type Piece, type SealedBody, sealPiece } from './piece.ts'

/**
 * Seals and opens many records at once: a page, a transaction. A second processor does it, where there is one, and the
 * thread that serves goes on serving; few records, or without that thread, are done in place. Answers are in order.
 */
export interface Sealer {
  /** A body for each row, which comes with its JSON text as `body`. */
  seal(pieces: readonly Piece[]): Promise<readonly SealedBody[]>
  /** The JSON text of each; undefined for one that was altered or moved. */
  open(pieces: readonly Piece[]): Promise<readonly (Buffer | undefined)[]>
  /** Whether the thread takes work by now. */
  beside(): boolean
  close(): Promise<void>
}

// From here on handing over costs less than it saves: some 30 µs, against 25 to seal a record and 8 to open one.
const fewestSealed = 4
const fewestOpened = 12
// What it holds at any time is a few packets.
const limits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 }
/** One that ended is not started again at once, lest nothing else be done. */
const pauseMs = 10_000

interface Waiting {
  resolve(answer: ArrayBuffer): void
  reject(error: unknown): void
}

/** @param beside whether there may be a thread for it */
export function openSealer(log: Log, beside = true): Sealer {
  const waiting = new Map<number, Waiting>()
  let thread: Worker | undefined
  let ready = false
  let endedAt = Number.NEGATIVE_INFINITY
  let last = 0

  function start(): void {
    if (!beside || thread !== undefined || availableParallelism() < 2 || performance.now() - endedAt < pauseMs) return
    const started = new Worker(new URL('./thread.ts', import.meta.url), {
      resourceLimits: limits,
      env: threadEnvironment(),
    })
    thread = started
    started.unref()
    started.on('message', (message: 'ready' | { readonly number: number; readonly packet: ArrayBuffer }) => {
      if (message === 'ready') ready = true
      else settle(message.number)?.resolve(message.packet)
    })
    started.on('error', (error) => log.error({ err: error }, 'the sealing thread failed'))
    started.on('exit', () => {
      thread = undefined
      ready = false
      endedAt = performance.now()
      for (const number of waiting.keys()) settle(number)?.reject(new Error('the sealing thread ended'))
    })
  }

  /** Takes it off the list; the process may end while nothing is on it. */
  function settle(number: number): Waiting | undefined {
    const one = waiting.get(number)
    waiting.delete(number)
    if (waiting.size === 0) thread?.unref()
    return one
  }

  /** The answer of the thread; undefined when the work has to be done here. */
  async function elsewhere(work: Work, pieces: readonly Piece[], fewest: number): Promise<ArrayBuffer | undefined> {
    if (pieces.length < fewest) return undefined
    if (!ready) start()
    const at = thread
    if (!ready || at === undefined) return undefined
    const asked = ask(work, pieces)
    const number = ++last
    const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>()
    waiting.set(number, { resolve, reject })
    at.ref()
    at.postMessage({ number, ...asked }, [asked.packet])
    return promise.catch(() => undefined)
  }

  return {
    async seal(pieces) {
      const answer = await elsewhere('seal', pieces, fewestSealed)
      return answer === undefined ? pieces.map(sealPiece) : readSealed(answer)
    },
    async open(pieces) {
      const answer = await elsewhere('open', pieces, fewestOpened)
      return answer === undefined ? pieces.map(openPiece) : readOpened(answer)
    },
    beside: () => ready,
    async close() {
      await thread?.terminate()
    },
  }
}
