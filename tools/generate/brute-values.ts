// Exact decimals, times and texts as R4's search page describes their comparison, the slow and plain way. For tests.

/** `digits` times ten to the power of minus `scale`. */
interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

export function decimal(text: string): Decimal {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale }
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale)
  const [x, y] = [a, b].map((one) => one.digits * 10n ** BigInt(scale - one.scale))
  return x === undefined || y === undefined || x === y ? 0 : x < y ? -1 : 1
}

/** Half of the last digit either way; `1e2` counts as `1.0e2`. */
export function impliedRange(text: string): [Decimal, Decimal] {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const places = (mantissa.split('.')[1] ?? '').length
  const written = text.toLowerCase().includes('e') && places === 0 ? 1 : places
  const half = decimal(`5e${Number(exponent) - written - 1}`)
  const value = decimal(text)
  const scale = Math.max(half.scale, value.scale)
  const [v, h] = [value, half].map((one) => one.digits * 10n ** BigInt(scale - one.scale))
  return [
    { digits: (v ?? 0n) - (h ?? 0n), scale },
    { digits: (v ?? 0n) + (h ?? 0n), scale },
  ]
}

export type Interval = readonly [start: number, end: number]

/** From its first millisecond to the first after it, the missing parts filled up by the calendar. */
export function interval(text: string): Interval {
  const [date = '', time] = text.split('T')
  const [year = 0, month, day] = date.split('-').map(Number)
  if (time === undefined) {
    const start = new Date(0)
    start.setUTCFullYear(year, (month ?? 1) - 1, day ?? 1)
    const end = new Date(0)
    if (month === undefined) end.setUTCFullYear(year + 1, 0, 1)
    else if (day === undefined) end.setUTCFullYear(year, month, 1)
    else end.setUTCFullYear(year, month - 1, day + 1)
    return [start.getTime(), end.getTime()]
  }
  const zone = /(Z|[+-]\d\d:\d\d)$/.exec(time)?.[1] ?? 'Z'
  const clock = time.slice(0, time.length - (time.endsWith(zone) ? zone.length : 0))
  const [whole = '', fraction] = clock.split('.')
  const seconds = whole.length === 5 ? `${whole}:00` : whole
  const milliseconds = (fraction ?? '').slice(0, 3)
  const start = Date.parse(`${date}T${seconds}.${milliseconds.padEnd(3, '0')}${zone}`)
  const width = whole.length === 5 ? 60_000 : 1000 / 10 ** milliseconds.length
  return [start, start + width]
}

/** Case, accents, punctuation and repeated spaces do not matter. */
export function plainText(text: string): string {
  const letters = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036F]/g, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
  const words = letters.split(/[\s\p{P}]+/u).filter((word) => word !== '')
  return words.length === 0 ? letters.trim() : words.join(' ')
}

export function wordsIn(text: string): string[] {
  return plainText(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/** The National Archives' rules, letter by letter. */
export function soundexOf(word: string): string {
  const letters = plainText(word)
    .toUpperCase()
    .replace(/[^A-Z]/g, '')
  if (letters === '') return ''
  const coded = letters
    .replace(/[BFPV]/g, '1')
    .replace(/[CGJKQSXZ]/g, '2')
    .replace(/[DT]/g, '3')
    .replace(/L/g, '4')
    .replace(/[MN]/g, '5')
    .replace(/R/g, '6')
  const first = coded.charAt(0)
  const joined = (first + coded.slice(1).replace(/[HW]/g, '')).replace(/(\d)\1+/g, '$1')
  const digits = joined.slice(1).replace(/\D/g, '')
  return (letters.charAt(0) + digits).padEnd(4, '0').slice(0, 4)
}

/** The pieces between separators; one behind an odd number of backslashes is none. */
export function pieces(text: string, separator: string): string[] {
  const found: string[] = []
  let open = false
  for (const piece of text.split(separator)) {
    if (open) found.push(`${found.pop()}${separator}${piece}`)
    else found.push(piece)
    open = (/\\*$/.exec(found.at(-1) ?? '')?.[0].length ?? 0) % 2 === 1
  }
  return found
}

/** Without the backslash before what it takes the meaning from. */
export const literal = (text: string): string =>
  text.replaceAll(/\\(.)/g, (both, next: string) => (',|$\\'.includes(next) ? next : both))
