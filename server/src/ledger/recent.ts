import { readUuid, writeId } from '#base'
import type { SealedBatch } from './batch.ts'
import { idLength } from './packed.ts'

/** What the sequencer needs of a batch. */
export type KnownBatch = Pick<SealedBatch, 'id' | 'tenant' | 'entries' | 'leaves'>

// A few seconds of the fastest recording. What is forgotten is read back from the table instead.
const mostBytes = 8_000_000

/**
 * The batches written here, and by other processes of ours, lately. The sequencer takes them from here, not from the table:
 * it saves reading every entry back, and an entry changed in the table within its first second is caught.
 */
export class Recent {
  readonly #batches = new Map<string, KnownBatch>()
  #bytes = 0

  add({ id, tenant, entries, leaves }: KnownBatch): void {
    this.forget(id)
    this.#batches.set(id, { id, tenant, entries, leaves })
    this.#bytes += entries.length + leaves.length
    for (const oldest of this.#batches.keys()) {
      if (this.#bytes <= mostBytes) break
      this.forget(oldest)
    }
  }

  /** As `openHanding` hands them over. */
  take(handed: Uint8Array): void {
    const bytes = Buffer.from(handed.buffer, handed.byteOffset, handed.byteLength)
    for (let at = 0; at + frameLength <= bytes.length;) {
      const [entriesAt, leavesAt] = [at + frameLength, at + frameLength + bytes.readUInt32BE(at + idLength + 4)]
      const end = leavesAt + bytes.readUInt32BE(at + idLength + 8)
      const id = readUuid(bytes, at)
      const tenant = bytes.readInt32BE(at + idLength)
      this.add({ id, tenant, entries: bytes.subarray(entriesAt, leavesAt), leaves: bytes.subarray(leavesAt, end) })
      at = end
    }
  }

  find(id: string): KnownBatch | undefined {
    return this.#batches.get(id)
  }

  /** Once it is in the tree. */
  forget(id: string): void {
    const known = this.#batches.get(id)
    if (known === undefined) return
    this.#batches.delete(id)
    this.#bytes -= known.entries.length + known.leaves.length
  }
}

// id, tenant, lengths of entries and of leaves
const frameLength = idLength + 4 + 4 + 4
// Well within the second after which the sequencer looks.
const handMs = 20

/** Gathers batches for another process, and hands them over many times a second. */
export function openHanding(wrote: (batches: Buffer) => void): Pick<Recent, 'add'> & { flush(): void } {
  let gathered: Buffer[] = []
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const batches = Buffer.concat(gathered)
    gathered = []
    if (batches.length > 0) wrote(batches)
  }

  return {
    flush,
    add({ id, tenant, entries, leaves }) {
      const frame = Buffer.allocUnsafe(frameLength)
      writeId(id, frame, 0)
      frame.writeInt32BE(tenant, idLength)
      frame.writeUInt32BE(entries.length, idLength + 4)
      frame.writeUInt32BE(leaves.length, idLength + 8)
      gathered.push(frame, entries, leaves)
      timer ??= setTimeout(flush, handMs).unref()
    },
  }
}
