import { Column } from './column.ts'
import type { SourceKey } from './identity.ts'

export type Key = Pick<SourceKey, 'high' | 'low'>

const none = -1

/** Numbers keys 0, 1, 2 … in the order in which they come: 16 bytes a key, in arrays that no garbage collector walks. */
export class KeyTable {
  #count = 0
  readonly #high = new Column(Uint32Array)
  readonly #low = new Column(Uint32Array)
  /** By hash: the key's number. Linear probing, never more than half full. */
  #slots = new Int32Array(2048).fill(none)

  /** The key's number. */
  find(key: Key): number | undefined {
    const number = this.#slots[this.#slotOf(key)] ?? none
    return number === none ? undefined : number
  }

  /** The next number, for a key that has none. */
  insert({ high, low }: Key): number {
    if (this.#count * 2 === this.#slots.length) this.#rehash()
    const number = this.#count++
    this.#high.set(number, high)
    this.#low.set(number, low)
    this.#occupy(number)
    return number
  }

  keyOf(number: number): Key {
    return { high: this.#high.get(number), low: this.#low.get(number) }
  }

  #occupy(number: number): void {
    const slot = this.#slotOf(this.keyOf(number))
    this.#slots[slot] = number
  }

  /** The slot that holds the key, or the empty one where it belongs. Keys are HMACs: nobody can make them collide. */
  #slotOf({ high, low }: Key): number {
    const mask = this.#slots.length - 1
    let slot = low & mask
    for (;;) {
      const number = this.#slots[slot] ?? none
      if (number === none || (this.#low.get(number) === low && this.#high.get(number) === high)) return slot
      slot = (slot + 1) & mask
    }
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(none)
    for (let number = 0; number < this.#count; number++) this.#occupy(number)
  }
}
