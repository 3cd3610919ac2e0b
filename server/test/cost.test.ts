// What an input costs grows as its size does, whatever its shape and whichever door of the model it comes to: one small
// request must not keep everyone waiting.
import {
  allSearchValues,
  clinicalDate,
  formatJson,
  isObject,
  matches,
  namedPatients,
  parseJson,
  parseQuery,
  patientsOf,
  referencesIn,
  type Resource,
  type ResourceType,
  rewriteReferences,
  subsetOf,
  validate,
} from '@chartkeep/model/fhir'
import { claimErrors, validateProfile } from '@chartkeep/model/profiles'
import { expect, test } from 'vitest'
import { growsTooFast, type Make } from './growth.ts'
import { resources, texts } from './hostile-shapes.ts'

type Door = (value: Resource, text: string) => unknown

const doors: Readonly<Record<string, Door>> = {
  parse: (_, text) => parseJson(Buffer.from(text)),
  'parse and format': (_, text) => {
    const parsed = parseJson(Buffer.from(text))
    return isObject(parsed) ? formatJson(parsed) : undefined
  },
  validate: (value) => validate(value, 'warning'),
  'validate by what it claims': (value) => claimErrors(value),
  'validate by a profile': (value) => validateProfile(value, usCorePatient),
  'find references': (value) => referencesIn(value),
  'rewrite references': (value) => rewriteReferences(value, () => undefined),
  'find search values': (value) => allSearchValues(value),
  'find patients': (value) => [patientsOf(value), namedPatients(value)],
  'find a date': (value) => clinicalDate(value),
  'take a subset': (value) => subsetOf(value, 'summary'),
}
const usCorePatient = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient'

test.each(Object.entries(resources))('R-16: %s cost no more than their size, at every door', async (_, make) => {
  const tooFast: string[] = []
  for (const [door, take] of Object.entries(doors)) {
    const grows = await growsTooFast((size) => {
      const value = make(size) as Resource
      const text = JSON.stringify(value)
      return () => take(value, text)
    })
    if (grows) tooFast.push(door)
  }
  expect(tooFast).toEqual([])
})

test.each(['dates that must differ', 'categories of a profile', 'slices of a profile', 'codings', 'extensions'])(
  'R-16: %s may be more than a function takes arguments',
  (name) => {
    const value = resources[name]?.(150_000) as Resource
    const taking = Object.entries(doors).filter(([door]) => !door.startsWith('parse'))
    expect(() => taking.map(([, take]) => take(value, ''))).not.toThrow()
  },
)

test.each(Object.entries(texts))('R-16: JSON with %s costs no more than its size', async (_, make) => {
  const grows = await growsTooFast((size) => {
    const bytes = Buffer.from(make(size))
    return () => parseJson(bytes)
  })
  expect(grows).toBe(false)
})

const asked: readonly (readonly [ResourceType, string])[] = [
  ['Observation', 'code'],
  ['Observation', 'date'],
  ['Observation', 'subject'],
  ['Observation', 'value-quantity'],
  ['Observation', 'code-value-quantity'],
  ['Observation', '_text'],
  ['Observation', '_id'],
  ['Patient', 'name'],
  ['Patient', 'phonetic'],
  ['Location', 'near'],
  ['ValueSet', 'url'],
]
const values = ['a,', 'a|', '\\', 'a$', ' ', '"a', '"', '(', '1', 'a:', 'a/', '-', 'eq', 'a or ', 'a\u0301\u0316']

/** Values of search parameters. */
const queries: Readonly<Record<string, Make>> = Object.fromEntries([
  ...asked.flatMap(([type, name]) =>
    values.map((value): [string, Make] => [
      `${type}?${name}=${JSON.stringify(value)}…`,
      (size) => {
        const text = value.repeat(size)
        return () => parseQuery(type, name, text)
      },
    ]),
  ),
  ...asked.map(([type, name]): [string, Make] => [
    `${type}?${name}:${name}:…`,
    (size) => {
      const long = `${name}:`.repeat(size)
      return () => parseQuery(type, long, 'x')
    },
  ]),
])

test.each(Object.entries(queries))('R-16: reading %s costs no more than its length', async (_, make) => {
  expect(await growsTooFast(make)).toBe(false)
})

const list = <T>(size: number, make: (at: number) => T): T[] => Array.from({ length: size }, (_, at) => make(at))
const wanted = (size: number): string => list(size, (at) => `zq${at}`).join()

test.each<[string, ResourceType, string, (size: number) => object]>([
  ['identifiers', 'Patient', 'identifier', (size) => ({ identifier: list(size, (at) => ({ value: `v${at}` })) })],
  ['telephones', 'Patient', 'telecom', (size) => ({ telecom: list(size, (at) => ({ value: `+1 555 ${at}` })) })],
  ['codes', 'Observation', 'code', (size) => ({ code: { coding: list(size, (at) => ({ code: `c${at}` })) } })],
])('R-16: many %s are compared with many that are wanted in one pass', async (_, resourceType, name, more) => {
  const grows = await growsTooFast((size) => {
    const read = parseQuery(resourceType, name, wanted(size / 16))
    const resource = { resourceType, ...more(size * 4) } as Resource
    return () => 'query' in read && matches(resource, read.query)
  })
  expect(grows).toBe(false)
})

const long = 'ab '.repeat(200_000)

test.each<[string, ResourceType, string, object]>([
  ['a long name', 'Patient', 'name', { name: [{ family: long }] }],
  ['a long name by its sound', 'Patient', 'phonetic', { name: [{ family: long }] }],
  ['a part of a long name', 'Patient', 'name:contains', { name: [{ family: long }] }],
  ['a long text', 'Observation', 'value-string', { valueString: long }],
  ['words of a long narrative', 'Observation', '_text', { text: { div: `<div>${long}</div>` } }],
])('R-16: %s is made ready once for all that are wanted, and only so many are taken', async (_, type, name, more) => {
  const resource = { resourceType: type, ...more } as Resource
  const match = (count: number) => () => {
    const read = parseQuery(type, name, wanted(count))
    if ('query' in read) matches(resource, read.query)
  }
  // With each value making it ready again, thirty cost thirty times as much.
  expect(await growsTooFast((size) => match(size === 1000 ? 1 : 30), 8)).toBe(false)
  expect(parseQuery(type, name, wanted(101))).toEqual({ refused: 'value-invalid' })
})

test('a measurement tells what grows as the square of the size', async () => {
  const square: Make = (size) => () => {
    let sum = 0
    for (let one = 0; one < size; one++) for (let other = 0; other < size; other++) sum += (one * other) % 7
    return sum
  }
  const straight: Make = (size) => () => {
    let sum = 0
    for (let one = 0; one < size * 2000; one++) sum += one % 7
    return sum
  }
  expect(await growsTooFast(square)).toBe(true)
  expect(await growsTooFast(straight)).toBe(false)
})
