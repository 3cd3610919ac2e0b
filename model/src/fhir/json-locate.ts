// Where the fault is. parseJson only learns that there is one, because JSON.parse is fast and its messages quote what it
// was given. This slow reader runs after that, on input that is going to be refused.
import { JsonFault } from './json-fault.ts'

/** Names that mean something to JavaScript itself. No R4 element has one. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** @param bytes well-formed UTF-8, within the limits of size and depth. */
export function locateFault(bytes: Uint8Array): JsonFault | undefined {
  try {
    const reader = new Reader(bytes)
    reader.value()
    reader.end()
    return undefined
  } catch (error) {
    if (error instanceof JsonFault) return error
    throw error
  }
}

/** Offset of the first byte that is not part of well-formed UTF-8 (RFC 3629, section 4). */
export function locateBadUtf8(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length === 0) return at
    at += length
  }
  return at
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  const second = bytes[at + 1] ?? 0
  const tail = (index: number): boolean => ((bytes[at + index] ?? 0) & 0xc0) === 0x80
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0
  if (first >= 0xe0 && first <= 0xef) {
    if (first === 0xe0 && second < 0xa0) return 0
    if (first === 0xed && second > 0x9f) return 0
    return tail(1) && tail(2) ? 3 : 0
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (first === 0xf0 && second < 0x90) return 0
    if (first === 0xf4 && second > 0x8f) return 0
    return tail(1) && tail(2) && tail(3) ? 4 : 0
  }
  return 0
}

const number = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/
const code = (text: string): number => text.charCodeAt(0)

/** RFC 8259, to the letter. */
class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  value(): void {
    this.#space()
    const byte = this.#bytes[this.#at]
    if (byte === code('{')) this.#object()
    else if (byte === code('[')) this.#array()
    else if (byte === code('"')) this.#string()
    else this.#word()
    this.#space()
  }

  end(): void {
    if (this.#at < this.#bytes.length) this.#fail()
  }

  #object(): void {
    this.#at++
    this.#space()
    if (this.#skip('}')) return
    const keys = new Set<string>()
    do {
      this.#space()
      const start = this.#at
      if (this.#bytes[start] !== code('"')) this.#fail()
      const key = this.#string()
      if (keys.has(key)) throw new JsonFault('duplicate-key', start)
      if (forbiddenKeys.has(key)) throw new JsonFault('malformed', start)
      keys.add(key)
      this.#space()
      if (!this.#skip(':')) this.#fail()
      this.value()
    } while (this.#skip(','))
    if (!this.#skip('}')) this.#fail()
  }

  #array(): void {
    this.#at++
    this.#space()
    if (this.#skip(']')) return
    do this.value()
    while (this.#skip(','))
    if (!this.#skip(']')) this.#fail()
  }

  #string(): string {
    this.#at++
    let text = ''
    for (;;) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined || byte < 0x20) this.#fail()
      if (byte === code('"')) break
      if (byte === code('\\')) text += this.#escape()
      else {
        // The bytes of a character one by one will do for telling keys apart.
        text += String.fromCharCode(byte ?? 0)
        this.#at++
      }
    }
    this.#at++
    return text
  }

  #escape(): string {
    const start = this.#at
    const letter = String.fromCharCode(this.#bytes[start + 1] ?? 0)
    this.#at += 2
    if (letter !== 'u') {
      const place = '"\\/bfnrt'.indexOf(letter)
      if (place === -1) this.#fail(start)
      return '"\\/\b\f\n\r\t'.charAt(place)
    }
    const unit = this.#unit(start)
    if (unit >= 0xdc00 && unit <= 0xdfff) this.#fail(start)
    if (unit < 0xd800 || unit > 0xdfff) return utf8(unit)
    if (!this.#skip('\\') || !this.#skip('u')) this.#fail(start)
    const low = this.#unit(start)
    if (low < 0xdc00 || low > 0xdfff) this.#fail(start)
    return utf8(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
  }

  #unit(start: number): number {
    const digits = String.fromCharCode(...this.#bytes.subarray(this.#at, this.#at + 4))
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail(start)
    this.#at += 4
    return Number.parseInt(digits, 16)
  }

  #word(): void {
    const start = this.#at
    let text = ''
    while (/[-+.0-9A-Za-z]/.test(String.fromCharCode(this.#bytes[this.#at] ?? 0))) {
      text += String.fromCharCode(this.#bytes[this.#at] ?? 0)
      this.#at++
    }
    if (text === 'true' || text === 'false' || text === 'null') return
    if (!number.test(text) || !Number.isFinite(Number(text))) this.#fail(start)
  }

  #space(): void {
    for (;;) {
      const byte = this.#bytes[this.#at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.#at++
    }
  }

  #skip(character: string): boolean {
    if (this.#bytes[this.#at] !== code(character)) return false
    this.#at++
    return true
  }

  #fail(at = this.#at): never {
    throw new JsonFault('malformed', at)
  }
}

/** As the bytes of its UTF-8 one by one, so that an escaped key equals the same key written plainly. */
function utf8(point: number): string {
  if (point < 0x80) return String.fromCharCode(point)
  if (point < 0x800) return String.fromCharCode(0xc0 | (point >> 6), 0x80 | (point & 0x3f))
  if (point < 0x10000) {
    return String.fromCharCode(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f))
  }
  const low = [0x80 | ((point >> 12) & 0x3f), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)]
  return String.fromCharCode(0xf0 | (point >> 18), ...low)
}
