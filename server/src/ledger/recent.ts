import { readId, writeId } from '#base'
import type { SealedEntry } from './entry.ts'
import { hashLength } from './tree.ts'

// A few seconds of the fastest recording; what is forgotten is read back from the table instead.
const most = 65_536
// Longer than nearly every transaction. What is older was rolled back, or came here after it was sequenced.
const keptMs = 60_000

/**
 * Leaf hashes of the entries written here, and by other processes of ours, and not yet in the tree. The sequencer takes
 * them from here, not from the table: it saves reading every entry back, and an entry changed in the table within its
 * first second is caught.
 */
export class Recent {
  #newer = new Map<string, Buffer>()
  #older = new Map<string, Buffer>()
  #turned = performance.now()

  add({ id, leaf }: Pick<SealedEntry, 'id' | 'leaf'>): void {
    this.#newer.set(id, leaf)
    if (this.#newer.size > most / 2) this.#turn()
  }

  /** As `openHanding` hands them over. */
  take(leaves: Uint8Array): void {
    const bytes = Buffer.from(leaves.buffer, leaves.byteOffset, leaves.byteLength)
    for (let at = 0; at + handedLength <= bytes.length; at += handedLength) {
      const id = readId<'entry'>(bytes, at)
      if (id !== undefined) this.add({ id, leaf: Buffer.from(bytes.subarray(at + idLength, at + handedLength)) })
    }
  }

  hashOf(id: string): Buffer | undefined {
    return this.#newer.get(id) ?? this.#older.get(id)
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) if (!this.#newer.delete(id)) this.#older.delete(id)
    if (performance.now() - this.#turned > keptMs) this.#turn()
  }

  #turn(): void {
    this.#older = this.#newer
    this.#newer = new Map()
    this.#turned = performance.now()
  }
}

const idLength = 16
const handedLength = idLength + hashLength
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
