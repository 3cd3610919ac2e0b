import { CostModel } from './cost.ts'

// Shorter than this, a match costs as much as the letters.
const shortest = 5
// What a match costs in bytes, about.
const matchCost = 3

/** A run of fixed text and how often records hold it. */
export type Runs = Map<string, number>

/**
 * Adds what the runs of one record say: whole, and in parts that begin at a code, since the same parts recur in other
 * runs. (Cutting at displays and systems too was tried: the pieces get so short that each record needs more of them.)
 */
export function countRuns(runs: Runs, texts: readonly string[], weight: number): void {
  const seen = new Set<string>()
  for (const text of texts) {
    seen.add(text)
    for (const part of text.split(/(?<="code":")/)) {
      seen.add(part)
      // Deflate finds the text in the display just before it: a dictionary may save the room.
      const until = part.indexOf('"text":"')
      if (until > 0) seen.add(part.slice(0, until + 8)).add(part.slice(until + 8))
    }
  }
  for (const part of seen) if (part.length >= shortest) runs.set(part, (runs.get(part) ?? 0) + weight)
}

/**
 * A preset dictionary for raw deflate: lazily greedy, the run that saves most comes next, and goes in front, so that what
 * is used most has the shortest distances.
 */
export function growDictionary(runs: Runs, limit: number): Buffer {
  const queue = [...runs].map(([text, count]) => ({ text, count, score: count * text.length, round: 0 }))
  queue.sort((a, b) => b.score - a.score || compareText(a.text, b.text))
  const cost = new CostModel()
  const chosen: string[] = []
  let left = limit
  for (let best = queue[0], round = 1; best !== undefined; best = queue[0]) {
    if (best.round !== round) {
      // Scores only fall as the dictionary grows: the first whose score is fresh is the best there is.
      best.round = round
      best.score = Buffer.byteLength(best.text) > left ? 0 : score(best.text, best.count, cost)
      sink(queue)
      continue
    }
    if (best.score <= 0) break
    queue.shift()
    chosen.unshift(best.text)
    cost.add(best.text)
    left -= Buffer.byteLength(best.text)
    round += 1
  }
  return Buffer.from(chosen.join(''))
}

/** Between the most for each record and the most for each byte of dictionary; the exponent was measured. */
function score(text: string, count: number, cost: CostModel): number {
  return ((cost.of(text) - matchCost) * count) / (text.length + 8) ** 0.6
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
