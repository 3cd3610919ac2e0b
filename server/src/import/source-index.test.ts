import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketOf } from '#base'
import { idOf, identifierName, namesOf, openKeys } from './identity.ts'
import { SourceIndex } from './source-index.ts'

const secret = createSecretKey(Buffer.alloc(32, 7))
const keyOf = openKeys(secret, 'clinic')
const place = { type: 'Patient', file: 0, position: 0, print: 0, updated: 0, server: 0 } as const

test('the same name of the same source has the same id in every run, and another source another', () => {
  const id = (source: string, name: string) => {
    const key = openKeys(secret, source)(name)
    return idOf(key, key.bucket)
  }
  expect(id('clinic', 'Patient/1')).toBe(id('clinic', 'Patient/1'))
  expect(id('clinic', 'Patient/1')).not.toBe(id('lab', 'Patient/1'))
  expect(id('clinic', 'Patient/1')).not.toBe(id('clinic', 'Patient/2'))
})

test('an id names the shard it was given', () => {
  const shard = fc.integer({ min: 0, max: 4095 })
  fc.assert(
    fc.property(fc.string(), shard, (name, bucket) => {
      expect(bucketOf(idOf(keyOf(name), bucket))).toBe(bucket)
    }),
  )
})

test('every record is found by its name, however many there are', () => {
  const index = new SourceIndex()
  const numbers = Array.from({ length: 5000 }, (_, at) => index.add(keyOf(`Patient/${at}`), { ...place, position: at }))
  expect(numbers.map((_, at) => index.find(keyOf(`Patient/${at}`)))).toEqual(numbers)
  expect(numbers.map((number) => index.positionOf(number!))).toEqual(numbers.map((_, at) => at))
  expect(index.find(keyOf('Patient/none'))).toBeUndefined()
})

describe('every name leads to its own record, at every size', () => {
  /** Adds records with as many further names as each is to have. Returns the names that do not lead back to theirs. */
  function astray(namesEach: readonly number[]): string[] {
    const index = new SourceIndex()
    const names: [string, number][] = []
    for (const [at, further] of namesEach.entries()) {
      const record = index.add(keyOf(`Patient/${at}`), { ...place, position: at })!
      names.push([`Patient/${at}`, record])
      for (let more = 0; more < further; more++) {
        index.alias(keyOf(`other/${at}/${more}`), record)
        names.push([`other/${at}/${more}`, record])
      }
    }
    const moved = namesEach.flatMap((_, at) =>
      index.positionOf(index.own(keyOf(`Patient/${at}`))!) === at ? [] : [`Patient/${at}`],
    )
    return [...names.flatMap(([name, record]) => (index.find(keyOf(name)) === record ? [] : [name])), ...moved]
  }

  test.each([341, 342, 1023, 1024, 1025, 2048, 4096, 8192])('%s records with two further names each', (count) => {
    expect(astray(Array.from({ length: count }, () => 2))).toEqual([])
  })

  test('however many names each record has', () => {
    const namesEach = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 300, maxLength: 1500, size: 'max' })
    fc.assert(
      fc.property(namesEach, (each) => {
        expect(astray(each)).toEqual([])
      }),
      { numRuns: 20 },
    )
  })
})

test('another name leads to the record; one that two records have leads to neither', () => {
  const index = new SourceIndex()
  const [one, two] = [index.add(keyOf('urn:uuid:1'), place)!, index.add(keyOf('urn:uuid:2'), place)!]
  index.alias(keyOf('Patient?identifier=a|1'), one)
  index.alias(keyOf('Patient?identifier=a|1'), one)
  expect(index.find(keyOf('Patient?identifier=a|1'))).toBe(one)
  index.alias(keyOf('Patient?identifier=a|1'), two)
  expect(index.find(keyOf('Patient?identifier=a|1'))).toBe('several')
})

test.each(['its own name first', 'the other one first'])(
  'a name that is one record’s own and another’s too leads to neither: %s',
  (order) => {
    const index = new SourceIndex()
    const other = index.add(keyOf('urn:uuid:1'), place)!
    if (order === 'the other one first') index.alias(keyOf('Patient/1'), other)
    const own = index.add(keyOf('Patient/1'), { ...place, position: 7 })!
    index.alias(keyOf('Patient/1'), other)
    expect(index.find(keyOf('Patient/1'))).toBe('several')
    expect(index.own(keyOf('Patient/1'))).toBe(own)
    expect([other, own].map((record) => index.positionOf(record))).toEqual([0, 7])
  },
)

describe('of several copies of a record', () => {
  const copy = fc.record({ print: fc.integer({ min: 0, max: 3 }), updated: fc.constantFrom(0, 1, 2, 3) })

  test('the newest counts, and of those of one time the last that was read', () => {
    fc.assert(
      fc.property(fc.array(copy, { minLength: 1, maxLength: 8 }), (copies) => {
        const index = new SourceIndex()
        for (const [position, one] of copies.entries()) index.add(keyOf('a'), { ...place, ...one, position })
        const record = index.own(keyOf('a'))!
        const newest = copies.toSorted((a, b) => a.updated - b.updated).at(-1)!
        // A repetition of what counts already is not noted again.
        expect(index.printOf(record)).toBe(newest.print)
      }),
    )
  })

  test('two records that turn out to be one have the newer copy, and all names of both lead to it', () => {
    const index = new SourceIndex()
    const one = index.add(keyOf('a'), { ...place, position: 1, print: 1, updated: 5 })!
    const two = index.add(keyOf('b'), { ...place, position: 2, print: 2, updated: 4 })!
    index.alias(keyOf('c'), one)
    index.merge(one, two)
    expect(['a', 'b', 'c'].map((name) => index.find(keyOf(name)))).toEqual([two, two, two])
    expect(index.positionOf(two)).toBe(1)
  })

  test('one of another type or server is another record under the same name, which then leads to neither', () => {
    for (const other of [{ type: 'Group' }, { server: 2 }] as const) {
      const index = new SourceIndex()
      index.add(keyOf('a'), { ...place, server: 1 })
      expect(index.add(keyOf('a'), { ...place, server: 1, print: 9, ...other })).toBeUndefined()
      expect(index.find(keyOf('a'))).toBe('several')
    }
  })
})

test.each([
  ['its id in a urn', 'urn:uuid:0a', { resourceType: 'Patient', id: '0a' }, ['Patient/0a', 'urn:uuid:0a']],
  ['a urn as its id', 'urn:uuid:0a', { resourceType: 'Patient', id: undefined }, ['Patient/0a', 'urn:uuid:0a']],
  ['a urn that is no id', 'urn:oid:1.2', { resourceType: 'Patient', id: undefined }, ['urn:oid:1.2']],
  ['a urn beside another id', 'urn:uuid:0a', { resourceType: 'Patient', id: 'p1' }, ['urn:uuid:0a', 'Patient/p1']],
  ['an address', 'https://a.example/fhir/Patient/p1', { resourceType: 'Patient', id: 'p1' }, ['Patient/p1']],
  [
    'an address of another type is only an address',
    'https://a.example/fhir/Group/p1',
    { resourceType: 'Patient', id: 'p1' },
    ['https://a.example/fhir/Group/p1', 'Patient/p1'],
  ],
  ['an id alone', undefined, { resourceType: 'Patient', id: 'p1' }, ['Patient/p1']],
] as const)('a record is called by %s', (_, fullUrl, resource, names) => {
  expect(namesOf({ fullUrl, resource, id: resource.id, bytes: Buffer.of(1) })).toEqual(names)
})

test('what has neither address nor id is called by its content', () => {
  const nameOf = (byte: number) =>
    namesOf({ fullUrl: undefined, resource: { resourceType: 'Patient' }, id: undefined, bytes: Buffer.of(byte) })
  expect(nameOf(1)).toEqual(nameOf(1))
  expect(nameOf(1)).not.toEqual(nameOf(2))
})

test.each([
  ['identifier=a|1', 'Practitioner?identifier=a|1'],
  ['identifier=a%7C1', 'Practitioner?identifier=a|1'],
  ['name=x', undefined],
  ['identifier=a|1&active=true', undefined],
])('the query %s is known as %s', (query, name) => {
  expect(identifierName('Practitioner', query)).toBe(name)
})
