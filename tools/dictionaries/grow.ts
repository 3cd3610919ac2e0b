import { constants, deflateRawSync } from 'node:zlib'

/** A run of fixed text and how often records hold it. */
export type Runs = Map<string, number>

/** Adds what the runs of one record say; long runs also in parts, cut before each code, since the parts recur more. */
export function countRuns(runs: Runs, texts: readonly string[], weight: number): void {
  for (const text of texts) {
    for (const part of new Set([text, ...cut(text)])) {
      if (part.length >= 5) runs.set(part, (runs.get(part) ?? 0) + weight)
    }
  }
}

function cut(text: string): string[] {
  return text.split(/(?<="code":")|(?<="display":")|(?<="system":")/)
}

/**
 * A preset dictionary for raw deflate: lazily greedy, the run that saves most for each byte of dictionary comes next,
 * and goes in front, so that what is used most has the shortest distances.
 * Costs are deflate's own, at the level that records uses.
 */
export function growDictionary(runs: Runs, limit: number): Buffer {
  const queue = [...runs].map(([text, count]) => ({ text, count, score: count * text.length, size: 0 }))
  queue.sort((a, b) => b.score - a.score || compareText(a.text, b.text))
  let dictionary = Buffer.alloc(0)
  for (let size = 1; queue.length > 0;) {
    const best = queue[0]
    if (best === undefined) break
    if (best.size !== size) {
      // Scores only fall as the dictionary grows: the first whose score is fresh is the best there is.
      best.size = size
      const bytes = Buffer.from(best.text)
      const saving = cost(bytes, dictionary) - 3
      best.score = bytes.length > limit - dictionary.length ? 0 : (saving * best.count) / (bytes.length + 8)
      sink(queue)
      continue
    }
    if (best.score <= 0) break
    queue.shift()
    dictionary = Buffer.concat([Buffer.from(best.text), dictionary])
    size += 1
  }
  return dictionary
}

function cost(bytes: Buffer, dictionary: Buffer): number {
  return deflateRawSync(bytes, {
    level: 9,
    strategy: constants.Z_FIXED,
    ...(dictionary.length === 0 ? {} : { dictionary }),
  }).length
}

/** Moves the first to its place among those with higher scores. */
function sink<T extends { readonly text: string; readonly score: number }>(queue: T[]): void {
  const first = queue.shift()
  if (first === undefined) return
  let low = 0
  let high = queue.length
  while (low < high) {
    const middle = (low + high) >> 1
    const other = queue[middle]
    if (
      other !== undefined &&
      (other.score > first.score || (other.score === first.score && compareText(other.text, first.text) < 0))
    )
      low = middle + 1
    else high = middle
  }
  queue.splice(low, 0, first)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
