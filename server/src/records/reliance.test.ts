import type { Resource } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { newId } from '#base'
import { reliedOn } from './reliance.ts'

const una = newId<'patient'>(0)
const [a, b, c] = [newId<string>(1), newId<string>(2), newId<string>(3)]
const record = (elements: object): Resource => ({ resourceType: 'Observation', ...elements })
const to = (...ids: string[]) => ids.map((id) => ({ reference: `Observation/${id}` }))

test('a record relies on its patient, and on what it refers to here, however deep', () => {
  const one = record({
    hasMember: to(a),
    component: [{ extension: [{ valueReference: { reference: `Encounter/${b}` } }] }],
  })
  expect(reliedOn(one, undefined, una).toSorted()).toEqual([a, b, una].toSorted())
  expect(reliedOn(record({ hasMember: to(a, a) }), undefined, undefined)).toEqual([a])
})

test('a new version relies on what the one before did not refer to, and on its patient in any case', () => {
  expect(reliedOn(record({ hasMember: to(a, b) }), record({ hasMember: to(a, c) }), una).toSorted()).toEqual(
    [b, una].toSorted(),
  )
})

test('a version of a record is relied on as the record is', () => {
  expect(reliedOn(record({ hasMember: [{ reference: `Observation/${a}/_history/2` }] }), undefined, undefined)).toEqual(
    [a],
  )
})

test.each<[string, Resource]>([
  ['what is elsewhere', record({ hasMember: [{ reference: `https://example.com/Observation/${a}` }] })],
  ['what has no id of ours', record({ hasMember: [{ reference: 'Observation/example' }] })],
  ['what stands within it', record({ hasMember: [{ reference: '#a' }] })],
  ['a name alone', record({ hasMember: [{ display: a }] })],
  ['a text that looks like one', record({ note: [{ text: `Observation/${a}` }] })],
  ['what is no text', record({ hasMember: [{ reference: 7 }] })],
  ['what a Bundle’s entries refer to', { resourceType: 'Bundle', entry: [{ resource: record({ hasMember: to(a) }) }] }],
])('a record does not rely on %s', (_, one) => {
  expect(reliedOn(one, undefined, undefined)).toEqual([])
})

test('a patient does not rely on themselves, and a Bundle on the patient it is about', () => {
  expect(
    reliedOn({ resourceType: 'Patient', link: [{ other: { reference: `Patient/${a}` } }] }, undefined, una),
  ).toEqual([a])
  expect(reliedOn({ resourceType: 'Bundle' }, undefined, una)).toEqual([una])
})
