import { expect, test } from 'vitest'
import { distinctNames, fullName, shortName } from './test-name.ts'

test.each([
  ['Glucose [Mass/volume] in Blood', 'Glucose'],
  ['Hemoglobin A1c/Hemoglobin.total in Blood', 'Hemoglobin A1c'],
  ['Bilirubin.total [Mass/volume] in Serum or Plasma', 'Bilirubin, total'],
  ['Leukocytes [#/volume] in Blood by Automated count', 'Leukocytes'],
  ['Glucose [Mass/volume] in Urine by Test strip', 'Glucose in Urine by Test strip'],
  ['INR in Platelet poor plasma by Coagulation assay', 'INR'],
  ['Hematocrit [Volume Fraction] of Blood', 'Hematocrit'],
  ['Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum by Creatinine-based formula', 'eGFR'],
  ['Vitamin B12', 'Vitamin B12'],
])('%s is read as %s', (loinc, short) => {
  expect(shortName(fullName(loinc))).toBe(short)
})

test('two tests never share a name because it was shortened', () => {
  expect(distinctNames(['Glucose in Blood', 'Glucose in Serum or Plasma', 'Sodium in Blood'])).toEqual([
    'Glucose in Blood',
    'Glucose in Serum or Plasma',
    'Sodium',
  ])
})
