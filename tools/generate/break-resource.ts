// Breaks resources in ways that constraints are about: what is there, how often, with which code, in which order. For
// tests. The result need not be right in structure.
import { objectsIn, type Place } from './places.ts'

type Draw = (below: number) => number

export interface Breaker {
  readonly draw: Draw
  /** Codes and texts to say, and elements to say them of: what a constraint names. */
  readonly words: readonly string[]
  readonly names: readonly string[]
  /** Places of other resources, by the type of what they hold. */
  readonly others: ReadonlyMap<string, readonly Place[]>
}

type Break = (breaker: Breaker, place: Place) => boolean

const pick = <T>(draw: Draw, list: readonly T[]): T | undefined => list[draw(Math.max(1, list.length))]

/** One of the names, half the time one that is asked for. */
function pickName({ draw, names }: Breaker, from: readonly string[]): string | undefined {
  const asked = from.filter((one) => names.some((name) => one.startsWith(name)))
  return pick(draw, asked.length > 0 && draw(2) === 0 ? asked : from)
}

const without = { extension: [{ url: 'http://example.org/why', valueCode: 'unknown' }] }

const breaks: readonly Break[] = [
  function takeAway(breaker, { holder }) {
    const name = pickName(breaker, Object.keys(holder))
    if (name === undefined || name === 'resourceType') return false
    delete holder[name]
    return true
  },
  function bringFromElsewhere(breaker, { holder, type }) {
    const other = pick(breaker.draw, breaker.others.get(type) ?? [])
    const name = other === undefined ? undefined : pickName(breaker, Object.keys(other.holder))
    if (other === undefined || name === undefined) return false
    holder[name] = structuredClone(other.holder[name])
    return true
  },
  function leaveLittle(breaker, { holder, elements }) {
    const required = elements.filter((one) => one.min > 0).map((one) => one.name)
    const spare = Object.keys(holder).filter((name) => name !== 'resourceType' && !required.includes(name))
    const kept = pickName(breaker, spare)
    for (const name of spare) if (name !== kept || breaker.draw(3) === 0) delete holder[name]
    return spare.length > 1
  },
  function repeat({ draw }, { holder }) {
    const list = pick(draw, Object.values(holder).filter(Array.isArray))
    if (list === undefined) return false
    list.push(structuredClone(pick(draw, list)))
    return true
  },
  function sayAnotherWord(breaker, { holder }) {
    const said = objectsIn(holder).flatMap((one) =>
      Object.keys(one).flatMap((name) =>
        name !== 'resourceType' && typeof one[name] === 'string' ? [{ one, name }] : [],
      ),
    )
    const wanted = pickName(
      breaker,
      said.map(({ name }) => name),
    )
    const found = said.find(({ name }) => name === wanted)
    if (found === undefined) return false
    found.one[found.name] = pick(breaker.draw, breaker.words)
    return true
  },
  function exchange(_, { holder }) {
    for (const [one, other] of [
      ['start', 'end'],
      ['low', 'high'],
      ['min', 'max'],
      ['numerator', 'denominator'],
    ] as const) {
      if (holder[one] === undefined && holder[other] === undefined) continue
      const [first, second] = [holder[one], holder[other]]
      delete holder[one]
      delete holder[other]
      if (second !== undefined) holder[one] = second
      if (first !== undefined) holder[other] = first
      return true
    }
    return false
  },
  function leaveOnlyExtensions({ draw }, { holder }) {
    const simple = Object.keys(holder).filter((name) => name !== 'resourceType' && typeof holder[name] !== 'object')
    const name = pick(draw, simple)
    if (name === undefined || name === 'id' || name === 'url' || name === 'div') return false
    delete holder[name]
    holder[`_${name}`] = without
    return true
  },
  function turnNumber({ draw }, { holder }) {
    const name = pick(
      draw,
      Object.keys(holder).filter((one) => typeof holder[one] === 'number'),
    )
    if (name === undefined) return false
    holder[name] = draw(3) === 0 ? 0 : -Number(holder[name])
    return true
  },
  function useOneCodeTwice({ draw }, place) {
    const coded = objectsIn(place.holder).filter(
      (one) => Array.isArray(one['coding']) || typeof one['code'] === 'string',
    )
    const [from, to] = [pick(draw, coded), pick(draw, coded)]
    if (from === undefined || to === undefined || from === to) return false
    for (const name of ['coding', 'code']) if (from[name] !== undefined) to[name] = structuredClone(from[name])
    return true
  },
]

/** Breaks a place in one to three ways; false when none of those drawn fits it. */
export function breakPlace(breaker: Breaker, place: Place): boolean {
  let broken = false
  for (let times = 1 + breaker.draw(3); times > 0; times--) {
    const breaking = pick(breaker.draw, breaks)
    if (breaking?.(breaker, place) === true) broken = true
  }
  return broken
}

/** Texts that stand in quotes in FHIRPath expressions. */
export function wordsIn(expressions: readonly string[]): string[] {
  const found = expressions.flatMap((one) => [...one.matchAll(/'([^'\\]{1,80})'/g)].map(([, word = '']) => word))
  return [...new Set(found)].toSorted()
}
