import { type Dictionary, dictionaryById, dictionaryFor } from './dictionary.ts'
import { commonest, fold, unfold } from './fold.ts'
import { openRawStream, type RawStream } from './raw-stream.ts'

/** What a record's row says by itself. All of it must be bound to the body: with another row's facts, other text comes out. */
export interface RowFacts {
  /** The R4 type and its code (`codeOfType`). */
  readonly type: string
  readonly typeCode: number
  readonly id: string
  readonly version: number
  /** Unix milliseconds: what `meta.lastUpdated` says. */
  readonly updated: number
  readonly patient: string | undefined
}

/** JSON text → raw deflate, less what the row says already (type, id, version, time, patient). */
export function pack(json: Buffer, row: RowFacts): { readonly dictionary: number; readonly packed: Buffer } {
  const dictionary = dictionaryFor(row.typeCode)
  return { dictionary: dictionary.id, packed: streamOf(dictionary).deflate(fold(json, row)) }
}

/**
 * The JSON text again, byte for byte, or undefined when there is no such dictionary. Throws what zlib throws when the
 * bytes are not deflate's or inflate to more than `limit`: open the seal first.
 */
export function unpack(id: number, packed: Buffer, row: RowFacts, limit: number): Buffer | undefined {
  const bytes = dictionaryById(id)
  return bytes === undefined ? undefined : unfold(streamOf({ id, bytes }).inflate(packed, limit), row)
}

const streams = new Map<number, RawStream>()

function streamOf({ id, bytes }: Dictionary): RawStream {
  let stream = streams.get(id)
  if (stream === undefined) streams.set(id, (stream = openRawStream(Buffer.concat([bytes, commonest]))))
  return stream
}
