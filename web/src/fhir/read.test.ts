import { expect, test } from 'vitest'
import { at, codeKey, codeOf, codeText, instantOf, list, number, present, referencedId, text } from './read.ts'

const concept = {
  coding: [
    { system: 'http://snomed.info/sct', code: '44054006', display: 'Diabetes mellitus type 2 (disorder)' },
    { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'E11.9' },
  ],
}

test('a path that leads nowhere is undefined, whatever stands on the way', () => {
  expect(at({ a: [{ b: 1 }] }, 'a', 0, 'b')).toBe(1)
  expect([at(null, 'a'), at('text', 'length'), at({ a: 1 }, 'a', 'b'), at({}, 'toString'), at([], 0)]).toEqual(
    Array.from({ length: 5 }),
  )
})

test('what has another type than FHIR says is not read as it', () => {
  expect(text({ a: 7 }, 'a')).toBeUndefined()
  expect(text({ a: '  ' }, 'a')).toBeUndefined()
  expect(number({ a: '7' }, 'a')).toBeUndefined()
  expect(number({ a: Number.NaN }, 'a')).toBeUndefined()
  expect(list({ a: { 0: 'x' } }, 'a')).toEqual([])
})

test.each([
  ['its own text first', { ...concept, text: 'Type 2 diabetes' }, 'Type 2 diabetes'],
  ['then a display, without what kind of concept it is', concept, 'Diabetes mellitus type 2'],
  ['then a code', { coding: [{ code: 'E11.9' }] }, 'E11.9'],
  ['brackets that are part of the name stay', { text: 'Anemia (iron deficiency)' }, 'Anemia (iron deficiency)'],
  ['nothing where nothing is', {}, undefined],
])('a concept in words: %s', (_, given, words) => {
  expect(codeText(given)).toBe(words)
})

test('a code can be asked for in one system', () => {
  expect(codeOf(concept)).toBe('44054006')
  expect(codeOf(concept, 'http://hl7.org/fhir/sid/icd-10-cm')).toBe('E11.9')
  expect(codeOf(concept, 'http://loinc.org')).toBeUndefined()
  expect(codeKey(concept)).toBe('http://snomed.info/sct|44054006')
  expect(codeKey({ text: 'Only words' })).toBe('Only words')
})

test.each([
  ['Binary/123', '123'],
  ['Binary/123/_history/2', '123'],
  ['https://elsewhere.example/fhir/Binary/123', '123'],
  ['Patient/123', undefined],
  ['urn:uuid:123', undefined],
])('the id in %s is %s', (reference, id) => {
  expect(referencedId({ reference }, 'Binary')).toBe(id)
})

test('moments are compared as moments, over time zones', () => {
  expect(instantOf('2026-03-12T10:00:00+02:00')).toBe(instantOf('2026-03-12T08:00:00Z'))
  expect([instantOf(undefined), instantOf('soon')]).toEqual([0, 0])
})

test('what is undefined is left out', () => {
  expect(present({ a: 1, b: undefined, c: '' })).toEqual({ a: 1, c: '' })
})
