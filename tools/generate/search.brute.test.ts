// Random queries on random resources: what our search says must be what a plain reading of R4 says (brute-search.ts).
import { describe, expect, test } from 'vitest'
import {
  matches,
  parseQuery,
  type Resource,
  type ResourceType,
  resourceTypes,
  searchParameters,
  type SearchType,
  type Terminology,
} from '../../model/src/fhir/index.ts'
import { loadUnits } from '../../model/src/ucum/index.ts'
import { bruteMatches } from './brute-search.ts'
import { readDefinitions } from './definitions.ts'
import { type Draw, sampleQuery, sampleSets, sampleUnits } from './sample-query.ts'
import { sampleResource, seeded, withUsCoreExtensions } from './sample-resource.ts'
import { filesIn, readJson, resourcesOf, testData } from './test-data.ts'
import { readValueSets } from './value-sets.ts'

const definitions = readDefinitions()
const valueSets = readValueSets()
const units = await loadUnits()
const now = Date.UTC(2026, 0, 1)
const base = 'https://a.example/fhir/'

/** A made-up terminology: codes are members by their length, and each stands under those that it begins with. */
const terminology: Terminology = {
  members: (set) => ({
    complete: true,
    contains: (_, code) => (code.length % 2 === 0) === (set === sampleSets[0]),
  }),
  subsumed: (_, code) => new Set(['1', '2', 'x'].map((end) => code + end)),
  subsumers: (_, code) => new Set([code.slice(0, -1), code.slice(0, 3)].filter((one) => one !== '')),
}
const ours = { now, base, terminology, units }
const theirs = { now, base, terminology, convert }

/** The few units that are sampled, by what everybody knows of them: size and zero in a unit of their kind. */
function convert(value: number, from: string, to: string): number | undefined {
  const known: Readonly<Record<string, readonly [kind: string, size: number, zero: number]>> = {
    ug: ['mass', 1e-6, 0],
    mg: ['mass', 1e-3, 0],
    g: ['mass', 1, 0],
    kg: ['mass', 1000, 0],
    '{score}': ['number', 1, 0],
    '%': ['number', 0.01, 0],
    K: ['heat', 1, 0],
    Cel: ['heat', 1, 273.15],
    '[degF]': ['heat', 5 / 9, 459.67 * (5 / 9)],
  }
  const [source, target] = [known[from], known[to]]
  if (source === undefined || target === undefined || source[0] !== target[0]) return undefined
  return Number(((value * source[1] + source[2] - target[2]) / target[1]).toPrecision(12))
}

/** R4 publishes the definitions of its two parts exchanged, so by the book it could find nothing. */
const explained = new Set(['DocumentReference.relationship'])

/** How often each kind of query was asked, and how often it found. */
const tally = new Map<string, { asked: number; found: number }>()

function count(type: SearchType, name: string, value: string, found: boolean): void {
  const prefix = ['date', 'number', 'quantity'].includes(type) ? (/^[a-z]{2}/.exec(value)?.[0] ?? '') : ''
  const kind = `${type} ${name.split(':')[1] ?? prefix}`.trim()
  const known = tally.get(kind) ?? { asked: 0, found: 0 }
  tally.set(kind, { asked: known.asked + 1, found: known.found + (found ? 1 : 0) })
}

const prefixes = ' eq ne gt lt ge le sa eb ap missing'.split(' ')
const kinds: Readonly<Record<string, readonly string[]>> = {
  token: ['', 'not', 'text', 'in', 'not-in', 'above', 'below', 'of-type', 'missing'],
  string: ['', 'exact', 'contains', 'text', 'missing'],
  reference: ['', 'identifier', 'below', 'missing', 'Patient'],
  uri: ['', 'above', 'below', 'missing'],
  date: prefixes,
  number: prefixes,
  quantity: prefixes,
  composite: [''],
  special: ['', 'missing'],
}

/** Asks each of the parameters of these resources of one type; the differences. */
function askAll(draw: Draw, resources: readonly Resource[], rounds: number): string[] {
  const differences: string[] = []
  const type = resources[0]?.resourceType as ResourceType
  for (const parameter of searchParameters(type)) {
    if (explained.has(`${type}.${parameter.code}`)) continue
    const rare = ['date', 'number', 'quantity', 'composite', 'special'].includes(parameter.type)
    for (let round = 0; round < (rare ? rounds * 10 : rounds); round++) {
      const donor = resources[draw(resources.length)]
      if (donor === undefined) continue
      const { name, value } = sampleQuery(draw, parameter, donor)
      const parsed = parseQuery(type, name, value, ours)
      // A modifier that this parameter does not take, or a value that is none.
      if ('refused' in parsed) continue
      for (const resource of resources) {
        const found = matches(resource, parsed.query)
        count(parameter.type, name, value, found)
        if (found !== bruteMatches(resource, name, value, theirs)) differences.push(`${type}?${name}=${value}`)
      }
    }
  }
  return differences
}

/** Units that convert and places on the earth, which arbitrary resources do not have. */
function makeReal(draw: Draw, value: unknown): void {
  if (value === null || typeof value !== 'object') return
  if ('latitude' in value && 'longitude' in value) Object.assign(value, { latitude: draw(90), longitude: draw(180) })
  if ('code' in value && 'value' in value && typeof value.value === 'number')
    Object.assign(value, { system: 'http://unitsofmeasure.org', code: sampleUnits[draw(sampleUnits.length)] })
  for (const child of Object.values(value)) makeReal(draw, child)
}

function sampled(type: string, seed: number): Resource {
  const draw = seeded(seed)
  const sampler = { definitions, valueSets, draw }
  const resource = withUsCoreExtensions(sampler, sampleResource(sampler, type)) as Resource
  makeReal(draw, resource)
  return resource
}

test('on arbitrary resources of every type, every parameter', () => {
  const differences = resourceTypes.flatMap((type, index) =>
    askAll(
      seeded(1000 + index),
      [1, 2, 3].map((seed) => sampled(type, seed * 31 + index)),
      3,
    ),
  )
  expect(differences).toEqual([])
})

describe.skipIf(testData === undefined)('on synthetic patients', () => {
  test.each(['1-fhir-patients/synthea-us-core-120', '1-fhir-patients/synthea-no-profile-160'])('in %s', (part) => {
    const file = filesIn(part, /\.json(\.gz)?$/)[3]
    const byType = Map.groupBy(file === undefined ? [] : resourcesOf(readJson(file)), (one) => one.resourceType)
    const differences = [...byType.values()].flatMap((list, index) =>
      askAll(
        seeded(7 + index),
        list.filter((_, at) => at % Math.ceil(list.length / 4) === 0),
        3,
      ),
    )
    expect(differences).toEqual([])
  })
})

test('every modifier and prefix was asked, and found something but not everything', () => {
  const silent = Object.entries(kinds).flatMap(([type, list]) =>
    list
      .map((kind) => `${type} ${kind}`.trim())
      .filter((kind) => {
        const { asked, found } = tally.get(kind) ?? { asked: 0, found: 0 }
        return found === 0 || found === asked
      }),
  )
  expect(silent).toEqual([])
  expect([...tally.values()].reduce((sum, { asked }) => sum + asked, 0)).toBeGreaterThan(10_000)
})
