import type { RecordNumber } from './source-index.ts'

/** Records that are in the store, by their number in the survey: a bit each. */
export class Settled {
  #bits = new Uint8Array(1024)

  add(record: RecordNumber): void {
    const byte = record >>> 3
    if (byte >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2))
      larger.set(this.#bits)
      this.#bits = larger
    }
    this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (record & 7))
  }

  has(record: RecordNumber): boolean {
    return ((this.#bits[record >>> 3] ?? 0) & (1 << (record & 7))) !== 0
  }
}
