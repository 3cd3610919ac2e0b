// Ways to break the structure of a valid resource in one place. For tests.
import type { Definitions, Element } from './definitions.ts'
import { type Json, members, type Place, typeOf } from './places.ts'
import { codesOf, type ValueSets } from './value-sets.ts'

/** Breaks one thing; returns where a finding is due, or undefined when this place cannot be broken that way. */
export type Mutation = (place: Place) => string | undefined

function present({ holder, elements }: Place, fits: (element: Element) => boolean): [Element, string] | undefined {
  for (const element of elements) {
    const [found] = fits(element) ? members(holder, element) : []
    if (found !== undefined) return [element, found[0]]
  }
  return undefined
}

const at = (place: Place, element: Element): string => `${place.path}.${element.name.replace('[x]', '')}`
const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value)

/** By what they do. */
export function mutationsFor(definitions: Definitions, valueSets: ValueSets): Record<string, Mutation> {
  return {
    'an unknown element': (place) => {
      place.holder['strange'] = 1
      return place.path
    },
    'a required element taken away': (place) => {
      const found = present(place, (one) => one.min > 0)
      if (found === undefined) return undefined
      delete place.holder[found[1]]
      return at(place, found[0])
    },
    'a list made single': (place) => {
      const found = present(place, (one) => one.max === '*')
      if (found === undefined) return undefined
      place.holder[found[1]] = first(place.holder[found[1]])
      return at(place, found[0])
    },
    'a single made a list': (place) => {
      const found = present(place, (one) => one.max === '1')
      if (found === undefined) return undefined
      place.holder[found[1]] = [place.holder[found[1]]]
      return at(place, found[0])
    },
    'an empty list': (place) => {
      const found = present(place, (one) => one.max === '*')
      if (found === undefined) return undefined
      place.holder[found[1]] = []
      return at(place, found[0])
    },
    'a second value of a choice': (place) => {
      const choices = place.elements.filter((one) => one.name.endsWith('[x]'))
      const found = present(place, (one) => choices.includes(one))
      const other = found?.[0].types.find((one) => {
        const name = found[0].name.slice(0, -3) + one.code.charAt(0).toUpperCase() + one.code.slice(1)
        return name !== found[1] && ['boolean', 'string', 'dateTime', 'date', 'uri', 'integer'].includes(one.code)
      })
      if (found === undefined || other === undefined) return undefined
      const samples: Json = { boolean: true, string: 'x', dateTime: '2020', date: '2020', uri: 'urn:x', integer: 1 }
      const stem = found[0].name.slice(0, -3)
      place.holder[stem + other.code.charAt(0).toUpperCase() + other.code.slice(1)] = samples[other.code]
      return at(place, found[0])
    },
    'a code from nowhere': (place) => {
      const found = present(place, (one) => {
        const known = one.required === undefined ? undefined : codesOf(valueSets, one.required)
        return one.types[0]?.code === 'code' && known !== undefined && known.length > 0
      })
      if (found === undefined) return undefined
      place.holder[found[1]] = found[0].max === '*' ? ['from-nowhere'] : 'from-nowhere'
      return at(place, found[0])
    },
    'a text where a structure should be': (place) => {
      const found = present(
        place,
        (one) => !one.name.endsWith('[x]') && definitions.elements.has(one.sameAs ?? typeOf(one, '')),
      )
      if (found === undefined) return undefined
      place.holder[found[1]] = found[0].max === '*' ? ['x'] : 'x'
      return at(place, found[0])
    },
    'a reference that leads to no type of its list': (place) => {
      const found = present(
        place,
        (one) =>
          one.types[0]?.code === 'Reference' &&
          (one.types[0]?.targets.length ?? 0) > 0 &&
          !one.types[0]?.targets.includes('TestScript'),
      )
      if (found === undefined) return undefined
      const wrong = { reference: 'TestScript/1' }
      place.holder[found[1]] = found[0].max === '*' ? [wrong] : wrong
      return at(place, found[0])
    },
  }
}
