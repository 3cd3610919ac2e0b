import { wordBits } from './common-words.ts'

/**
 * How many bits a guesser needs who knows the common words and the common tricks: SP 800-63B-4 sec. 3.1.1.2 asks for a
 * blocklist of breached, dictionary and context words. At 15 characters hardly any breached password is left that is not
 * such words strung together, repeated, walked on the keyboard or decorated, so this is the blocklist as a rule: the
 * cheapest way to spell the password from common pieces. No composition is demanded; any unlisted piece counts in full.
 *
 * @param context words close to the account (user name, name, practice, product): worth one bit each.
 */
export function guessBits(password: string, context: readonly string[] = []): number {
  const folded = password.normalize('NFKC').toLowerCase()
  const near = new Set(context.flatMap((text) => piecesOf(text)))
  const closedUp = folded.replaceAll(/[^\p{L}\p{N}]/gu, '')
  const spaced = Math.min(...spellings(folded).map((text) => cheapest(text, near)))
  return closedUp === ''
    ? spaced
    : Math.min(spaced, 2 + Math.min(...spellings(closedUp).map((text) => cheapest(text, near))))
}

/** Words of at least three letters in a name, and the name without its gaps. */
function piecesOf(text: string): string[] {
  const folded = text.normalize('NFKC').toLowerCase()
  const whole = folded.replaceAll(/[^\p{L}\p{N}]/gu, '')
  return [...folded.split(/[^\p{L}\p{N}]+/u), whole].filter((piece) => [...piece].length >= 3)
}

const disguises: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '!': 'i',
  '3': 'e',
  '4': 'a',
  '@': 'a',
  '5': 's',
  $: 's',
  '7': 't',
  '+': 't',
  '8': 'b',
  '9': 'g',
}

/** As typed; with digits and signs read as letters (both readings of 1); and with doubled letters as one. */
function spellings(text: string): string[] {
  const plain = [...text].map((sign) => disguises[sign] ?? sign).join('')
  const asL = [...text.replaceAll('1', 'l')].map((sign) => disguises[sign] ?? sign).join('')
  return [...new Set([text, plain, asL, text.replaceAll(/(.)\1/gu, '$1')])]
}

/** Cheapest way to the end of the text, by dynamic programming over its pieces. */
function cheapest(text: string, near: ReadonlySet<string>): number {
  const signs = [...text]
  const cost: number[] = [0]
  const at = (end: number): number => cost[end] ?? Number.POSITIVE_INFINITY
  for (let end = 1; end <= signs.length; end++) {
    let best = at(end - 1) + signBits(signs[end - 1] ?? '')
    for (let length = 2; length <= end; length++) {
      const start = end - length
      const bits = pieceBits(signs, start, end, near)
      if (bits !== undefined) best = Math.min(best, at(start) + bits)
      // The same again: whatever it was, saying it once more tells nothing.
      if (start >= length && isRepeat(signs, start, length)) best = Math.min(best, at(start) + 1)
    }
    cost.push(best)
  }
  return at(signs.length)
}

function signBits(sign: string): number {
  if (/[a-z]/.test(sign)) return 4.7
  if (/\d/.test(sign)) return 3.3
  return /[\p{L}\p{So}]/u.test(sign) ? 6 : 2 // between words, a sign is a habit
}

/** No word in the list is as long. What is longer would be compared in vain, and in a time that grows with it. */
const longestPiece = 64

function pieceBits(
  signs: readonly string[],
  start: number,
  end: number,
  near: ReadonlySet<string>,
): number | undefined {
  const length = end - start
  const walk = walkBits(signs, start, end)
  if (length > longestPiece) return walk
  const piece = signs.slice(start, end).join('')
  const candidates = [walk, near.has(piece) ? 1 : undefined, wordBits.get(piece), dateBits(piece)].filter(
    (bits) => bits !== undefined,
  )
  return candidates.length === 0 ? undefined : Math.min(...candidates)
}

const lines = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '1234567890-=',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
  '1qaz',
  '2wsx',
  '3edc',
  '4rfv',
  '5tgb',
  '6yhn',
  '7ujm',
  '!qaz',
  '@wsx',
  '#edc',
  '$rfv',
]
const steps = new Set(
  [...lines, ...lines.map((line) => [...line].toReversed().join(''))].flatMap((line) =>
    [...line].slice(1).map((sign, i) => (line[i] ?? '') + sign),
  ),
)

/** Three or more signs that are all one, or follow each other in the alphabet or on the keyboard. */
function walkBits(signs: readonly string[], start: number, end: number): number | undefined {
  if (end - start < 3) return undefined
  const same = signs[start] === signs[start + 1]
  for (let i = start + 1; i < end; i++) {
    const before = signs[i - 1] ?? ''
    const sign = signs[i] ?? ''
    if (same ? sign !== before : !steps.has(before + sign)) return undefined
  }
  return 4 + Math.log2(end - start)
}

const year = /^(19|20)\d\d$/
const date =
  /^(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:19|20)\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$/

function dateBits(piece: string): number | undefined {
  if (year.test(piece)) return 6
  return date.test(piece) ? 14 : undefined
}

function isRepeat(signs: readonly string[], start: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (signs[start + i] !== signs[start - length + i]) return false
  return true
}
