/**
 * A stream of pseudo-random numbers that depends on nothing but its seed (sfc32, seeded by FNV-1a): the same seed gives
 * the same bytes on every machine. `fork` makes an independent stream by name, so that patient 70,000 can be made
 * without making the 69,999 before. Not for secrets.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1
  readonly #seed: string

  constructor(seed: string) {
    this.#seed = seed
    this.#a = hash(seed, 0x811c9dc5)
    this.#b = hash(seed, 0x9e3779b9)
    this.#c = hash(seed, 0x85ebca6b)
    for (let round = 0; round < 12; round++) this.word()
  }

  /** 32 random bits, as an unsigned number. */
  word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  fork(name: string | number): Random {
    return new Random(`${this.#seed}/${name}`)
  }

  /** 0 ≤ x < 1. */
  fraction(): number {
    return this.word() / 4294967296
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1))
  }

  /** Bell-shaped about `mean`; never more than three deviations away. */
  normal(mean: number, deviation: number): number {
    const sum = this.fraction() + this.fraction() + this.fraction() + this.fraction()
    return mean + (sum - 2) * 1.732 * deviation * 0.866
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.fraction() * choices.length)]
    if (choice === undefined) throw new Error('nothing to pick from')
    return choice
  }

  /** Picks by weight; the weights need not sum to anything. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.fraction() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, choice] of choices) {
      left -= weight
      if (left < 0) return choice
    }
    return this.pick(choices)[1]
  }

  /** `count` different whole numbers below `bound`, ascending; all of them when there are no more. */
  sample(count: number, bound: number): number[] {
    const drawn = new Set<number>()
    while (drawn.size < Math.min(count, bound)) drawn.add(this.whole(0, bound - 1))
    return [...drawn].sort((a, b) => a - b)
  }

  /** A version 4 UUID. */
  uuid(): string {
    const [w0, w1, w2, w3] = [this.word(), this.word(), this.word(), this.word()]
    return (
      `${hex32(w0)}-${hex32(w1).slice(0, 4)}-4${hex32(w1).slice(5)}-` +
      `${hex32((w2 & 0x3fffffff) | 0x80000000).slice(0, 4)}-${hex32(w2).slice(4)}${hex32(w3)}`
    )
  }

  digits(count: number): string {
    let text = ''
    while (text.length < count) text += String(this.whole(0, 9))
    return text
  }
}

function hex32(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}

function hash(text: string, basis: number): number {
  let h = basis
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h ^= h >>> 15
  h = Math.imul(h, 0x2c1b3c6d)
  return (h ^ (h >>> 13)) >>> 0
}
