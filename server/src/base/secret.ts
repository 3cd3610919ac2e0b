import { inspect } from 'node:util'

/** Bytes that cannot print themselves. Reading them is a call that a review can search for. */
export class Secret {
  readonly #bytes: Buffer

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes)
  }

  reveal(): Buffer {
    return this.#bytes
  }

  /** Overwrites the bytes; the secret is of no use afterwards. */
  destroy(): void {
    this.#bytes.fill(0)
  }

  toJSON(): string {
    return '[secret]'
  }

  toString(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
