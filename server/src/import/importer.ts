import { storeChunk, type ChunkParts } from './chunk.ts'
import type { Admitted, Rejected } from './item.ts'
import { Lanes } from './lanes.ts'
import type { RecordNumber } from './source-index.ts'

const chunkRecords = 250
const chunkBytes = 4 * 1024 * 1024
const chunksAtOnce = 3

/** Takes what was read to the store, in chunks, several under way at once, patients before what is theirs. */
export class Importer {
  readonly #parts: ChunkParts
  readonly #lanes = new Lanes(chunksAtOnce)
  /** Patients on their way into the store, and when they are there. */
  readonly #coming = new Map<RecordNumber, Promise<void>>()
  #chunk: Admitted[] = []
  #chunkSize = 0

  constructor(parts: ChunkParts) {
    this.#parts = parts
  }

  async take(item: Admitted | Rejected): Promise<void> {
    const { tally } = this.#parts
    tally.read++
    if (item.kind === 'rejected') return this.#reject(item)
    if (item.repeated && (await this.#isStored(item.record))) return tally.accept('unchanged', item)
    this.#chunk.push(item)
    this.#chunkSize += item.size
    if (this.#chunk.length >= chunkRecords || this.#chunkSize >= chunkBytes) await this.#flush()
  }

  /** Resolves when everything taken so far is stored or declined. Throws when the store stays away. */
  async settle(): Promise<void> {
    await this.#flush()
    await this.#lanes.idle()
  }

  #reject(item: Rejected): void {
    this.#parts.tally.reject(item)
    if (item.patient !== undefined) this.#parts.refused.add(item.patient, item)
  }

  /** Of a record met before: what became of it may still be under way. */
  async #isStored(record: RecordNumber): Promise<boolean> {
    if (!this.#parts.settled.has(record)) await this.settle()
    return this.#parts.settled.has(record)
  }

  async #flush(): Promise<void> {
    const chunk = this.#chunk
    if (chunk.length === 0) return
    this.#chunk = []
    this.#chunkSize = 0
    const needed = new Set(chunk.flatMap(({ belonging }) => this.#comingFor(belonging) ?? []))
    const { done } = await this.#lanes.begin(async () => {
      await Promise.all(needed)
      await storeChunk(chunk, this.#parts)
    })
    for (const { type, record } of chunk) {
      if (type !== 'Patient') continue
      this.#coming.set(record, done)
      void done.then(() => this.#coming.delete(record))
    }
  }

  #comingFor(belonging: Admitted['belonging']): Promise<void> | undefined {
    if (belonging === 'practice' || !('patient' in belonging) || belonging.record === undefined) return undefined
    return this.#coming.get(belonging.record)
  }
}
