// The compiled constraints beside HL7's own FHIRPath, on valid and on broken resources.
import fc from 'fast-check'
import fhirpath from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4'
import { describe, expect, test } from 'vitest'
import { elementNode, type Node, resourceNode } from '../../model/src/fhir/constraint-node.ts'
import { constraintsOf } from '../../model/src/fhir/constraint.ts'
import { validate } from '../../model/src/fhir/index.ts'
import { isObject } from '../../model/src/fhir/resource.ts'
import { shapeOf } from '../../model/src/fhir/structure.ts'
import { breakPlace, wordsIn } from './break-resource.ts'
import { type ConstraintRow, readConstraints } from './constraints.ts'
import { readDefinitions } from './definitions.ts'
import { type Json, members, type Place, placesIn } from './places.ts'
import { sampleResource, seeded } from './sample-resource.ts'
import { filesIn, readJson, resourcesOf, testData } from './test-data.ts'
import { readValueSets } from './value-sets.ts'

const definitions = readDefinitions()
const valueSets = readValueSets()
const rows = readConstraints(definitions)

/**
 * Said so that HL7's library can evaluate it here: `as` of a list is an error there, and R4 means uri the second time;
 * `resolve` would fetch.
 */
const readable: Readonly<Record<string, string>> = {
  'dom-3': `contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().ofType(canonical)
    | %resource.descendants().ofType(uri) | %resource.descendants().ofType(url)))
    or descendants().where(reference = '#').exists() or descendants().where(ofType(canonical) = '#').exists()
    or descendants().where(ofType(uri) = '#').exists()).not()).empty()`,
  'ctm-1': `onBehalfOf.exists() implies (%rootResource.contained.where('#' + id = %context.member.reference)
    .iif(empty(), true, ofType(Practitioner).exists()))`,
}

type Verdict = 'broken' | 'kept' | 'a fault'
type Evaluate = (node: unknown, variables: Record<string, unknown>) => unknown[]

const compiled = new Map<string, Evaluate>()

/** What HL7's library says; nothing it says that is neither yes nor no breaks a constraint. */
function theirs(row: ConstraintRow, base: string, node: unknown, resource: Json): Verdict {
  const name = `${base} ${row.key}`
  const options = { async: false as const, traceFn: () => undefined, preciseMath: true }
  const expression = readable[row.key] ?? row.expression
  const evaluate: Evaluate = compiled.get(name) ?? fhirpath.compile({ base, expression }, r4, options)
  compiled.set(name, evaluate)
  try {
    const found = evaluate(node, { resource, rootResource: resource })
    return found.length === 1 && found[0] === false ? 'broken' : 'kept'
  } catch {
    return 'a fault'
  }
}

const byName = Map.groupBy(rows, (row) => `${row.key} ${row.text}`)
const judged = new Map<string, number>()

/** Where ours and theirs differ, with what they say. What cannot be evaluated there must be kept here. */
function compare(holder: string, base: string, node: Node, resource: Json): string[] {
  const root = resourceNode(resource)
  return constraintsOf(holder).flatMap((constraint) => {
    const [row] = byName.get(`${constraint.key} ${constraint.text}`) ?? []
    if (row === undefined) return ['a constraint without its row']
    const ours = constraint.isBroken(node, { resource: root, root, context: node }) ? 'broken' : 'kept'
    const said = theirs(row, base, node.value, resource)
    count(judged, `${row.key} ${ours}`)
    if (ours === said || (said === 'a fault' && ours === 'kept') || theyCannotCompare(row, node.value)) return []
    return [`${row.key} here ${ours}, there ${said}`]
  })
}

/** Their library compares quantities in units of UCUM alone; here two that have the same unit, or none, are compared. */
function theyCannotCompare({ key }: ConstraintRow, range: unknown): boolean {
  if (key !== 'rng-2' || !isObject(range)) return false
  const inUcum = (one: unknown): boolean => isObject(one) && one['system'] === 'http://unitsofmeasure.org'
  return !inUcum(range['low']) || !inUcum(range['high'])
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** Of a place, and of its elements that R4 puts a constraint on. */
function differences({ holder, type, elements }: Place, resource: Json): string[] {
  const node: Node = { value: holder, beside: undefined, type, shape: shapeOf(type) }
  const ofElements = elements.flatMap((element) => {
    const path = `${type}.${element.name.replace('[x]', '')}`
    if (definitions.elements.has(path) || constraintsOf(path).length === 0) return []
    return members(holder, element).flatMap(([name, value]) => {
      const rule = shapeOf(type).rules.get(name)
      if (rule === undefined) return []
      const values: unknown[] = Array.isArray(value) ? value : [value]
      return values.flatMap((one) => compare(path, rule.type, elementNode(one, undefined, rule), resource))
    })
  })
  return [...compare(type, type, node, resource), ...ofElements]
}

const samples = definitions.resources.flatMap((type, index) =>
  [1, 2].map((seed) => sampleResource({ definitions, valueSets, draw: seeded(seed * 1000 + index) }, type)),
)
const examples = filesIn('3-fhir-test-cases/r4/examples', /\.json$/).map((file) => readJson(file) as Json)
const synthea = filesIn('1-fhir-patients/synthea-us-core-120', /\.json\.gz$/)
  .slice(0, 2)
  .flatMap((file) => resourcesOf(readJson(file)) as Json[])
const placesOf = (resource: Json): Place[] => {
  const type = String(resource['resourceType'])
  return placesIn(definitions, resource, type, type)
}

/** The types and backbone elements that constraints look at, once for each constraint. */
const targets = rows
  .filter(({ holder }) => holder !== 'DomainResource')
  .map(({ holder, expression }) => ({
    type: definitions.elements.has(holder) ? holder : holder.slice(0, holder.lastIndexOf('.')),
    words: wordsIn([expression]),
    names: expression.match(/\b[a-z]\w+/g) ?? [],
  }))

describe("compiled constraints and HL7's fhirpath agree", () => {
  test('on arbitrary resources of every type', () => {
    const apart = samples.flatMap((one) => placesOf(one).flatMap((place) => differences(place, one)))
    expect(apart).toEqual([])
  })

  test.skipIf(testData === undefined)('on resources that others made', () => {
    const apart = [...examples, ...synthea].flatMap((one) => placesOf(one).flatMap((place) => differences(place, one)))
    expect(apart).toEqual([])
  })

  test('on 10,000 broken resources', () => {
    const all = [...samples, ...examples, ...synthea.slice(0, 200)]
    const where = all.flatMap((resource) => placesOf(resource).map(({ type }, at) => ({ resource, type, at })))
    const ofType = Map.groupBy(where, (one) => one.type)
    const others = Map.groupBy(
      samples.flatMap((one) => placesOf(one)),
      (place) => place.type,
    )
    const words = [
      ...wordsIn(rows.map((row) => row.expression)),
      '#',
      '#b1',
      '1',
      'Name',
      '2020',
      '2020-01-01T00:00:00Z',
    ]
    const apart = new Map<string, string>()
    let broken = 0
    const trial = (target: number, which: number, seed: number): void => {
      const aim = targets[target % targets.length]
      const from = ofType.get(aim?.type ?? '') ?? []
      const start = from[which % from.length]
      if (aim === undefined || start === undefined) return
      const resource = structuredClone(start.resource)
      const chosen = placesOf(resource)[start.at]
      if (
        chosen === undefined ||
        !breakPlace(
          {
            draw: seeded(seed),
            words: aim.words.length > 0 && seed % 2 === 0 ? aim.words : words,
            names: aim.names,
            others,
          },
          chosen,
        )
      )
        return
      broken++
      for (const place of placesOf(resource)) {
        // The place, what is around it, and what was brought into it.
        if (!chosen.path.startsWith(place.path) && !place.path.startsWith(chosen.path)) continue
        const found = differences(place, resource)
        // What is wrong in structure is refused for that, and what a constraint makes of it does not matter.
        if (found.length === 0 || validate(resource).some((one) => one.issue !== 'invariant')) continue
        for (const one of found) {
          if (!apart.has(one)) apart.set(one, JSON.stringify(place.holder).slice(0, 300))
        }
      }
    }
    fc.assert(fc.property(fc.nat(), fc.nat(), fc.nat(), trial), { numRuns: 15_000, seed: 4 })
    expect(Object.fromEntries(apart)).toEqual({})
    expect(broken).toBeGreaterThan(10_000)
  }, 120_000)

  test('and the trials broke nearly every constraint, and kept it', () => {
    const keys = [...new Set(rows.map((row) => row.key))]
    expect(keys.length).toBeGreaterThan(200)
    for (const verdict of ['broken', 'kept']) {
      const never = keys.filter((key) => !judged.has(`${key} ${verdict}`))
      expect(never.length, `never ${verdict}: ${never.join(' ')}`).toBeLessThan(keys.length / 8)
    }
  })
})
