import { isObject } from '@chartkeep/model/fhir'

/**
 * Which item of a list that was sent is which of the list that was shown: the same one, or else the one with the same
 * `id`, `sequence` or `linkId`, or else, in a list that is as long as before, the one in the same place. Shown items that
 * are undefined have no partner. Place among the shown → place among the sent.
 */
export function pairItems(sent: readonly unknown[], shown: readonly unknown[]): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>()
  const taken = new Set<number>()
  const pairBy = (key: (item: unknown, at: number) => string | undefined): void => {
    const places = Map.groupBy(sent.keys(), (at) => (taken.has(at) ? undefined : key(sent[at], at)))
    for (const [index, item] of shown.entries()) {
      const name = pairs.has(index) || item === undefined ? undefined : key(item, index)
      const at = name === undefined ? undefined : places.get(name)?.shift()
      if (at === undefined) continue
      pairs.set(index, at)
      taken.add(at)
    }
  }
  pairBy(canonical)
  pairBy(nameOf)
  if (sent.length === shown.length) pairBy((_, at) => String(at))
  return pairs
}

const names = ['id', 'sequence', 'linkId'] as const

function nameOf(item: unknown): string | undefined {
  const name = isObject(item) ? names.find((one) => item[one] !== undefined) : undefined
  return isObject(item) && name !== undefined ? JSON.stringify([name, item[name]]) : undefined
}

/** One text for one value, whatever the order of its properties. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    isObject(one)
      ? Object.fromEntries(
          Object.keys(one)
            .toSorted()
            .map((name) => [name, one[name]]),
        )
      : one,
  )
}
