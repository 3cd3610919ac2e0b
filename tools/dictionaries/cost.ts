/**
 * What a text costs with what the dictionary has so far: about what deflate would need, but the same on every machine
 * (zlib's builds differ in how they look for matches, and a dictionary must come out the same everywhere).
 */
export class CostModel {
  readonly #places = new Map<string, { readonly text: string; readonly at: number }[]>()

  /** From now on this text is in the dictionary. */
  add(text: string): void {
    for (let at = 0; at + gram <= text.length; at++) {
      const key = text.slice(at, at + gram)
      const places = this.#places.get(key) ?? []
      this.#places.set(key, places)
      if (places.length < chain) places.push({ text, at })
    }
  }

  /** Bytes: one for a letter, three for a match with the dictionary or with what came before in the text itself. */
  of(text: string): number {
    let bytes = 0
    for (let at = 0; at < text.length;) {
      const length = Math.max(this.#longest(text, at), longestBefore(text, at))
      bytes += length < gram ? 1 : matchCost
      at += length < gram ? 1 : length
    }
    return bytes
  }

  #longest(text: string, from: number): number {
    let best = 0
    for (const place of this.#places.get(text.slice(from, from + gram)) ?? []) {
      best = Math.max(best, commonLength(place.text, place.at, text, from))
    }
    return best
  }
}

const gram = 5
const chain = 48
const matchCost = 3
// Deflate's longest match.
const longest = 258

function commonLength(a: string, from: number, b: string, start: number): number {
  let length = 0
  while (
    length < longest &&
    start + length < b.length &&
    a.codePointAt(from + length) === b.codePointAt(start + length)
  )
    length += 1
  return length
}

function longestBefore(text: string, from: number): number {
  const before = text.lastIndexOf(text.slice(from, from + gram), from - gram)
  return before < 0 || from < gram ? 0 : commonLength(text, before, text, from)
}
