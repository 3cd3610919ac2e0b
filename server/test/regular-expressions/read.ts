// A regular expression's source, read as far as it matters for how long matching takes.

/** What a part of a regular expression matches. */
export type Part =
  /** One character of a class; the bits are those of `alphabet`. */
  | { readonly kind: 'character'; readonly of: bigint }
  /** `^`, `$`, `\b`: nothing, in some places only; `begin`: where the text, or a line, begins. */
  | { readonly kind: 'place'; readonly begin: boolean }
  /** `(?=…)` and its kin. */
  | { readonly kind: 'look'; readonly part: Part }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly min: number; readonly max: number }

/** Every ASCII character, and some that classes tell apart. */
const alphabet: readonly string[] = [
  ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
  ...['\u00A0', '\u00E9', '\u00DF', '\u03A9', '\u4E16', '\u2028', '\u0301', '\u212A', '\u{1F600}', '\uD800'],
]

export const anyCharacters = bitsOf(/^[^]$/u)
export const lineEnds = bitsOf(/^[\n\r\u2028\u2029]$/)

/** The characters that an expression matches. */
function bitsOf(one: RegExp): bigint {
  return alphabet.reduce((bits, character, at) => (one.test(character) ? bits | (1n << BigInt(at)) : bits), 0n)
}

/** Throws for what has no bound by its form: a reference back to a group. */
export function readExpression({ source, flags }: Pick<RegExp, 'source' | 'flags'>): Part {
  const reader = new Reader(source, flags.replaceAll(/[gyd]/g, ''))
  const part = reader.choice()
  if (!reader.atEnd) throw new Error('the expression could not be read to its end')
  return part
}

class Reader {
  readonly #source: string
  readonly #flags: string
  #at = 0

  constructor(source: string, flags: string) {
    this.#source = source
    this.#flags = flags
  }

  get atEnd(): boolean {
    return this.#at === this.#source.length
  }

  choice(): Part {
    const parts = [this.#sequence()]
    while (this.#take('|')) parts.push(this.#sequence())
    return { kind: 'choice', parts }
  }

  #sequence(): Part {
    const parts: Part[] = []
    while (!this.atEnd && !this.#sees('|') && !this.#sees(')')) parts.push(this.#repeated(this.#atom()))
    return { kind: 'sequence', parts }
  }

  #atom(): Part {
    const begin = this.#at
    if (this.#take('^')) return { kind: 'place', begin: true }
    if (this.#take('$') || this.#take('\\b') || this.#take('\\B')) return { kind: 'place', begin: false }
    if (this.#sees('(')) return this.#group()
    if (/^\\(?:[1-9]|k<)/.test(this.#source.slice(this.#at, this.#at + 3)))
      throw new Error('a reference back to a group takes time without a bound')
    if (this.#take('[')) this.#skipClass()
    else if (this.#take('\\')) this.#skipEscape()
    else this.#at += this.#source.codePointAt(this.#at)! > 0xffff && /[uv]/.test(this.#flags) ? 2 : 1
    return this.#characters(this.#source.slice(begin, this.#at))
  }

  #group(): Part {
    const [opening = '(', kind = ''] = /^\((\?(?:<?[=!]|<\w+>|[a-z-]*:))?/.exec(this.#source.slice(this.#at)) ?? []
    this.#at += opening.length
    const part = this.choice()
    if (!this.#take(')')) throw new Error('a group does not end')
    return /[=!]$/.test(kind) ? { kind: 'look', part } : part
  }

  #repeated(part: Part): Part {
    const [text = '', min = '', comma, max = ''] =
      /^(?:[*+?]|\{(\d+)(,)?(\d*)\})\??/.exec(this.#source.slice(this.#at)) ?? []
    if (text === '') return part
    this.#at += text.length
    const least = text.startsWith('{') ? Number(min) : text.startsWith('+') ? 1 : 0
    if (text.startsWith('?')) return { kind: 'repeat', part, min: 0, max: 1 }
    if (!text.startsWith('{')) return { kind: 'repeat', part, min: least, max: Infinity }
    return { kind: 'repeat', part, min: least, max: comma === undefined ? least : max === '' ? Infinity : Number(max) }
  }

  #skipClass(): void {
    for (let depth = 1; depth > 0; this.#at++) {
      if (this.#sees('\\')) this.#at++
      else if (this.#sees('[') && this.#flags.includes('v')) depth++
      else if (this.#sees(']')) depth--
      if (this.atEnd) throw new Error('a class does not end')
    }
  }

  #skipEscape(): void {
    const long = /^(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|p\{[^}]*\}|c[a-z])/i.exec(this.#source.slice(this.#at))
    this.#at += long?.[0].length ?? 1
  }

  #characters(source: string): Part {
    return { kind: 'character', of: bitsOf(new RegExp(`^${source}$`, this.#flags)) }
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at)
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false
    this.#at += text.length
    return true
  }
}
