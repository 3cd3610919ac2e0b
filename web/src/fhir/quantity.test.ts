import { expect, test } from 'vitest'
import { formatNumber, formatUnit, quantityText } from './quantity.ts'

test.each([
  [5, '5'],
  [5.4, '5.4'],
  [39.119, '39.119'],
  [87.304152, '87.3'],
  [0.00123456, '0.001'],
  [1234.56789, '1234.6'],
  [150000, '150,000'],
  [9999, '9999'],
  [-12345.5, '-12,345.5'],
  [1e-7, '1e-7'],
])('%s is written %s', (value, written) => {
  expect(formatNumber(value)).toBe(written)
})

test('units are written as people write them', () => {
  expect(
    ['mm[Hg]', '{score}', 'ug/L', '10*3/uL', 'mL/min/{1.73_m2}', 'mL/min/1.73 m2', 'kg', 'unit'].map(formatUnit),
  ).toEqual(['mmHg', '', 'µg/L', '10³/µL', 'mL/min/1.73 m²', 'mL/min/1.73 m²', 'kg', 'unit'])
})

test('a quantity keeps its comparator, and a percent sign stays at its number', () => {
  expect(quantityText({ value: 0.2, comparator: '<', unit: 'mg/L' })).toBe('<0.2 mg/L')
  expect(quantityText({ value: 97, code: '%' })).toBe('97%')
  expect(quantityText({ unit: 'mg' })).toBeUndefined()
})
