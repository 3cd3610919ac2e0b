import type { SealedEntry } from './entry.ts'

// A few seconds of the fastest recording; what is forgotten is read back from the table instead.
const most = 65_536

/**
 * Leaf hashes of the entries written here and not yet in the tree. The sequencer takes them from here, not from the
 * table: it saves reading every entry back, and an entry changed in the table within its first second is caught.
 */
export class Recent {
  readonly #hashes = new Map<string, Buffer>()

  add(entry: SealedEntry): void {
    this.#hashes.set(entry.id, entry.leaf)
    if (this.#hashes.size <= most) return
    // The oldest one: an entry of a transaction that was rolled back never leaves otherwise.
    for (const oldest of this.#hashes.keys()) {
      this.#hashes.delete(oldest)
      break
    }
  }

  hashOf(id: string): Buffer | undefined {
    return this.#hashes.get(id)
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#hashes.delete(id)
  }
}
