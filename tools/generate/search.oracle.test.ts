// HL7's own FHIRPath engine evaluates the published expressions; what it finds must be what we extract, whole and exact.
import { describe, expect, test } from 'vitest'
import {
  allSearchValues,
  type Resource,
  type ResourceType,
  resourceTypes,
  type SearchValue,
  searchParameter,
  searchParameters,
} from '../../model/src/fhir/index.ts'
import { Contained } from '../../model/src/fhir/contained.ts'
import { converter } from '../../model/src/fhir/search-convert.ts'
import { compositesOf, definitionOf, elementsOf, type FoundElement } from './brute-extract.ts'
import { readDefinitions } from './definitions.ts'
import { readPackage } from './package-files.ts'
import { sampleResource, seeded, withUsCoreExtensions } from './sample-resource.ts'
import { filesIn, readJson, resourcesOf, testData } from './test-data.ts'
import { readValueSets } from './value-sets.ts'

const definitions = readDefinitions()

function toValues(kind: string, found: readonly FoundElement[], resource: Resource): SearchValue[] {
  const values: SearchValue[] = []
  for (const { value, type } of found) {
    const element = type === 'Boolean' ? 'boolean' : /^(Composition|MessageHeader)$/.test(type) ? 'Resource' : type
    converter(kind as 'token', element, undefined)(value, { resource, contained: new Contained(resource) }, values)
  }
  return values
}

/** What HL7's engine says the parameter finds. */
function expected(resource: Resource, code: string): SearchValue[] {
  const definition = definitionOf(resource.resourceType, code)
  if (definition === undefined) return []
  if (definition.type !== 'composite') return toValues(definition.type, elementsOf(resource, definition), resource)
  return compositesOf(resource, definition).flatMap((parts): SearchValue[] => {
    const values = parts.map(({ kind, elements }) => toValues(kind, elements, resource))
    return values.every((one) => one.length > 0) ? [{ kind: 'composite', parts: values }] : []
  })
}

/** R4 publishes the definitions of its two parts exchanged, so by the book it could find nothing. */
const explained = new Set(['DocumentReference.relationship'])

/** The system that a required value set lends to a plain code is ours, not the expression's. */
function comparable(values: readonly SearchValue[]): string[] {
  const strip = (one: SearchValue): unknown => {
    if (one.kind === 'composite') return one.parts.map((part) => part.map(strip))
    return one.kind === 'token' && one.text === undefined && one.types === undefined
      ? { ...one, system: undefined }
      : one
  }
  return values.map((one) => JSON.stringify(strip(one))).toSorted()
}

function compare(resources: readonly Resource[]): { compared: number; found: number; differences: string[] } {
  const differences = new Set<string>()
  let compared = 0
  let found = 0
  for (const resource of resources) {
    const ours = allSearchValues(resource)
    for (const { code, type } of searchParameters(resource.resourceType)) {
      // What R4 says of these in words, brute-search.ts says once more.
      if (type === 'special' || code === '_text' || code === '_content') continue
      compared++
      const mine = ours.get(code) ?? []
      found += mine.length
      if (explained.has(`${resource.resourceType}.${code}`)) continue
      if (comparable(mine).join('\n') !== comparable(expected(resource, code)).join('\n')) {
        differences.add(`${resource.resourceType}.${code}`)
      }
    }
  }
  return { compared, found, differences: [...differences] }
}

/** Up to `most` of each type, spread over the list. */
function sample(resources: readonly Resource[], most: number): Resource[] {
  const byType = Map.groupBy(resources, (one) => one.resourceType)
  return [...byType.values()].flatMap((list) => {
    const step = Math.max(1, Math.floor(list.length / most))
    return list.filter((_, index) => index % step === 0).slice(0, most)
  })
}

test('in arbitrary resources of every type, for every parameter', () => {
  const valueSets = readValueSets()
  const never: string[] = []
  const differences: string[] = []
  for (const type of resourceTypes) {
    const missing = new Set(searchParameters(type).map((one) => one.code))
    for (let seed = 1; seed <= 300 && (seed <= 6 || missing.size > 0); seed++) {
      const sampler = { definitions, valueSets, draw: seeded(seed) }
      const resource = withUsCoreExtensions(sampler, sampleResource(sampler, type)) as Resource
      const before = missing.size
      for (const code of allSearchValues(resource).keys()) missing.delete(code)
      if (seed <= 6 || missing.size < before) differences.push(...compare([resource]).differences)
    }
    never.push(...[...missing].map((code) => `${type}.${code}`))
  }
  expect(differences).toEqual([])
  // Arbitrary bundles hold neither, and the third lies deeper than arbitrary resources go. All else was compared.
  expect(never).toEqual(['Bundle.composition', 'Bundle.message', 'ConceptMap.product'])
})

describe.skipIf(testData === undefined)('search values equal what HL7 fhirpath finds', () => {
  test('in the R4 examples', () => {
    const examples = filesIn('3-fhir-test-cases/r4/examples', /\.json$/).map(readJson) as Resource[]
    const result = compare(examples)
    expect(result.differences).toEqual([])
    expect(result.compared).toBeGreaterThan(500)
    expect(result.found).toBeGreaterThan(500)
  })

  test.each([
    ['1-fhir-patients/synthea-us-core-120', 12],
    ['1-fhir-patients/synthea-no-profile-160', 12],
  ])('in %s', (part, files) => {
    const all = filesIn(part, /\.json(\.gz)?$/)
    const step = Math.floor(all.length / files)
    const bundles = all.filter((name, index) => index % step === 0 || /\/0-/.test(name))
    const result = compare(
      sample(
        bundles.flatMap((file) => resourcesOf(readJson(file))),
        40,
      ),
    )
    expect(result.differences).toEqual([])
    expect(result.found).toBeGreaterThan(2000)
  })
})

describe.skipIf(testData === undefined)('US Core', () => {
  test.each(['us_core_610', 'us_core_700', 'us_core_800'])('every search parameter of %s is here', (name) => {
    const files = readPackage(`${testData}/2-fhir-definitions/us-core/${name}.tgz`)
    const published = [...files.values()].filter((one) => one.resourceType === 'SearchParameter') as {
      base: ResourceType[]
      code: string
      type: string
    }[]
    const wanted = published.flatMap(({ base, code, type }) => base.map((one) => [one, code, type] as const))
    const missing = wanted.filter(([type, code, kind]) => searchParameter(type, code)?.type !== kind)
    expect(missing).toEqual([])
    expect(wanted.length).toBeGreaterThan(100)
  })
})
