// American Soundex (as the US National Archives describe it), for the `phonetic` parameter, whose algorithm R4 leaves open.
import { once } from './once.ts'
import { foldText } from './search-text.ts'

const groups = ['AEIOUY', 'BFPV', 'CGJKQSXZ', 'DT', 'L', 'MN', 'R']
const digitOf = new Map(groups.flatMap((letters, digit) => [...letters].map((letter) => [letter, digit])))

/** One letter and three digits; '' for a word without Latin letters. */
function soundex(word: string): string {
  const letters = [...foldText(word)].filter((letter) => /[A-Z]/.test(letter))
  const [first] = letters
  if (first === undefined) return ''
  let code = ''
  let last = digitOf.get(first)
  for (const letter of letters.slice(1)) {
    // H and W stand between equal sounds as if they were not there.
    if (letter === 'H' || letter === 'W') continue
    const digit = digitOf.get(letter)
    if (digit !== last && digit !== 0) code += String(digit)
    last = digit
  }
  return (first + code).padEnd(4, '0').slice(0, 4)
}

const soundsOf = once((name) => new Set(wordsOf(name).map(soundex)))

/** Each word that is wanted sounds like some word of the name. */
export function soundsLike(name: string, wanted: string): boolean {
  const sounds = soundsOf(name)
  const words = wordsOf(wanted)
  return words.length > 0 && words.every((word) => soundex(word) !== '' && sounds.has(soundex(word)))
}

const wordsOf = (text: string): string[] => text.split(/[\s,'.-]+/).filter((word) => word !== '')
