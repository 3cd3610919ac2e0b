import { EntrySplitter } from './entries.ts'
import { LineSplitter } from './lines.ts'
import { FileFault, type Piece } from './piece.ts'
import { type OnBytes, sourceBytes } from './source-bytes.ts'

/** Bytes of one entry: as much as a request may bring. */
const entryLimit = 32 * 1024 * 1024

/** What a piece's bytes are: an entry of a bundle, around its resource, or the resource itself. */
export type Form = 'entry' | 'resource'

export interface Found {
  readonly form: Form
  readonly pieces: readonly Piece[]
}

/**
 * Everything in a file, in its order, some at a time. A fault of the file itself comes as its last piece, at the
 * position where reading stopped; nothing is thrown for what a file holds.
 */
export async function* readSource(path: string, onBytes?: OnBytes): AsyncGenerator<Found> {
  yield* isLines(path) ? readLines(path, onBytes) : readDocument(path, onBytes)
}

function isLines(path: string): boolean {
  return /\.(ndjson|jsonl)(\.gz)?$/i.test(path)
}

async function* readLines(path: string, onBytes?: OnBytes): AsyncGenerator<Found> {
  const splitter = new LineSplitter(entryLimit)
  try {
    for await (const chunk of sourceBytes(path, onBytes)) yield { form: 'resource', pieces: splitter.push(chunk) }
    yield { form: 'resource', pieces: splitter.end() }
  } catch (error) {
    yield { form: 'resource', pieces: [faultAt(splitter.line, error)] }
  }
}

async function* readDocument(path: string, onBytes?: OnBytes): AsyncGenerator<Found> {
  const splitter = new EntrySplitter(entryLimit)
  // Found before the document said that it is a bundle.
  let held: Piece[] = []
  let heldBytes = 0
  try {
    for await (const chunk of sourceBytes(path, onBytes)) {
      const pieces = splitter.push(chunk)
      if (splitter.certain) {
        yield { form: 'entry', pieces: [...held, ...pieces] }
        held = []
        heldBytes = 0
      } else {
        held.push(...pieces)
        for (const piece of pieces) heldBytes += 'bytes' in piece ? piece.bytes.length : 0
        if (heldBytes > entryLimit) throw new FileFault('too-large')
      }
    }
    const document = splitter.end()
    if (document.kind === 'misread') yield* readWhole(path)
    else if (document.kind === 'bundle') yield { form: 'entry', pieces: held }
    else yield { form: 'resource', pieces: [{ position: 0, bytes: document.bytes }] }
  } catch (error) {
    yield { form: 'entry', pieces: [faultAt(splitter.certain ? splitter.count : 0, error)] }
  }
}

/** A resource that has an `entry` before it tells its type, such as a List. */
async function* readWhole(path: string): AsyncGenerator<Found> {
  const splitter = new EntrySplitter(entryLimit, true)
  for await (const chunk of sourceBytes(path)) splitter.push(chunk)
  const document = splitter.end()
  if (document.kind === 'resource') yield { form: 'resource', pieces: [{ position: 0, bytes: document.bytes }] }
}

function faultAt(position: number, error: unknown): Piece {
  if (!(error instanceof FileFault)) throw error
  return { position, reason: error.reason }
}
