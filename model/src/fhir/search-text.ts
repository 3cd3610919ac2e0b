// How search parameters are written in a query (R4 search, 3.1.1.4.2 and 3.1.1.4.5).

/**
 * Splits at each `separator` that no backslash precedes; the escapes stay, for the next split.
 * A trailing backslash escapes nothing and stays as it is.
 */
export function splitEscaped(text: string, separator: ',' | '$' | '|'): string[] {
  if (!text.includes(separator)) return [text]
  const parts: string[] = []
  let part = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\\' && at + 1 < text.length) {
      part += character + text.charAt(++at)
    } else if (character === separator) {
      parts.push(part)
      part = ''
    } else part += character
  }
  return [...parts, part]
}

/** `\,` `\$` `\|` `\\` become what they escape. */
export function unescape(text: string): string {
  return text.replaceAll(/\\([,$|\\])/g, '$1')
}

/**
 * Letters without their accents and other marks, in Unicode's compatibility form (NFKD). Marks are left out before the
 * text is normalised too: putting a run of them in order takes time that grows with its square (80 s for 1 MB), and no
 * mark becomes anything but marks.
 */
export function withoutMarks(text: string): string {
  return text.replaceAll(mark, '').normalize('NFKD').replaceAll(mark, '')
}

const mark = /\p{M}+/gu

/**
 * Without case, accents, punctuation and doubled spaces, as texts are compared by default: `Straße` and `STRASSE` are the
 * same, `Smith-Jones` and `smith jones` too. A text of nothing but punctuation keeps it.
 */
export function foldText(text: string): string {
  const plain = withoutMarks(text).toUpperCase()
  const folded = plain.replaceAll(/[\p{P}\s]+/gu, ' ').trim()
  return folded === '' ? plain.trim() : folded
}

/** A telephone number by its digits, anything else by its letters without case: how it was typed says nothing. */
export function foldContact(text: string): string {
  return /[a-z@]/i.test(text) ? text.trim().toLowerCase() : text.replaceAll(/[^0-9]/g, '')
}

/**
 * A decimal as written, with the range that its digits imply: half a unit of the last digit either way. `100` is 99.5 up
 * to 100.5, `5.40e-3` is 0.005395 up to 0.005405. `1e2` is 95 up to 105 by R4's example: an exponent without a fraction
 * counts as if it had one zero.
 */
export interface WrittenNumber {
  readonly value: number
  readonly low: number
  readonly high: number
}

const decimal = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?$/

export function readNumber(text: string): WrittenNumber | undefined {
  const [, sign, whole = '', fraction = '', exponent] = decimal.exec(text) ?? []
  if (sign === undefined || whole.length + fraction.length > 40) return undefined
  // In whole numbers, so that the ends are exact decimals.
  const extra = exponent === undefined || fraction !== '' ? 1 : 2
  const digits = BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(extra)
  const power = Number(exponent ?? 0) - fraction.length - extra
  return { value: Number(text), low: Number(`${digits - 5n}e${power}`), high: Number(`${digits + 5n}e${power}`) }
}
