import type { ReasonCode } from './reasons.ts'

/** One thing found in a file: the bytes of an entry or a resource, or why there are none. */
export type Piece = ReadPiece | { readonly position: number; readonly reason: ReasonCode }

export interface ReadPiece {
  /** Index in `entry`, or line. */
  readonly position: number
  readonly bytes: Buffer
}

/** What stops the reading of a file, as opposed to what is wrong with one entry of it. */
export class FileFault extends Error {
  readonly reason: ReasonCode

  constructor(reason: ReasonCode) {
    super(reason)
    this.name = 'FileFault'
    this.reason = reason
  }
}

/** Bytes that arrive in parts, kept until they are whole; past the limit they are let go and counted as too large. */
export class Gathered {
  readonly #limit: number
  #parts: Buffer[] = []
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get tooLarge(): boolean {
    return this.#length > this.#limit
  }

  add(part: Buffer): void {
    this.#length += part.length
    if (this.tooLarge) this.#parts = []
    else if (part.length > 0) this.#parts.push(part)
  }

  /** All of it, undefined when it was too large; then empty again. */
  take(): Buffer | undefined {
    const [first] = this.#parts
    const whole = this.tooLarge ? undefined : this.#parts.length === 1 ? first : Buffer.concat(this.#parts)
    this.#parts = []
    this.#length = 0
    return whole
  }
}
