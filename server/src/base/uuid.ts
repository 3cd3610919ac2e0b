export const noDigit = 16

/** What a lower-case hexadecimal digit stands for, by its ASCII code; `noDigit` for every other. */
export const digitOf: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCodePoint(code))
  return digit < 0 ? noDigit : digit
})

const digits = Buffer.from('0123456789abcdef', 'latin1')
const hyphen = 0x2d

/** Where each of the 16 bytes of a UUID stands in its text: 8-4-4-4-12 digits (RFC 9562, 4). */
export const uuidPlaces: readonly number[] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
export const uuidLength = 36

/** Writes the 36 characters of the UUID whose 16 bytes stand at `at`. */
export function spellUuid(bytes: Uint8Array, at: number, target: Uint8Array, offset: number): void {
  let index = at
  for (const place of uuidPlaces) {
    const byte = bytes[index++] ?? 0
    target[offset + place] = digits[byte >> 4] ?? 0
    target[offset + place + 1] = digits[byte & 15] ?? 0
  }
  target[offset + 8] = target[offset + 13] = target[offset + 18] = target[offset + 23] = hyphen
}

const text = Buffer.alloc(uuidLength)

/** The text of the UUID whose 16 bytes stand at `at`. By way of one buffer: every piece of text is something to collect. */
export function readUuid(bytes: Uint8Array, at: number): string {
  spellUuid(bytes, at, text, 0)
  return text.toString('latin1')
}
