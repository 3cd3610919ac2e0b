import { parseQuery, type ResourceType, searchParameter } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { formatId, type Id } from '#base'
import type { Row } from '../row.ts'
import { Opened } from '../visible.ts'
import { isIndexed, patientsAsked } from './candidates.ts'
import { entriesOf, everyMatches, referencesOf, referring } from './compare.ts'

// The same in each run, because names of tests have them.
const idAt = <Kind extends string = string>(at: number): Id<Kind> => formatId<Kind>(at, 0, Buffer.alloc(8))

const [una, bo] = [idAt<string>(0), idAt<string>(1)]
const opened = (resource: object) => new Opened({} as Row, Buffer.from(JSON.stringify(resource)), undefined)
const query = (type: ResourceType, name: string, value: string) => {
  const read = parseQuery(type, name, value, { base: 'https://host/fhir/' })
  if (!('query' in read)) throw new Error(read.refused)
  return read.query
}
const observation = (elements: object) => opened({ resourceType: 'Observation', status: 'final', ...elements })
const of = (patient: string) => ({ subject: { reference: `Patient/${patient}` } })

test.each<[string, object, [string, string][], boolean]>([
  ['of its patient', of(una), [['patient', una]], true],
  ['of another', of(bo), [['patient', una]], false],
  ['of one of two', of(una), [['patient', `${bo},${una}`]], true],
  ['by the subject', of(una), [['subject', `Patient/${una}`]], true],
  [
    'by both that it meets',
    of(una),
    [
      ['patient', una],
      ['status', 'final'],
    ],
    true,
  ],
  [
    'by one that it does not meet',
    of(una),
    [
      ['patient', una],
      ['status', 'amended'],
    ],
    false,
  ],
  ['by nothing', {}, [], true],
  [
    'by one of two others',
    of(una),
    [
      ['status', 'final'],
      ['code', 'x'],
    ],
    false,
  ],
  // An id tells nothing without the type that it is of.
  [
    'it refers to the patient by another element',
    { encounter: { reference: `Patient/${una}` } },
    [['encounter', `Encounter/${una}`]],
    false,
  ],
  // What stands in a contained resource is not the record's own.
  [
    'a contained one refers so',
    { contained: [{ resourceType: 'Observation', ...of(una) }], ...of(bo) },
    [['patient', una]],
    false,
  ],
  ['it refers so elsewhere', { ...of(bo), focus: [{ reference: `Patient/${una}` }] }, [['patient', una]], false],
  ['where the record has none', of(una), [['patient:missing', 'true']], false],
])('a record is found %s', (_, elements, queries, expected) => {
  const all = queries.map(([name, value]) => query('Observation', name, value))
  // Each is asked twice: what was spelled once is kept.
  for (let twice = 0; twice < 2; twice++) expect(everyMatches(all, observation(elements))).toBe(expected)
})

test('a record that says itself that it is the patient’s is not parsed', () => {
  const broken = new Opened({} as Row, Buffer.from(`{"subject":{"reference":"Patient/${una}"`), undefined)
  expect(everyMatches([query('Observation', 'patient', una)], broken)).toBe(true)
  expect(() => everyMatches([query('Observation', 'patient', bo)], broken)).toThrow(SyntaxError)
})

test('what a record refers to here, by type and id', () => {
  const parameter = searchParameter('Observation', 'performer')!
  const record = observation({
    performer: [
      { reference: `Practitioner/${una}` },
      { reference: `https://host/fhir/Practitioner/${bo}` },
      { reference: `https://other/fhir/Practitioner/${bo}` },
      { reference: 'urn:uuid:x' },
      { display: 'Canary' },
    ],
  })
  expect(referencesOf(record, parameter, 'https://host/fhir/')).toEqual([`Practitioner/${una}`, `Practitioner/${bo}`])
  expect(referencesOf(record, parameter, undefined)).toEqual([`Practitioner/${una}`])
})

test('a query for what refers to some records finds it', () => {
  const parameter = searchParameter('Observation', 'performer')!
  const asked = referring('Observation', parameter, [`Practitioner/${una}`, `Practitioner/${bo}`], undefined)
  for (const [id, found] of [
    [una, true],
    [bo, true],
    [idAt(2), false],
  ] as const)
    // oxfmt-ignore
    expect(everyMatches([asked], observation({ performer: [{ reference: `Practitioner/${id}` }] }))).toBe(found)
})

test('a List holds its entries, but for those that were struck out', () => {
  const entry = [
    { item: { reference: 'Observation/1' } },
    { item: { reference: 'Observation/2' }, deleted: true },
    { item: { reference: 'Observation/3' }, deleted: false },
    { item: { display: 'x' } },
    { item: null },
    'x',
    {},
  ]
  expect(entriesOf(opened({ resourceType: 'List', entry }))).toEqual(['Observation/1', 'Observation/3'])
  expect(entriesOf(opened({ resourceType: 'List' }))).toEqual([])
})

test.each<[ResourceType, [string, string][], string[] | undefined]>([
  ['Observation', [['patient', una]], [una]],
  ['Observation', [['patient', `Patient/${una}`]], [una]],
  ['Observation', [['subject', `Patient/${una}`]], [una]],
  ['Observation', [['subject:Patient', una]], [una]],
  [
    'Observation',
    [
      ['status', 'final'],
      ['patient', `${una},${bo}`],
    ],
    [una, bo],
  ],
  // It leads to no chart.
  ['Observation', [['patient', 'example']], []],
  // A bare id may be a group’s; who performed it is not whose it is.
  ['Observation', [['subject', una]], undefined],
  ['Observation', [['subject', `Group/${una}`]], undefined],
  ['Observation', [['subject', `Patient/${una},Group/${bo}`]], undefined],
  ['Observation', [['performer', `Patient/${una}`]], undefined],
  ['Observation', [['patient:missing', 'false']], undefined],
  ['Observation', [['status', 'final']], undefined],
  ['Observation', [], undefined],
])('%s by %j is looked for in charts of %j', (type, queries, expected) => {
  expect(
    patientsAsked(
      type,
      queries.map(([name, value]) => query(type, name, value)),
    ),
  ).toEqual(expected)
})

test.each<[ResourceType, string, string, boolean]>([
  ['Observation', '_id', una, true],
  ['Observation', 'identifier', '7', true],
  ['Observation', 'identifier:of-type', 'urn:a|MR|7', false],
  ['Observation', 'identifier', 'urn:a|', false],
  ['Observation', 'patient', una, true],
  ['Observation', 'encounter', `Encounter/${una}`, true],
  ['Observation', 'performer', `Practitioner/${una}`, false],
  ['Observation', 'code', 'x', false],
  ['Observation', 'date', '2024-01-01', false],
  ['Encounter', 'date', '2024-01-01', true],
  ['Encounter', 'date', 'ge2024-01-01', false],
  ['Encounter', 'date:missing', 'true', false],
  ['Appointment', 'practitioner', una, true],
  ['Appointment', 'practitioner:Practitioner', una, true],
  ['Appointment', 'practitioner:missing', 'true', false],
  ['Appointment', 'practitioner:identifier', '7', false],
  ['Patient', 'name', 'x', true],
  ['Patient', 'family:exact', 'x', true],
  ['Patient', 'family:contains', 'x', false],
  ['Patient', 'birthdate', '1961', true],
  ['Patient', 'birthdate', 'gt1961', false],
  ['Patient', 'birthdate:missing', 'true', false],
  ['Patient', 'gender', 'female', false],
  ['Practitioner', 'name', 'x', false],
  ['ValueSet', 'url', 'http://example.com/a', true],
  ['ValueSet', 'url:below', 'http://example.com/a', false],
])('an index leads to %s?%s=%s: %s', (type, name, value, expected) => {
  expect(isIndexed(type, query(type, name, value))).toBe(expected)
})
