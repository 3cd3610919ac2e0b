import { Column } from './column.ts'
import type { RecordNumber } from './source-index.ts'

/** Records that are in the store, by their number in the survey: a bit each. */
export class Settled {
  readonly #bits = new Column(Uint8Array)

  add(record: RecordNumber): void {
    const byte = record >>> 3
    this.#bits.set(byte, this.#bits.get(byte) | (1 << (record & 7)))
  }

  has(record: RecordNumber): boolean {
    return (this.#bits.get(record >>> 3) & (1 << (record & 7))) !== 0
  }
}
