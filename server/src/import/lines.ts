import { Gathered, type Piece } from './piece.ts'

const newline = 0x0a

/** Lines of NDJSON, numbered from 1 as they are in an editor; blank ones are counted but not given. */
export class LineSplitter {
  readonly #line: Gathered
  #number = 1

  /** @param limit bytes of one line */
  constructor(limit: number) {
    this.#line = new Gathered(limit)
  }

  /** Number of the line being read. */
  get line(): number {
    return this.#number
  }

  push(chunk: Buffer): Piece[] {
    const found: Piece[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      this.#line.add(chunk.subarray(start, end))
      this.#finish(found)
      this.#number++
      start = end + 1
      // Nothing but newlines is passed over at the speed of memory.
      while (chunk[start] === newline) {
        this.#number++
        start++
      }
    }
    this.#line.add(chunk.subarray(start))
    return found
  }

  /** The last line, when it has no newline. */
  end(): Piece[] {
    const found: Piece[] = []
    this.#finish(found)
    return found
  }

  #finish(found: Piece[]): void {
    const bytes = this.#line.take()
    if (bytes === undefined) found.push({ position: this.#number, reason: 'too-large' })
    else if (!isBlank(bytes)) found.push({ position: this.#number, bytes })
  }
}

export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === newline)
}
