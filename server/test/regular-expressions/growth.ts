import { type Automaton, automatonOf } from './automaton.ts'

/**
 * How the time of a matcher that goes back grows with the text, at worst: by Weber and Seidl, "On the degree of ambiguity of
 * finite automata" (1991). Exponential: one text leads from a place back to it in two ways. Polynomial: one text leads from
 * a place to itself, from there to another, and from that to itself, so that the text, repeated, may be split anywhere.
 */
export function growthOf(expression: Pick<RegExp, 'source' | 'flags'>): 'linear' | 'polynomial' | 'exponential' {
  const automaton = automatonOf(expression)
  if (automaton.doubled) return 'exponential'
  const reached = automaton.characters.map((_, place) => reachedFrom(automaton, place))
  const looping = automaton.characters.flatMap((_, place) => (reached[place]?.has(place) === true ? [place] : []))
  if (looping.some((place) => comesBackTwice(automaton, place))) return 'exponential'
  const splits = looping.some((one) =>
    looping.some(
      (other) =>
        one !== other &&
        reached[one]?.has(other) === true &&
        // A search that comes there has found what it looked for.
        !automaton.done.has(other) &&
        leads(automaton, [one, one, other], [one, other, other]),
    ),
  )
  return splits ? 'polynomial' : 'linear'
}

function reachedFrom({ next }: Automaton, from: number): ReadonlySet<number> {
  const reached = new Set<number>()
  const waiting = [...(next[from] ?? [])]
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (reached.has(place)) continue
    reached.add(place)
    waiting.push(...(next[place] ?? []))
  }
  return reached
}

function comesBackTwice(automaton: Automaton, place: number): boolean {
  const apart = walk(automaton, [place, place]).filter(([one, other]) => one !== other)
  return apart.some((from) => leads(automaton, from, [place, place]))
}

function leads(automaton: Automaton, from: readonly number[], to: readonly number[]): boolean {
  const name = to.join()
  return walk(automaton, from).some((places) => places.join() === name)
}

/** All places that one text leads to from these at once. */
function walk({ characters, next }: Automaton, from: readonly number[]): (readonly number[])[] {
  const seen = new Map<string, readonly number[]>()
  const waiting = [from]
  for (let places = waiting.pop(); places !== undefined; places = waiting.pop()) {
    for (const { places: to } of stepsFrom({ characters, next }, places)) {
      const name = to.join()
      if (seen.has(name)) continue
      seen.set(name, to)
      waiting.push(to)
    }
  }
  return [...seen.values()]
}

interface Step {
  readonly places: readonly number[]
  readonly by: bigint
}

function stepsFrom({ characters, next }: Pick<Automaton, 'characters' | 'next'>, places: readonly number[]): Step[] {
  return places.reduce<Step[]>(
    (steps, place) =>
      steps.flatMap(({ places: before, by }) =>
        [...(next[place] ?? [])].flatMap((to) => {
          const shared = by & (characters[to] ?? 0n)
          return shared === 0n ? [] : [{ places: [...before, to], by: shared }]
        }),
      ),
    [{ places: [], by: -1n }],
  )
}
