import { type Bucket, bucketCount, bucketOf, readId } from '#base'
import type { Key } from './key-table.ts'
import type { RecordIndex, RecordNumber } from './source-index.ts'

/** Ids of imported records, 16 bytes each, that stand in these buckets. */
export type Standing = (buckets: readonly Bucket[]) => Promise<Uint8Array>

const bucketsAtOnce = 256
const idBytes = 16

/**
 * Finds the records that an earlier import of this source brought into the chart of another patient than the source names
 * now, and has each mean the one that is here. An id is made of the record's name and of its patient's bucket, so all ids that
 * imports made are gone through: 0.4 µs for each, besides the statements that list them.
 */
export async function pinMoved(index: RecordIndex, standing: Standing): Promise<void> {
  for (let from = 0; from < bucketCount; from += bucketsAtOnce) {
    const ids = Buffer.from(await standing(Array.from({ length: bucketsAtOnce }, (_, at) => from + at)))
    for (let offset = 0; offset < ids.length; offset += idBytes) {
      const record = recordOf(index, ids, offset)
      if (record === undefined || index.pinnedTo(record) !== undefined) continue
      const id = readId<string>(ids, offset)
      if (id !== undefined && index.bucketOf(record) !== bucketOf(id)) index.pin(record, id)
    }
  }
}

/** The record of the source whose name the id is made of: of the 64 bits of its key an id holds all but the first two. */
function recordOf(index: RecordIndex, ids: Buffer, offset: number): RecordNumber | undefined {
  const high = ids.readUInt32BE(offset + 8) & 0x3fff_ffff
  const low = ids.readUInt32BE(offset + 12)
  for (let first = 0; first < 4; first++) {
    const key: Key = { high: high + first * 0x4000_0000, low }
    const record = index.own(key)
    if (record !== undefined && isOf(index.keyOf(record), key)) return record
  }
  return undefined
}

function isOf(key: Key, { high, low }: Key): boolean {
  return key.high === high && key.low === low
}
