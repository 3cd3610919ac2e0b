import type { FhirRecord } from '@chartkeep/model/office'
import { expect, test } from 'vitest'
import { readResults } from './observation.ts'

const loinc = (code: string, display: string) => ({ coding: [{ system: 'http://loinc.org', code, display }] })

const potassium = (more: object = {}): FhirRecord => ({
  resourceType: 'Observation',
  id: 'k',
  status: 'final',
  code: loinc('2823-3', 'Potassium [Moles/volume] in Serum or Plasma'),
  effectiveDateTime: '2026-03-12T08:00:00Z',
  valueQuantity: { value: 4.1, unit: 'mmol/L' },
  referenceRange: [{ low: { value: 3.5 }, high: { value: 5.1 } }],
  ...more,
})

const saying = (code: string) => ({ interpretation: [{ coding: [{ code }] }] })
const of = (value: number) => ({ valueQuantity: { value, unit: 'mmol/L' } })

test('a result has its test, value, unit, range and time', () => {
  expect(readResults(potassium())).toEqual([
    {
      id: 'k',
      test: 'http://loinc.org|2823-3',
      loinc: '2823-3',
      name: 'Potassium in Serum or Plasma',
      at: '2026-03-12T08:00:00Z',
      value: 4.1,
      shown: '4.1',
      unit: 'mmol/L',
      range: { low: 3.5, high: 5.1, text: '3.5–5.1' },
    },
  ])
})

test.each([
  ['normal is quiet', {}, undefined],
  ['outside the range is flagged, though the laboratory said nothing', of(5.4), 'H'],
  ['below too', of(3.1), 'L'],
  ['at the limit is inside', of(5.1), undefined],
  ['what the laboratory said counts: normal', { ...of(5.4), ...saying('N') }, undefined],
  ['what the laboratory said counts: critical', { ...of(5.4), ...saying('HH') }, 'HH'],
  ['an interpretation we do not know leaves it to the range', { ...of(5.4), ...saying('toString') }, 'H'],
])('%s', (_, more, flag) => {
  expect(readResults(potassium(more))[0]?.flag).toBe(flag)
})

test.each([
  ['words', { valueString: 'Trace' }, 'Trace'],
  ['a code', { valueCodeableConcept: { text: 'Negative' } }, 'Negative'],
  ['yes or no', { valueBoolean: false }, 'No'],
  ['why there is none', { dataAbsentReason: { text: 'Specimen clotted' } }, 'Specimen clotted'],
])('a value may be %s', (_, value, shown) => {
  const [result] = readResults(potassium({ valueQuantity: undefined, ...value }))
  expect(result?.shown).toBe(shown)
  expect(result?.value).toBeUndefined()
})

test('blood pressure is its two components at the time of the panel', () => {
  const panel = potassium({
    code: loinc('85354-9', 'Blood pressure panel'),
    valueQuantity: undefined,
    referenceRange: undefined,
    component: [
      { code: loinc('8480-6', 'Systolic'), valueQuantity: { value: 124, code: 'mm[Hg]' } },
      { code: loinc('8462-4', 'Diastolic'), valueQuantity: { value: 76, code: 'mm[Hg]' } },
    ],
  })
  expect(readResults(panel).map(({ id, shown, unit, at }) => [id, shown, unit, at])).toEqual([
    ['k.0', '124', 'mmHg', '2026-03-12T08:00:00Z'],
    ['k.1', '76', 'mmHg', '2026-03-12T08:00:00Z'],
  ])
})

test('entered in error is not a result, preliminary says so', () => {
  expect(readResults(potassium({ status: 'entered-in-error' }))).toEqual([])
  expect(readResults(potassium({ status: 'preliminary' }))[0]?.status).toBe('preliminary')
})

test('ranges for other people (sex, pregnancy) are not taken for the normal one', () => {
  const ranges = [
    { type: { coding: [{ code: 'pre-puberty' }] }, low: { value: 1 }, high: { value: 2 } },
    { type: { coding: [{ code: 'normal' }] }, high: { value: 5 } },
  ]
  expect(readResults(potassium({ referenceRange: ranges }))[0]?.range).toEqual({ high: 5, text: '≤ 5' })
})
