import { readId, writeId } from '#base'
import type { SealedEntry } from './entry.ts'
import { hashLength } from './tree.ts'

const idLength = 16
const handedLength = idLength + hashLength
// Of one generation, two of which are kept: a few seconds of the fastest recording. What is forgotten is read back from
// the table instead.
const most = 32_768
const slots = 2 * most

/** Leaf hashes by id, in memory that the collector need not go through: there are ten thousand of them each second. */
class Generation {
  readonly #leaves = Buffer.alloc(most * handedLength)
  /** Where in `leaves` an entry stands, counted from 1; 0 where none does. The next free slot is tried when one is taken. */
  readonly #places = new Uint32Array(slots)
  #count = 0

  get full(): boolean {
    return this.#count === most
  }

  add(id: string, leaf: Buffer): void {
    const at = this.#count * handedLength
    writeId(id, this.#leaves, at)
    leaf.copy(this.#leaves, at + idLength)
    let slot = this.#slotOf(this.#leaves, at)
    while (this.#places[slot] !== 0) slot = (slot + 1) % slots
    this.#places[slot] = ++this.#count
  }

  find(id: Buffer): Buffer | undefined {
    for (let slot = this.#slotOf(id, 0); ; slot = (slot + 1) % slots) {
      const place = this.#places[slot] ?? 0
      if (place === 0) return undefined
      const at = (place - 1) * handedLength
      if (this.#leaves.compare(id, 0, idLength, at, at + idLength) === 0)
        return Buffer.from(this.#leaves.subarray(at + idLength, at + handedLength))
    }
  }

  clear(): void {
    this.#places.fill(0)
    this.#count = 0
  }

  /** By the last bytes of an id, which are random. */
  #slotOf(bytes: Buffer, at: number): number {
    return bytes.readUInt32LE(at + idLength - 4) % slots
  }
}

/**
 * Leaf hashes of the entries written here, and by other processes of ours, lately. The sequencer takes them from here, not
 * from the table: it saves reading every entry back, and an entry changed in the table within its first second is caught.
 */
export class Recent {
  #newer = new Generation()
  #older = new Generation()
  readonly #asked = Buffer.alloc(idLength)

  add({ id, leaf }: Pick<SealedEntry, 'id' | 'leaf'>): void {
    if (this.#newer.full) {
      const [newer, older] = [this.#newer, this.#older]
      older.clear()
      this.#newer = older
      this.#older = newer
    }
    this.#newer.add(id, leaf)
  }

  /** As `openHanding` hands them over. */
  take(leaves: Uint8Array): void {
    const bytes = Buffer.from(leaves.buffer, leaves.byteOffset, leaves.byteLength)
    for (let at = 0; at + handedLength <= bytes.length; at += handedLength) {
      const id = readId<'entry'>(bytes, at)
      if (id !== undefined) this.add({ id, leaf: bytes.subarray(at + idLength, at + handedLength) })
    }
  }

  hashOf(id: string): Buffer | undefined {
    writeId(id, this.#asked, 0)
    return this.#newer.find(this.#asked) ?? this.#older.find(this.#asked)
  }
}

// Well within the second after which the sequencer looks.
const handMs = 20

/** Gathers leaf hashes for another process, ids before them, and hands them over many times a second. */
export function openHanding(wrote: (leaves: Buffer) => void): Pick<Recent, 'add'> & { flush(): void } {
  let gathered: Buffer[] = []
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const leaves = Buffer.concat(gathered)
    gathered = []
    if (leaves.length > 0) wrote(leaves)
  }

  return {
    flush,
    add({ id, leaf }) {
      const one = Buffer.allocUnsafe(handedLength)
      writeId(id, one, 0)
      leaf.copy(one, idLength)
      gathered.push(one)
      timer ??= setTimeout(flush, handMs).unref()
    },
  }
}
