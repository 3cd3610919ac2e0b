// Valid resources of every type, each broken in one place: the break must be found, where it was made.
import { expect, test } from 'vitest'
import { resourceTypes, validate } from '../../model/src/fhir/index.ts'
import { readDefinitions } from './definitions.ts'
import { mutationsFor } from './mutations.ts'
import { placesIn } from './places.ts'
import { sampleResource, seeded } from './sample-resource.ts'
import { readValueSets } from './value-sets.ts'

const definitions = readDefinitions()
const valueSets = readValueSets()

test.each(Object.entries(mutationsFor(definitions, valueSets)))(
  '%s is found where it was made, in every type',
  (_, mutate) => {
    let made = 0
    for (const [index, type] of resourceTypes.entries()) {
      for (let seed = 1; seed <= 4; seed++) {
        const draw = seeded(seed * 1000 + index)
        const resource = sampleResource({ definitions, valueSets, draw }, type)
        const places = placesIn(definitions, resource, type, type)
        const start = draw(places.length)
        let expected: string | undefined
        for (let step = 0; step < places.length && expected === undefined; step++) {
          const place = places[(start + step) % places.length]
          if (place !== undefined) expected = mutate(place)
        }
        if (expected === undefined) continue
        made++
        const found = validate(resource).map((one) => one.expression.replaceAll(/\[\d+\]$/g, ''))
        const bare = expected.replaceAll(/\[\d+\]$/g, '')
        expect([type, seed, expected, found.some((one) => one.startsWith(bare))]).toEqual([type, seed, expected, true])
      }
    }
    expect(made).toBeGreaterThan(300)
  },
)
