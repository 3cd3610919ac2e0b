import type { ResourceType } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { formatId, type Id } from '#base'
import { searchLimits } from './limits.ts'
import { plainQueries, readCriterion } from './question.ts'

// The same in each run, because names of tests have them.
const idAt = <Kind extends string = string>(at: number): Id<Kind> => formatId<Kind>(at, 0, Buffer.alloc(8))

const read = (type: ResourceType, name: string, value = 'x') => readCriterion(type, name, value, { now: 0 })
const criterion = (type: ResourceType, name: string, value = 'x') => {
  const found = read(type, name, value)
  if ('refused' in found) throw new Error(found.refused)
  return found.criterion
}

test('a plain parameter is asked of the record itself', () => {
  expect(criterion('Observation', 'status', 'final')).toMatchObject({
    kind: 'plain',
    query: { parameter: { code: 'status' } },
  })
})

test('a chain asks what the parameter refers to: each type that it may lead to and that has the parameter', () => {
  const any = criterion('Observation', 'subject.name')
  expect(any).toMatchObject({ kind: 'chain', parameter: { code: 'subject' } })
  if (any.kind !== 'chain') throw new Error('it is a chain')
  expect(any.links.map(({ type }) => type).toSorted()).toEqual(['Location', 'Patient'])
  expect(criterion('Observation', 'subject:Patient.name')).toMatchObject({
    links: [{ type: 'Patient', criterion: { kind: 'plain', query: { parameter: { code: 'name' } } } }],
  })
  expect(criterion('Observation', 'encounter.subject:Patient.name')).toMatchObject({
    links: [{ type: 'Encounter', criterion: { kind: 'chain', links: [{ type: 'Patient' }] } }],
  })
})

test('_has asks for what refers to the record, however deep', () => {
  expect(criterion('Patient', '_has:Observation:patient:code')).toMatchObject({
    ...{ kind: 'has', type: 'Observation', parameter: { code: 'patient' } },
    criterion: { kind: 'plain', query: { parameter: { code: 'code' } } },
  })
  expect(criterion('Patient', '_has:Observation:patient:_has:Provenance:target:agent')).toMatchObject({
    criterion: { kind: 'has', type: 'Provenance', criterion: { kind: 'plain' } },
  })
  // The modifier belongs to the parameter at the end.
  expect(criterion('Patient', '_has:Observation:patient:code:not')).toMatchObject({
    criterion: { query: { modifier: 'not' } },
  })
})

test('_list takes ids of Lists with and without the type; one of no id of ours leads to none', () => {
  const ids = [idAt<string>(0), idAt<string>(1)] as const
  expect(criterion('Observation', '_list', `${ids[0]},List/${ids[1]}`)).toEqual({ kind: 'list', lists: ids })
  expect(criterion('Observation', '_list', 'foreign')).toEqual({ kind: 'list', lists: [] })
})

test.each<[ResourceType, string, string, string]>([
  ['Observation', 'nothing', 'x', 'unknown'],
  ['Observation', 'date', 'yesterday', 'invalid'],
  ['Observation', 'code:nothing', 'x', 'unsupported'],
  // Chains.
  ['Observation', 'nothing.name', 'x', 'unknown'],
  ['Observation', 'status.name', 'x', 'unknown'],
  ['Observation', 'subject:Nothing.name', 'x', 'unsupported'],
  ['Observation', 'subject:Medication.code', 'x', 'unsupported'],
  ['Observation', 'subject:Patient:Patient.name', 'x', 'unsupported'],
  ['Observation', 'subject:Patient.nothing', 'x', 'unknown'],
  ['Observation', 'subject:Patient.birthdate', 'x', 'invalid'],
  ['Observation', 'subject.birthdate', 'x', 'invalid'],
  // It may lead to any type.
  ['Provenance', 'target.identifier', 'x', 'unsupported'],
  ['Provenance', 'target:Nothing.identifier', 'x', 'unsupported'],
  // Reverse.
  ['Patient', '_has:Nothing:patient:code', 'x', 'invalid'],
  ['Patient', '_has:Observation:patient', 'x', 'invalid'],
  ['Patient', '_has:', 'x', 'invalid'],
  ['Patient', '_has:Observation:nothing:code', 'x', 'unknown'],
  ['Patient', '_has:Observation:code:code', 'x', 'unknown'],
  ['Practitioner', '_has:Observation:patient:code', 'x', 'unknown'],
  ['Patient', '_has:Observation:patient:date', 'x', 'invalid'],
  ['Patient', '_has:Observation:patient:nothing', 'x', 'unknown'],
  // Lists.
  ['Observation', '_list', '$current-problems', 'invalid'],
  ['Observation', '_list', '', 'invalid'],
  ['Observation', '_list', `${idAt(0)},a b`, 'invalid'],
  ['Observation', '_list', 'a'.repeat(65), 'invalid'],
  ['Observation', '_list', 'Group/a', 'invalid'],
  ['Observation', '_list', 'aList/b', 'invalid'],
])('%s?%s=%s is refused as %s', (type, name, value, refused) => {
  expect(read(type, name, value)).toEqual({ refused: refused })
})

test('a parameter that refers to one type alone needs no type in its chain', () => {
  expect(criterion('Provenance', 'target:Observation.code')).toMatchObject({ links: [{ type: 'Observation' }] })
  expect(criterion('PractitionerRole', 'practitioner.name')).toMatchObject({ links: [{ type: 'Practitioner' }] })
})

test('links are followed as deep as the limit and no deeper, forwards and backwards', () => {
  const chain = (links: number) => `${'part-of:Observation.'.replace('part-of', 'has-member').repeat(links)}code`
  expect(read('Observation', chain(searchLimits.links))).toHaveProperty('criterion')
  expect(read('Observation', chain(searchLimits.links + 1))).toEqual({ refused: 'invalid' })
  const has = (links: number) => `${'_has:Observation:has-member:'.repeat(links)}code`
  expect(read('Observation', has(searchLimits.links))).toHaveProperty('criterion')
  expect(read('Observation', has(searchLimits.links + 1))).toEqual({ refused: 'invalid' })
})

test('only plain criteria ask of the record itself', () => {
  const all = [
    criterion('Observation', 'status', 'final'),
    criterion('Observation', 'subject:Patient.name'),
    criterion('Observation', '_list', idAt(0)),
    criterion('Observation', '_has:Provenance:target:agent'),
    criterion('Observation', 'code', 'a'),
  ]
  expect(plainQueries(all).map(({ parameter }) => parameter.code)).toEqual(['status', 'code'])
})
