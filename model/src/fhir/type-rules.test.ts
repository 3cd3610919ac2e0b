import { expect, test } from 'vitest'
import { parseJson } from './json.ts'
import type { Finding } from './resource.ts'
import { shapeOf } from './structure.ts'
import { validate } from './validate.ts'

const said = (findings: readonly Finding[]): string[] => findings.map(({ expression, text }) => `${expression} ${text}`)
const coded = { text: 'x' }
const observation = (more: object): object => ({ resourceType: 'Observation', status: 'final', code: coded, ...more })
const url = 'http://example.com/x'
const plain = { url, valueString: 'x' }

test.each<[string, object, string]>([
  [
    'an extension’s relative url',
    observation({ extension: [{ url: 'x', valueString: 'x' }] }),
    'Observation.extension[0].url must be an absolute URI',
  ],
  [
    'that of an extension beside a primitive of another extension',
    observation({ extension: [{ ...plain, _valueString: { extension: [{ url: 'x', valueCode: 'x' }] } }] }),
    'Observation.extension[0].value.extension[0].url must be an absolute URI',
  ],
  [
    'an identifier’s relative system',
    observation({ identifier: [{ system: 'mrn', value: '1' }] }),
    'Observation.identifier[0].system must be an absolute URI',
  ],
  [
    'a comparator in a SimpleQuantity',
    observation({ referenceRange: [{ low: { value: 1, comparator: '<' } }] }),
    'Observation.referenceRange[0].low.comparator must not be there',
  ],
  [
    'a contained resource without id',
    observation({ contained: [{ resourceType: 'Basic', code: coded }] }),
    'Observation.contained[0].id is required',
  ],
  [
    'two contained resources of one id',
    observation({
      contained: [1, 2].map(() => ({ resourceType: 'Basic', id: 'b', code: coded })),
      focus: [{ reference: '#b' }],
    }),
    'Observation.contained[1].id must not be the id of something else',
  ],
  [
    'two elements of one id',
    observation({ category: [{ id: 'a', text: 'x' }], component: [{ code: { id: 'a', text: 'x' } }] }),
    'Observation.component[0].code.id must not be the id of another element',
  ],
  [
    'a primitive with the id of an element',
    observation({ category: [{ id: 'a', text: 'x' }], _issued: { id: 'a' }, issued: '2026-01-01T00:00:00Z' }),
    'Observation.issued.id must not be the id of another element',
  ],
])('%s is refused', (_, resource, expected) => {
  expect(said(validate(resource))).toEqual([expect.stringContaining(expected)])
})

test.each<[string, object]>([
  [
    'relative urls within an extension',
    observation({ extension: [{ url, extension: [{ url: 'x', valueCode: 'x' }] }] }),
  ],
  [
    'identifiers of oids, urns and tags',
    observation({ identifier: ['urn:oid:1.2', 'urn:x', 'https://a.example', 'tag:a'].map((system) => ({ system })) }),
  ],
  ['an identifier without a system', observation({ identifier: [{ value: '1' }] })],
  ['a comparator in a Quantity', observation({ valueQuantity: { value: 1, comparator: '<' } })],
  [
    'one id in a resource and in what it contains',
    observation({
      category: [{ id: 'a', text: 'x' }],
      contained: [{ resourceType: 'Basic', id: 'b', code: { id: 'a', text: 'x' } }],
      focus: [{ reference: '#b' }],
    }),
  ],
])('%s are taken', (_, resource) => {
  expect(said(validate(resource))).toEqual([])
})

test.each([
  ['2.0', 'positiveInt'],
  ['1e0', 'positiveInt'],
  ['20E-1', 'positiveInt'],
  ['-0', 'unsignedInt'],
])('a whole number that is written %s is refused, by its element', (digits) => {
  const read = (text: string): Finding[] => validate(parseJson(Uint8Array.from(text, (one) => one.charCodeAt(0))))
  const rank = `{"resourceType":"Patient","telecom":[{"rank":1},{"rank":${digits}}]}`
  expect(said(read(rank)).at(-1)).toContain('Patient.telecom[1].rank must be')
  const integers = `{"resourceType":"Parameters","parameter":[{"name":"x","valueInteger":${digits}}]}`
  expect(said(read(integers))).toEqual([expect.stringContaining('Parameters.parameter[0].value must be written')])
  const decimal = `{"resourceType":"Parameters","parameter":[{"name":"x","valueDecimal":${digits}}]}`
  expect(said(read(decimal))).toEqual([])
})

test.each<[string, boolean]>([
  ['0000', false],
  ['0001', true],
  ['2026-01-01T00:00:00+14:00', true],
  ['2026-01-01T00:00:00-14:00', true],
  ['2026-01-01T00:00:00+14:30', false],
  ['2026-01-01T00:00:00+13:59', true],
  ['2026-01-01T00:00:00+00:60', false],
  ['2016-12-31T23:59:60Z', true],
  ['2017-01-01T00:59:60+01:00', true],
  ['2015-06-30T23:59:60.5Z', true],
  ['2016-12-31T23:59:60+01:00', false],
  ['2016-12-31T22:59:60Z', false],
  ['2016-12-30T23:59:60Z', false],
  ['2016-06-30T23:59:60Z', false],
  ['2026-02-10T10:00:60Z', false],
])('a time of the calendar: %s', (text, taken) => {
  expect(
    validate({ resourceType: 'Observation', status: 'final', code: coded, effectiveDateTime: text }).length === 0,
  ).toBe(taken)
})

test('R4 has a SimpleQuantity where its definitions say so', () => {
  const simple = (holder: string, property: string): boolean =>
    shapeOf(holder).rules.get(property)?.targets?.has('SimpleQuantity') === true
  expect([
    simple('Range', 'low'),
    simple('SampledData', 'origin'),
    simple('Dosage.doseAndRate', 'doseQuantity'),
  ]).toEqual([true, true, true])
  expect([
    simple('Observation', 'valueQuantity'),
    simple('Ratio', 'numerator'),
    simple('Extension', 'valueQuantity'),
  ]).toEqual([false, false, false])
})
