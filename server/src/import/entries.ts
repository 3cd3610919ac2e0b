// Finds the entries of a bundle in a stream of bytes, whatever the bundle's size: memory holds one entry and what
// stands around them. It tells strings and brackets apart and nothing more; each entry's bytes are judged strictly
// later, by parseJson, and so is what is left when the entries are taken out.
import { parseJson } from '@chartkeep/model/fhir'
import { isBlank } from './lines.ts'
import { FileFault, Gathered, type Piece } from './piece.ts'

const mostDepth = 4096
const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openArray = 0x5b
const backslash = 0x5c
const closeArray = 0x5d
const openObject = 0x7b
const closeObject = 0x7d

// Bytes that mean something outside strings; every other byte is passed over by one look-up.
const structural = new Uint8Array(256)
for (const byte of [quote, comma, colon, openArray, closeArray, openObject, closeObject]) structural[byte] = 1

/** What a JSON document was: a bundle whose entries were given, or a resource alone. */
export type Document =
  | { readonly kind: 'bundle' }
  | { readonly kind: 'resource'; readonly bytes: Buffer }
  /** `entry` came before `resourceType`, and it was no bundle: to be read again as a whole. */
  | { readonly kind: 'misread' }

export class EntrySplitter {
  readonly #whole: boolean
  readonly #element: Gathered
  /** The document without its entries. */
  readonly #shell: Gathered
  readonly #kinds = new Uint8Array(mostDepth)
  #depth = 0
  #inString = false
  #escaped = false
  #inEntries = false
  #tookEntries = false
  #count = 0
  // At depth 1: the name before the colon, and the value after it while it is text.
  #text = ''
  #gathering = false
  #member = ''
  #type: string | undefined

  /** @param whole takes nothing out, for a resource that is no bundle but has an `entry` */
  constructor(limit: number, whole = false) {
    this.#whole = whole
    this.#element = new Gathered(limit)
    this.#shell = new Gathered(limit)
  }

  /** False while a document's type is not known: what was found so far may turn out to be no bundle's. */
  get certain(): boolean {
    return this.#type === 'Bundle'
  }

  /** Throws FileFault. */
  push(chunk: Buffer): Piece[] {
    const found: Piece[] = []
    const length = chunk.length
    let start = 0
    let at = 0
    while (at < length) {
      if (this.#inString) at = this.#passString(chunk, at)
      while (at < length && structural[chunk[at] ?? 0] === 0) at++
      const byte = chunk[at++]
      if (byte === undefined) break
      if (byte === quote) {
        this.#inString = true
        this.#gathering = this.#depth === 1
        this.#text = ''
      } else if (byte === openObject || byte === openArray) {
        this.#open(byte)
        if (byte === openArray && this.#depth === 2 && this.#member === 'entry' && this.#takesEntries()) {
          this.#shell.add(chunk.subarray(start, at))
          start = at
          this.#inEntries = true
          this.#tookEntries = true
        }
      } else if (byte === closeObject || byte === closeArray) {
        if (this.#inEntries && this.#depth === 2 && byte === closeArray) {
          this.#element.add(chunk.subarray(start, at - 1))
          this.#finish(found, true)
          start = at - 1
          this.#inEntries = false
        }
        this.#close(byte)
      } else if (byte === comma) {
        if (this.#inEntries && this.#depth === 2) {
          this.#element.add(chunk.subarray(start, at - 1))
          this.#finish(found, false)
          start = at
        } else if (this.#depth === 1) this.#member = ''
      } else if (this.#depth === 1) this.#member = this.#text
    }
    ;(this.#inEntries ? this.#element : this.#shell).add(chunk.subarray(start))
    if (this.#shell.tooLarge) throw new FileFault('too-large')
    return found
  }

  /** After the last byte. Throws FileFault: cut short, or what stands around the entries is not JSON. */
  end(): Document {
    if (this.#depth > 0 || this.#inString) throw new FileFault('cut-short')
    const shell = this.#shell.take() ?? Buffer.alloc(0)
    if (isBlank(shell)) throw new FileFault('empty')
    if (!this.#tookEntries && this.#type !== 'Bundle') return { kind: 'resource', bytes: shell }
    const value = readShell(shell)
    if (value['resourceType'] !== 'Bundle') return { kind: 'misread' }
    // Entries that stayed in the shell hid behind another spelling of the name.
    if (Array.isArray(value['entry']) && value['entry'].length > 0) throw new FileFault('malformed')
    return { kind: 'bundle' }
  }

  /** How many entries were found, and so the position of what comes next. */
  get count(): number {
    return this.#count
  }

  /** From `at`, inside a string, to behind its end or to the end of the chunk. */
  #passString(chunk: Buffer, at: number): number {
    const length = chunk.length
    const begin = at
    let ended = false
    if (this.#escaped) at++
    while (at < length && !ended) {
      const byte = chunk[at++]
      if (byte === backslash) at++
      else ended = byte === quote
    }
    // A backslash may be the chunk's last byte.
    this.#escaped = at > length
    this.#inString = !ended
    if (this.#gathering) this.#gather(chunk, begin, ended ? at - 1 : length)
    return Math.min(at, length)
  }

  /** Text at depth 1: a member's name, or a value, of which only the type is of interest. Long ones are neither. */
  #gather(chunk: Buffer, begin: number, end: number): void {
    if (this.#text.length <= 64) this.#text += chunk.toString('latin1', begin, Math.min(end, begin + 65))
    if (!this.#inString && this.#member === 'resourceType') this.#type ??= this.#text
  }

  #takesEntries(): boolean {
    return !this.#whole && (this.#type === undefined || this.#type === 'Bundle')
  }

  #open(byte: number): void {
    if (this.#depth === mostDepth) throw new FileFault('too-deep')
    this.#kinds[this.#depth++] = byte
  }

  #close(byte: number): void {
    // In ASCII a closing bracket is its opening one plus two. After a wrong one, nobody knows where an entry ends.
    if (this.#depth === 0 || this.#kinds[--this.#depth] !== byte - 2) throw new FileFault('malformed')
  }

  #finish(found: Piece[], last: boolean): void {
    const bytes = this.#element.take()
    const first = this.#count === 0
    if (bytes === undefined) found.push({ position: this.#count++, reason: 'too-large' })
    else if (!(first && last && isBlank(bytes))) found.push({ position: this.#count++, bytes })
  }
}

function readShell(bytes: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = parseJson(bytes, { bytes: bytes.length })
  } catch {
    throw new FileFault('malformed')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FileFault('malformed')
  return { ...value }
}
