import { expect, test } from 'vitest'
import { loadUnitCheck } from '../ucum/index.ts'
import { codedFindings } from './coded-findings.ts'
import { shipped } from './shipped.ts'

const book = { library: shipped, isUnit: await loadUnitCheck() }
const said = (resource: object): string[] =>
  codedFindings(resource, book).map(({ severity, expression, text }) => `${severity} ${expression} ${text}`)

const marital = 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus'
const ucum = 'http://unitsofmeasure.org'
const patient = (coding: object): object => ({ resourceType: 'Patient', maritalStatus: { coding: [coding] } })
const observation = (more: object): object => ({ resourceType: 'Observation', status: 'final', code: {}, ...more })

test.each<[string, object, string]>([
  [
    'a code that its system does not have',
    patient({ system: marital, code: 'XYZ' }),
    'Patient.maritalStatus.coding[0] has a code that its code system does not have',
  ],
  [
    'the display of another code',
    patient({ system: marital, code: 'M', display: 'divorced' }),
    'Patient.maritalStatus.coding[0] has the display of another code of its code system',
  ],
  [
    'a system by a name of somebody’s own',
    patient({ system: 'marital', code: 'M' }),
    'Patient.maritalStatus.coding[0] has a system that is no absolute URI',
  ],
  [
    'a unit of such a system',
    observation({ valueQuantity: { value: 1, system: 'ucum', code: 'mg' } }),
    'Observation.value has a system that is no absolute URI',
  ],
  [
    'a unit that is none',
    observation({ valueQuantity: { value: 1, system: ucum, code: 'mmHg' } }),
    'Observation.value has a code that is no unit of UCUM',
  ],
  [
    'a unit with a space, which the library would put on the console',
    observation({ component: [{ code: {}, valueQuantity: { value: 1, system: ucum, code: 'mg / dL' } }] }),
    'Observation.component[0].value has a code that is no unit of UCUM',
  ],
  [
    'a unit in a range',
    observation({ referenceRange: [{ low: { value: 1, system: ucum, code: 'banana' } }] }),
    'Observation.referenceRange[0].low has a code that is no unit of UCUM',
  ],
  [
    'a code in what is contained',
    observation({ contained: [patient({ system: marital, code: 'XYZ' })] }),
    'Observation.contained[0].maritalStatus.coding[0] has a code that its code system does not have',
  ],
  [
    'a code in an extension',
    {
      resourceType: 'Patient',
      extension: [{ url: 'http://example.com/x', valueCoding: { system: marital, code: 'XYZ' } }],
    },
    'Patient.extension[0].value has a code that its code system does not have',
  ],
])('%s is a warning', (_, resource, expected) => {
  expect(said(resource)).toEqual([`warning ${expected}`])
})

test.each<[string, object]>([
  ['a code with its own display, in any case', patient({ system: marital, code: 'M', display: 'MARRIED' })],
  ['a code with a display in other words', patient({ system: marital, code: 'M', display: 'verheiratet' })],
  ['a code of a system that is not known here', patient({ system: 'http://example.com/x', code: 'XYZ' })],
  ['a code of another version of the system', patient({ system: marital, version: '1900', code: 'XYZ' })],
  ['a code without a system', patient({ code: 'XYZ' })],
  [
    'units of UCUM',
    observation({
      valueRatio: { numerator: { system: ucum, code: 'mm[Hg]' }, denominator: { system: ucum, code: '{score}/min' } },
    }),
  ],
  ['a unit of nobody’s', observation({ valueQuantity: { value: 1, unit: 'banana', code: 'banana' } })],
])('%s is none', (_, resource) => {
  expect(said(resource)).toEqual([])
})

test('only so many elements are looked at', () => {
  const component = Array.from({ length: 10 }, () => ({ code: {}, valueQuantity: { system: ucum, code: 'mmHg' } }))
  const found = (mostElements: number): number =>
    codedFindings(observation({ component }), { ...book, mostElements }).length
  expect([found(0), found(1 + 3 * 4), found(1000)]).toEqual([0, 4, 10])
})
