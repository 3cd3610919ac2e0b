import { type Finding, type Resource, resourceTypes, validate } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { Refusal } from '#base'
import { Grant, roles } from '#policy'
import { readDefinitions } from '../../tools/generate/definitions.ts'
import { sampleResource, seeded } from '../../tools/generate/sample-resource.ts'
import { readValueSets } from '../../tools/generate/value-sets.ts'
import { person } from './fixtures.ts'

const sampler = { definitions: readDefinitions(), valueSets: readValueSets() }
const seeds = [1, 2, 3, 4]

test.for(roles)('H-V08: what a %s is shown of a valid record is a valid record', (role) => {
  for (const [index, type] of resourceTypes.entries()) {
    const view = grantOf(role, type)?.view
    if (view === undefined) continue
    for (const seed of seeds) {
      const sample = sampleResource({ ...sampler, draw: seeded(seed * 1000 + index) }, type) as unknown as Resource
      const before = new Set(structural(validate(sample)))
      const after = structural(validate(view.show(sample))).filter((one) => !before.has(one))
      expect([type, seed, after]).toEqual([type, seed, []])
    }
  }
})

function grantOf(role: (typeof roles)[number], type: (typeof resourceTypes)[number]): Grant | undefined {
  try {
    return Grant.for({ actor: person(role), action: 'read', type, purpose: 'TREAT' })
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** What is wrong in structure: samples are valid in that, and otherwise arbitrary. */
function structural(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ expression, text, constraint }) =>
    constraint === undefined ? `${expression}: ${text}` : [],
  )
}
