/**
 * Distinguished Encoding Rules (X.690), writing only, and only what a certificate needs. Reading certificates is left to
 * node:crypto, so nothing here ever sees bytes from outside.
 */

/** One element: tag, length, content. */
export function element(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body])
  const length = unsigned(body.length)
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, body])
}

export const sequence = (...parts: Uint8Array[]): Buffer => element(0x30, ...parts)
export const set = (...parts: Uint8Array[]): Buffer => element(0x31, ...parts)
export const octets = (bytes: Uint8Array): Buffer => element(0x04, bytes)
export const text = (value: string): Buffer => element(0x0c, Buffer.from(value, 'utf8'))
export const yes: Buffer = Buffer.of(0x01, 0x01, 0xff)

/** A positive INTEGER; a leading zero keeps it positive where its first bit is set. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1
  const trimmed = bytes.subarray(start)
  return (trimmed[0] ?? 0) >= 0x80 ? element(0x02, Buffer.of(0), trimmed) : element(0x02, trimmed)
}

/** A BIT STRING; `unused` counts the bits of the last byte that do not belong to it. */
export const bits = (bytes: Uint8Array, unused = 0): Buffer => element(0x03, Buffer.of(unused), bytes)

/** Context-specific tag: `constructed` when it wraps other elements, primitive when it replaces a universal tag. */
export function context(number: number, constructed: boolean, ...content: Uint8Array[]): Buffer {
  return element((constructed ? 0xa0 : 0x80) | number, ...content)
}

/** Dotted object identifier. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes: number[] = []
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return element(0x06, Buffer.from(bytes))
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). `at` in Unix milliseconds, cut to the second. */
export function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return new Date(at).getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits))
}

function unsigned(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; left > 0; left = Math.floor(left / 256)) bytes.unshift(left & 0xff)
  return Buffer.from(bytes)
}
