import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketOf } from '#base'
import { idOf, identifierName, namesOf, openKeys } from './identity.ts'
import { SourceIndex } from './source-index.ts'

const secret = createSecretKey(Buffer.alloc(32, 7))
const keyOf = openKeys(secret, 'clinic')
const place = { type: 'Patient', file: 0, position: 0, print: 0 } as const

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

test('a name that is taken is not given again', () => {
  const index = new SourceIndex()
  expect(index.add(keyOf('Patient/1'), place)).toBe(0)
  expect(index.add(keyOf('Patient/1'), place)).toBeUndefined()
})

test('another name leads to the record; one that two records have leads to neither', () => {
  const index = new SourceIndex()
  const [one, two] = [index.add(keyOf('urn:uuid:1'), place)!, index.add(keyOf('urn:uuid:2'), place)!]
  index.alias(keyOf('Patient?identifier=a|1'), one)
  index.alias(keyOf('Patient?identifier=a|1'), one)
  expect(index.find(keyOf('Patient?identifier=a|1'))).toBe(one)
  index.alias(keyOf('Patient?identifier=a|1'), two)
  expect(index.find(keyOf('Patient?identifier=a|1'))).toBeUndefined()
})

test.each([
  ['a urn', 'urn:uuid:0a', { resourceType: 'Patient', id: '0a' }, ['urn:uuid:0a']],
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
  expect(namesOf({ fullUrl, resource, bytes: Buffer.of(1) })).toEqual(names)
})

test('what has neither address nor id is called by its content', () => {
  const nameOf = (byte: number) =>
    namesOf({ fullUrl: undefined, resource: { resourceType: 'Patient' }, bytes: Buffer.of(byte) })
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
