// Our findings of structure beside those of Medplum's validator, on resources of every type, right and broken.
import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core'
import { expect, test } from 'vitest'
import { validate } from '../../model/src/fhir/index.ts'
import { breakPlace } from './break-resource.ts'
import { type Loose, readBundle, readDefinitions } from './definitions.ts'
import { mutationsFor } from './mutations.ts'
import { type Json, placesIn } from './places.ts'
import { sampleResource, seeded } from './sample-resource.ts'
import { readValueSets } from './value-sets.ts'

const definitions = readDefinitions()
const valueSets = readValueSets()
const mutations = Object.values(mutationsFor(definitions, valueSets))

/** What we refuse and Medplum takes. */
const oursAlone: Readonly<Record<string, string>> = {
  'must be a code of its required value set': 'It knows no value sets.',
  'must have a code of its required value set': 'It knows no value sets.',
  'must not be an empty array': 'It takes an empty array for an element that is not there.',
  'must have one value, of one type': 'It reads the first value of a choice that it finds.',
  'must not be empty': 'It takes an object without elements.',
  'must lead to a type that may stand here': 'It warns of this, and an element of any type is not looked into.',
  'must be the type that the reference names': 'It does not compare Reference.type.',
  'must have a value or extensions': 'A constraint (ext-1), which it judges at the top only.',
  'must be one div': 'It does not look into narrative.',
  'must be a type and an id, an absolute address, or # and an id': 'It takes any text for a reference.',
  'must be an absolute URI, such as urn:oid:… or https://…':
    'It takes any text for Identifier.system and Extension.url.',
  'must not be the id of another element of the resource': 'It does not compare element ids.',
  'must be an id: 1 to 64 of letters, digits, - and .': 'It takes any text for an id.',
  'is required': 'It does not look into the values of extensions.',
}

/** What Medplum refuses and we take. */
const medplumAlone: Readonly<Record<string, string>> = {
  'Invalid base64Binary format': 'It wants white space only between groups of four characters; decoders do not mind.',
  'Invalid additional property "groupMeasure"': 'Its definitions of EvidenceVariable.characteristic are of R5.',
  'Invalid additional property "participantEffectiveDateTime"': 'The same.',
  'Invalid additional property "timeFromStart"': 'The same.',
  'Invalid additional property "usageContext"': 'The same.',
}

/** Errors but those of constraints, which constraint.oracle.test.ts compares. */
function byMedplum(resource: Json): string[] {
  try {
    validateResource(resource as Loose)
    return []
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) return ['a fault']
    const issues = (error.outcome.issue as Loose[]).filter(
      (one) => one.severity === 'error' && one.code !== 'invariant',
    )
    return issues.map((one) => String(one.details?.text))
  }
}

test('findings of structure agree with @medplum/core, but for what is explained', () => {
  for (const file of ['profiles-types.json', 'profiles-resources.json']) {
    const bundle: Loose = { resourceType: 'Bundle', entry: readBundle(file).map((resource) => ({ resource })) }
    indexStructureDefinitionBundle(bundle)
  }
  const samples = definitions.resources.map((type, at): [string, Json] => [
    type,
    sampleResource({ definitions, valueSets, draw: seeded(at + 7) }, type),
  ])
  const placesOf = (type: string, resource: Json) => placesIn(definitions, resource, type, type)
  const others = Map.groupBy(
    samples.flatMap(([type, one]) => placesOf(type, one)),
    (place) => place.type,
  )
  const counts = { both: 0, neither: 0 }
  const ours = new Set<string>()
  const theirs = new Set<string>()
  const compare = (resource: Json): void => {
    const here = validate(resource).filter((one) => one.issue !== 'invariant')
    const there = byMedplum(resource)
    if (here.length > 0 && there.length > 0) counts.both++
    else if (here.length === 0 && there.length === 0) counts.neither++
    else for (const { text } of here) ours.add(text)
    if (here.length === 0) for (const text of there) theirs.add(text)
  }
  for (const [type, sample] of samples) {
    compare(sample)
    for (let seed = 0; seed < 70; seed++) {
      const resource = structuredClone(sample)
      const draw = seeded(seed + 500)
      const places = placesOf(type, resource)
      const place = places[draw(places.length)]
      if (place === undefined) continue
      if (seed % 2 === 0) breakPlace({ draw, words: ['x', '2020', 'two words'], names: [], others }, place)
      else mutations[draw(mutations.length)]?.(place)
      compare(resource)
    }
  }
  expect(counts.both).toBeGreaterThan(2000)
  expect(counts.neither).toBeGreaterThan(2000)
  expect([...theirs].toSorted()).toEqual(Object.keys(medplumAlone).toSorted())
  expect([...ours].toSorted()).toEqual(Object.keys(oursAlone).toSorted())
}, 60_000)
