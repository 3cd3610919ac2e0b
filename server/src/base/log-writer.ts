import { fstatSync, write, writeSync } from 'node:fs'
import type { DestinationStream } from 'pino'

// Workers write to one pipe: up to 4,096 bytes arrive in one piece (POSIX, PIPE_BUF).
const mostOfPiece = 4096
const restMs = 1000

/** Writes a piece and calls back when it is written, or cannot be. */
type Sink = (piece: Buffer, done: (error?: Error | null) => void) => void

/**
 * Lines on their way to a log. Nobody waits for them: a destination that is slow, blocked or full costs lines, which are
 * counted in the next line that arrives, and never memory beyond `mostBytes`.
 */
export class LogWriter implements DestinationStream {
  readonly #sink: Sink
  readonly #mostBytes: number
  #lines: Buffer[] = []
  #bytes = 0
  #dropped = 0
  #writing = false
  #resting = false

  constructor(sink: Sink, mostBytes = 1_000_000) {
    this.#sink = sink
    this.#mostBytes = mostBytes
  }

  write(line: string): void {
    const bytes = Buffer.from(line)
    if (this.#bytes + bytes.length > this.#mostBytes) {
      this.#dropped++
      return
    }
    this.#lines.push(bytes)
    this.#bytes += bytes.length
    if (this.#writing || this.#resting) return
    this.#writing = true
    setImmediate(() => this.#next())
  }

  /** What has not been handed to the sink yet: at the end of the process. */
  takeRest(): Buffer {
    const rest = Buffer.concat(this.#lines)
    this.#lines = []
    this.#bytes = 0
    return rest
  }

  #next(): void {
    if (this.#dropped > 0 && this.#bytes < this.#mostBytes / 2) this.#tellDropped()
    const piece = this.#takePiece()
    this.#writing = piece.length > 0
    if (piece.length === 0) return
    this.#sink(piece, (error) => {
      if (error === undefined || error === null) return this.#next()
      this.#dropped++
      this.#writing = false
      this.#resting = true
      setTimeout(() => {
        this.#resting = false
        this.#next()
      }, restMs).unref()
    })
  }

  #tellDropped(): void {
    const line = Buffer.from(`{"level":40,"dropped":${this.#dropped},"msg":"lines of this log could not be written"}\n`)
    this.#dropped = 0
    this.#lines.unshift(line)
    this.#bytes += line.length
  }

  /** Whole lines, as many as arrive in one piece; a longer line alone. */
  #takePiece(): Buffer {
    let count = 0
    let length = 0
    for (const line of this.#lines) {
      if (count > 0 && length + line.length > mostOfPiece) break
      length += line.length
      count++
    }
    this.#bytes -= length
    return Buffer.concat(this.#lines.splice(0, count))
  }
}

let shared: DestinationStream | undefined

/** Standard error, for every log of the process. */
export function standardError(): DestinationStream {
  shared ??= openStandardError()
  return shared
}

/** A pipe or socket is written to without waiting; a file or terminal by a thread of its own. */
function openStandardError(): DestinationStream {
  const kind = fstatSync(2)
  const streamed = kind.isFIFO() || kind.isSocket()
  // Whoever read it has gone: lines are lost, the server is not.
  if (streamed) process.stderr.on('error', () => undefined)
  const writer = new LogWriter(streamed ? (piece, done) => process.stderr.write(piece, done) : writeWhole)
  process.once('exit', () => {
    try {
      writeSync(2, writer.takeRest())
    } catch {
      // Blocked or full: the end of the process does not wait for it.
    }
  })
  return writer
}

function writeWhole(piece: Buffer, done: (error?: Error | null) => void): void {
  write(2, piece, (error, written) => {
    if (error === null && written < piece.length) writeWhole(piece.subarray(written), done)
    else done(error)
  })
}
